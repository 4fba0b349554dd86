/** The house's import rules as data, and the checker that finds what breaks them. */
import { posix } from 'node:path'

/** Which rooms a room may enter, and which packages it may import. `types` are rooms it may only name in `import type`. `doors` let in. */
interface Room {
  readonly enters: readonly string[]
  readonly types: readonly string[]
  readonly packages: readonly string[]
  readonly doors: readonly string[]
}

const room = (enters: readonly string[], rest: Partial<Room> = {}): Room => ({
  types: [],
  packages: [],
  doors: ['index.ts'],
  ...rest,
  enters,
})

/** The same table as the one in ARCHITECTURE.md, which a test compares with it. `node:` is open to every room; what is not written here is forbidden. */
export const rooms: Readonly<Record<string, Room>> = {
  text: room([]),
  futures: room([], { doors: ['index.ts', 'inside.ts'] }),
  'flag-server': room([]),
  download: room(['text', 'futures'], {
    packages: [
      // For its types; what is loaded of it are these parts.
      'undici',
      'undici/lib/dispatcher/agent.js',
      'undici/lib/dispatcher/client.js',
      'undici/lib/dispatcher/pool.js',
      'undici/lib/core/connect.js',
      'ipaddr.js',
      'content-disposition',
      'csv-parse/sync',
      'sax',
      'hyparquet',
      'hyparquet-writer',
      'tough-cookie',
    ],
  }),
  contracts: room([], { types: ['download'] }),
  report: room(['text'], { types: ['download'] }),
  timeline: room(['text', 'report']),
  flags: room(['text', 'futures'], { doors: ['index.ts', 'inside.ts'] }),
  compare: room(['futures', 'flags']),
  cli: room(['text', 'flags', 'flag-server', 'download', 'report', 'timeline', 'compare'], {
    packages: ['commander', '@bomb.sh/tab'],
  }),
}

/** Files outside every room: they say which rooms the package shows to the world. */
const frontDoors: ReadonlySet<string> = new Set(['src/index.ts'])

/** Where a program may end itself or read its command line; everywhere else both come from the caller. */
const mayExit = [/^src\/cli\//, /^src\/flags\/flags[^/]*\.ts$/, /^src\/futures\/worker\//]
/** isMain() is the question which file the command line names. */
const mayReadArgv = [/^src\/cli\//, /^src\/flags\/flags[^/]*\.ts$/, /^src\/futures\/is-main\.ts$/]

const drawers = /(?:^|\/)(?:utils?|common|helpers?|misc)(?:\.[a-z]+$|\/)/

interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
}

/** Lines of a comment are prose: an example in a doc comment imports nothing. */
const withoutComments = (source: string): string => source.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$|\s\/\/ .*$/gm, '')

const importPatterns: readonly { readonly pattern: RegExp; readonly typeOnly: boolean }[] = [
  { pattern: /^\s*(?:import|export)\s+type\s[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm, typeOnly: true },
  { pattern: /^\s*(?:import|export)\s+(?!type\s)[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gm, typeOnly: false },
  { pattern: /^\s*import\s*['"]([^'"]+)['"]/gm, typeOnly: false },
  { pattern: /\btypeof import\(\s*['"]([^'"]+)['"]/g, typeOnly: true },
  { pattern: /(?<!\btypeof )\bimport\(\s*['"]([^'"]+)['"]/g, typeOnly: false },
  { pattern: /\brequire\(\s*['"]([^'"]+)['"]/g, typeOnly: false },
]

/** Every module a source file names, by any of the ways the language has. */
export function importsOf(source: string): Import[] {
  const code = withoutComments(source)
  return importPatterns.flatMap(({ pattern, typeOnly }) =>
    [...code.matchAll(pattern)].map((match) => ({ specifier: match[1] ?? '', typeOnly })),
  )
}

const roomOf = (file: string): string | undefined => /^src\/([^/]+)\//.exec(file)?.[1]

/** `halyard/futures`, the package's own name for a front door, is the same import as the relative path to it. */
function targetOf(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts')
  if (specifier === 'halyard') return 'src/index.ts'
  if (specifier.startsWith('halyard/')) return `src/${specifier.slice('halyard/'.length)}/index.ts`
  return undefined
}

function packageViolation(file: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) return undefined
  const allowed = rooms[roomOf(file) ?? '']?.packages ?? []
  return allowed.includes(specifier) ? undefined : `${file}: may not import the package '${specifier}'`
}

function importViolation(file: string, { specifier, typeOnly }: Import): string | undefined {
  const target = targetOf(file, specifier)
  if (target === undefined) return packageViolation(file, specifier)
  if (frontDoors.has(target)) return `${file}: nothing imports the package's front door ${target}`
  const from = roomOf(file)
  const to = roomOf(target)
  if (to === undefined) return `${file}: imports ${target}, which is in no room`
  if (from === to) return undefined
  if (to === 'cli') return `${file}: nothing imports cli`
  if (rooms[to]?.doors.every((door) => target !== `src/${to}/${door}`) !== false)
    return `${file}: enter ${to} by its front door, not by ${target}`
  if (from === undefined) return undefined
  const open = rooms[from]?.enters.includes(to) === true || (typeOnly && rooms[from]?.types.includes(to) === true)
  return open ? undefined : `${file}: ${from} may not import ${to}`
}

function fileViolations(file: string, source: string): string[] {
  const from = roomOf(file)
  const found: (string | undefined)[] = importsOf(source).map((one) => importViolation(file, one))
  if (from === undefined && !frontDoors.has(file)) found.push(`${file}: is in no room`)
  if (from !== undefined && !(from in rooms)) found.push(`${file}: the room ${from} has no row in the table`)
  if (drawers.test(file)) found.push(`${file}: name the thing; a drawer is no place`)
  const code = withoutComments(source)
  const outside = (allowed: readonly RegExp[]): boolean => !allowed.some((pattern) => pattern.test(file))
  const processNames = [...code.matchAll(/import\s*\{([^}]*)\}\s*from\s*['"]node:process['"]/g)]
    .map((match) => match[1])
    .join(',')
  if (outside(mayExit) && (/\bprocess\s*\.\s*exit\b/.test(code) || /\bexit\b/.test(processNames))) {
    found.push(`${file}: only cli and the book's scripts may end the process`)
  }
  if (outside(mayReadArgv) && (/\bprocess\s*\.\s*argv\b/.test(code) || /\bargv\b/.test(processNames))) {
    found.push(`${file}: only cli and the book's scripts may read the command line`)
  }
  return found.filter((violation) => violation !== undefined)
}

/** What the table in ARCHITECTURE.md says that a room may import. */
export function mayImport({ enters, types, packages }: Room): string {
  // The package, whatever parts of it are loaded.
  const names = new Set(packages.map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier))
  const parts = [
    enters.join(', '),
    types.length === 0 ? '' : `types of ${types.join(', ')}`,
    names.size === 0 ? '' : `packages ${[...names].join(', ')}`,
  ]
  return parts.filter((part) => part !== '').join('; ') || 'nothing'
}

/** Everything that the table allows and no file makes use of, one sentence each. */
export function unused(files: ReadonlyMap<string, string>): string[] {
  const used = new Set(
    [...files].flatMap(([file, source]) =>
      importsOf(source).map(({ specifier }) => {
        const target = targetOf(file, specifier)
        return `${roomOf(file)} ${target === undefined ? specifier : roomOf(target)}`
      }),
    ),
  )
  return Object.entries(rooms).flatMap(([name, { enters, types, packages }]) =>
    [...enters, ...types, ...packages]
      .filter((one) => !used.has(`${name} ${one}`))
      .map((one) => `${name} does not import ${one}`),
  )
}

/** Everything in `files` (path from the repository's root → source) that breaks a rule, one sentence each. */
export function violations(files: ReadonlyMap<string, string>): string[] {
  return [...files].flatMap(([file, source]) => fileViolations(file, source))
}
