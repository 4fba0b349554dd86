/** Holds the arrows between the rooms: who may import whom, and what only the doorbell room may do. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, test } from 'node:test'
import { importsOf, mayImport, rooms, unused, violations } from './support/import-rules.js'

const root = new URL('../../', import.meta.url)

function sources(): Map<string, string> {
  const names = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.[cm]?[jt]s$/.test(name),
  )
  return new Map(
    names.map((name) => {
      const file = `src/${name.replaceAll('\\', '/')}`
      return [file, readFileSync(new URL(file, root), 'utf8')]
    }),
  )
}

const page = readFileSync(new URL('ARCHITECTURE.md', root), 'utf8')

/** What the checker says of one made-up file. */
const judge = (file: string, source: string): string[] => violations(new Map([[file, source]]))

describe('the source tree', () => {
  test('keeps every rule of the house', () => {
    const files = sources()
    assert.ok(files.size > 0, 'no source file was found')
    assert.deepEqual(violations(files), [])
  })

  test('makes use of everything that is allowed', () => {
    assert.deepEqual(unused(sources()), [])
  })

  test('names no room in the table that it allows another room to enter and that is not itself in the table', () => {
    const named = Object.values(rooms).flatMap(({ enters, types }) => [...enters, ...types])
    assert.deepEqual(
      named.filter((name) => !(name in rooms)),
      [],
    )
  })

  test('starts workers of a comparison without the executors, whose loading would take longer than that of all the rest', () => {
    const files = sources()
    const loaded = new Set(['src/compare/timed-download.ts'])
    for (const file of loaded) {
      for (const { specifier, typeOnly } of importsOf(files.get(file) ?? '')) {
        if (!typeOnly && specifier.startsWith('.')) loaded.add(posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts'))
      }
    }
    assert.ok(loaded.has('src/flags/download-one.ts'))
    assert.deepEqual(
      [...loaded].filter((file) => file.includes('executor') || file.startsWith('src/futures/pool/')),
      [],
    )
  })

  test('has no circle of rooms', () => {
    const seen = new Set<string>()
    const visit = (name: string, path: readonly string[]): void => {
      assert.ok(!path.includes(name), `a circle: ${[...path, name].join(' → ')}`)
      if (seen.has(name)) return
      for (const next of rooms[name]?.enters ?? []) visit(next, [...path, name])
      seen.add(name)
    }
    for (const name of Object.keys(rooms)) visit(name, [])
  })
})

describe('ARCHITECTURE.md', () => {
  test('says of every room what it may import', () => {
    const rows = [...page.matchAll(/^\| `src\/([^/`]+)` \|[^|]*\| (.*) \|$/gm)].map(([, name, cell]) => [name, cell])
    assert.deepEqual(
      rows,
      Object.entries(rooms).map(([name, room]) => [name, mayImport(room)]),
    )
  })

  test('names no file that is not there', () => {
    const named = [...page.matchAll(/`((?:src|test)\/[^`,]+)`/g)].map(([, path]) => path as string)
    assert.ok(named.length > 0)
    assert.deepEqual(
      named.filter((path) => !existsSync(new URL(path, root))),
      [],
    )
  })
})

describe('each rule bites', () => {
  const forbidden: readonly [title: string, file: string, source: string, complaint: RegExp][] = [
    ['futures enters no room', 'src/futures/a.ts', "import { x } from '../flags/index.js'", /futures may not import flags/],
    ['not even for a type', 'src/futures/a.ts', "import type { X } from '../report/index.js'", /futures may not import report/],
    ['futures imports only node:', 'src/futures/a.ts', "import { Command } from 'commander'", /package 'commander'/],
    ['a bare built-in name is not node:', 'src/futures/a.ts', "import { join } from 'path'", /package 'path'/],
    [
      'flag-server enters no room',
      'src/flag-server/a.ts',
      "import { x } from '../futures/index.js'",
      /flag-server may not import futures/,
    ],
    [
      'report takes values from no room',
      'src/report/a.ts',
      "import { x } from '../compare/index.js'",
      /report may not import compare/,
    ],
    [
      'flags may not start servers',
      'src/flags/a.ts',
      "import { x } from '../flag-server/index.js'",
      /flags may not import flag-server/,
    ],
    ['flags may not compare', 'src/flags/a.ts', "import { x } from '../compare/index.js'", /flags may not import compare/],
    ['nothing imports cli', 'src/compare/a.ts', "import { x } from '../cli/index.js'", /nothing imports cli/],
    ['nothing imports the front door', 'src/cli/a.ts', "import { x } from '../index.js'", /front door src\/index\.ts/],
    ['not by its public name either', 'src/cli/a.ts', "import { x } from 'halyard'", /front door src\/index\.ts/],
    ['no side doors', 'src/compare/a.ts', "import { x } from '../futures/future.js'", /enter futures by its front door/],
    [
      'no side doors from the front door',
      'src/index.ts',
      "export * from './futures/future.js'",
      /enter futures by its front door/,
    ],
    ['only cli may import commander', 'src/compare/a.ts', "import { Command } from 'commander'", /package 'commander'/],
    ['cli imports no other package', 'src/cli/a.ts', "import x from 'chalk'", /package 'chalk'/],
    ['a dynamic import is an import', 'src/futures/a.ts', "const x = await import('../cli/main.js')", /nothing imports cli/],
    [
      'an import for its effects is an import',
      'src/report/a.ts',
      "import '../compare/index.js'",
      /report may not import compare/,
    ],
    ['a re-export is an import', 'src/report/a.ts', "export { x } from '../compare/index.js'", /report may not import compare/],
    [
      'an import over many lines is an import',
      'src/report/a.ts',
      "import {\n  x,\n  y,\n} from '../compare/index.js'",
      /report may not import compare/,
    ],
    ['a new room needs a row', 'src/attic/a.ts', 'export {}', /the room attic has no row/],
    ['a file needs a room', 'src/loose.ts', 'export {}', /is in no room/],
    ['no utils', 'src/futures/utils.ts', 'export {}', /name the thing/],
    ['no helpers folder', 'src/futures/helpers/a.ts', 'export {}', /name the thing/],
    ['no common', 'src/compare/common.ts', 'export {}', /name the thing/],
    ['compare does not exit', 'src/compare/a.ts', 'process.exit(1)', /end the process/],
    ['nor by another name', 'src/compare/a.ts', "import { exit } from 'node:process'", /end the process/],
    ['report does not read argv', 'src/report/a.ts', 'const x = process.argv[2]', /read the command line/],
    ['a worker entry does not read argv', 'src/futures/worker/a.ts', 'const x = process.argv[2]', /read the command line/],
  ]
  for (const [title, file, source, complaint] of forbidden) {
    test(title, () => {
      const found = judge(file, source)
      assert.equal(found.length, 1, found.join('\n'))
      assert.match(found[0] ?? '', complaint)
    })
  }
})

describe('what is allowed stays allowed', () => {
  const allowed: readonly [title: string, file: string, source: string][] = [
    ['node: everywhere', 'src/futures/a.ts', "import { join } from 'node:path'"],
    ['inside the own room', 'src/futures/worker/a.ts', "import { x } from '../future.js'"],
    ['flags run on futures', 'src/flags/flags_threadpool.ts', "import { ThreadPoolExecutor } from '../futures/index.js'"],
    ['by the public name of the room', 'src/flags/flags_threadpool.ts', "import { ThreadPoolExecutor } from 'halyard/futures'"],
    ['compare runs the flags', 'src/compare/a.ts', "import { x } from '../flags/index.js'"],
    ['report may name a type', 'src/report/a.ts', "import type { Outcome } from '../download/index.js'"],
    ['cli parses with commander', 'src/cli/a.ts', "import { Command } from 'commander'"],
    ['cli exits', 'src/cli/main.ts', 'process.exit(process.argv.length)'],
    ["the book's scripts read argv", 'src/flags/flags2_common.ts', 'process.exit(process.argv.length)'],
    ['a worker entry wraps process.exit', 'src/futures/worker/run.ts', 'const exit = process.exit'],
    ['the front door opens rooms', 'src/index.ts', "export * from './futures/index.js'"],
    [
      'an example in a comment',
      'src/futures/a.ts',
      "/**\n * import { x } from '../cli/main.js'\n * process.exit(1)\n */\nexport {}",
    ],
    ['exitCode is not exit', 'src/compare/a.ts', 'process.exitCode = 1'],
  ]
  for (const [title, file, source] of allowed) {
    test(title, () => assert.deepEqual(judge(file, source), []))
  }

  test('a URL in a string is not the start of a comment', () => {
    assert.deepEqual(importsOf("const url = 'http://x'\nimport { a } from './a.js'"), [{ specifier: './a.js', typeOnly: false }])
  })
})
