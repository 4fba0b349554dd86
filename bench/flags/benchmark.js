// The chapter's programs: ours against Python's own, style by style, as whole processes, at three server delays.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { claim, standing } from '../claims.js'
import { python, pythonVersion } from '../peers.js'
import { runProcess } from '../run-process.js'
import { makeScratch } from '../scratch.js'
import { median, medianOf, megabytes, number, span } from '../statistics.js'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const delays = [0, 50, 400]
const count = 20
const styles = [
  { style: 'flags', modules: ['requests'], packages: 'python3-requests' },
  { style: 'flags_threadpool', modules: ['requests'], packages: 'python3-requests' },
  { style: 'flags_asyncio', modules: ['requests', 'aiohttp'], packages: 'python3-requests python3-aiohttp' },
  { style: 'flags_processpool', modules: ['requests'], packages: 'python3-requests' },
]

export default {
  name: 'flags',
  summary: "the chapter's programs, ours against Python's own, style by style, at a server delay of 0, 50 and 400 ms",
  rounds: 3,
  async prepare() {
    const server = spawn(process.execPath, [here('server.js'), JSON.stringify(delays)], { stdio: ['pipe', 'pipe', 'inherit'] })
    const [line] = await Promise.race([once(createInterface(server.stdout), 'line'), once(server, 'exit')])
    if (typeof line !== 'string') throw new Error(`the flag server ended with exit code ${line}`)
    const contenders = delays.flatMap((delay, i) => styles.flatMap((style) => pair(delay, JSON.parse(line)[i], style)))
    return {
      contenders,
      tables,
      claims,
      peers: [pythonVersion(['requests', 'aiohttp']) ?? 'Python: some of it missing'],
      async close() {
        server.stdin.end()
        if (server.exitCode === null) await once(server, 'exit')
      },
    }
  },
}

const groupOf = (delay) => `Server delay ${delay} ms`

/** Ours and Python's program of one style at one delay. */
function pair(delay, url, { style, modules, packages }) {
  const ours = here(`../../dist/flags/${style}.js`)
  const contender = (side, command, missing) => ({
    group: groupOf(delay),
    label: `${style}, ${side}`,
    style,
    side,
    missing,
    run: () => run(command, url),
  })
  return [
    contender('halyard', [process.execPath, ours], existsSync(ours) ? undefined : `missing: dist/flags/${style}.js`),
    contender(
      'Python',
      [python, here(`../python/${style}.py`)],
      pythonVersion(modules) === undefined ? `missing: apt-get install ${packages}` : undefined,
    ),
  ]
}

/** One program, once, in an empty folder. */
async function run(command, url) {
  const folder = makeScratch()
  try {
    const { failure, wall, cpu, peak, stdout } = await runProcess(command, { cwd: folder, env: { FLAGS_BASE_URL: url } })
    const wrong = failure ?? wrongFiles(join(folder, 'downloads')) ?? wrongOutput(stdout)
    return wrong === undefined ? { wall, cpu, peak } : { failure: wrong }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function wrongFiles(folder) {
  const names = existsSync(folder) ? readdirSync(folder) : []
  if (names.length !== count) return `${names.length} files instead of ${count}`
  const different = names.find((name) => {
    const cc = name.slice(0, 2)
    return !readFileSync(join(folder, name)).equals(readFileSync(here(`../../images/flags/${cc}/${cc}.gif`)))
  })
  return different === undefined ? undefined : `${different} has other bytes than the server's`
}

/** Python's threads and processes mix their codes and spaces (`CNDE BR  ID`), so the codes are counted by their letters. */
function wrongOutput(stdout) {
  const [codes = '', summary] = stdout.split('\n')
  const isRight = /^([A-Z]{2}){20}$/.test(codes.replaceAll(' ', '')) && /^20 flags downloaded in \d+\.\d\ds$/.test(summary)
  return isRight ? undefined : `printed ${JSON.stringify(stdout)}`
}

/** Ours divided by Python's in every cell. */
export function claims(results) {
  return styles.flatMap(({ style }) =>
    delays.map((delay) => {
      const side = (name) => [...results].find(([{ group, label }]) => group === groupOf(delay) && label === `${style}, ${name}`)
      const theirs = standing(side('Python'), ({ wall }) => wall)
      return claim({
        target: 'S1',
        what: `\`${style}\`, server delay ${delay} ms`,
        unit: 's',
        atMost: 1,
        ours: standing(side('halyard'), ({ wall }) => wall),
        best: theirs && { ...theirs, label: 'Python' },
      })
    }),
  )
}

function tables(results) {
  return [...new Set([...results.keys()].map(({ group }) => group))].map((group) => ({
    title: `${group}: ${count} flags, whole process`,
    columns: ['', 'halyard s', 'min-max', 'Python s', 'min-max', 'ratio', 'CPU s', 'Python', 'MB', 'Python'],
    rows: styles.flatMap(({ style }) => {
      const sides = ['halyard', 'Python'].map((side) =>
        [...results].find(([contender]) => contender.group === group && contender.style === style && contender.side === side),
      )
      return sides.includes(undefined) ? [] : [row(style, sides)]
    }),
  }))
}

const walls = (runs) => runs.map(({ wall }) => wall)

function row(label, sides) {
  const [ours, theirs] = sides.map(([, runs]) => runs)
  const [ourFailure, theirFailure] = sides.map(([{ missing }, runs]) => missing ?? runs.find(({ failure }) => failure)?.failure)
  if (ourFailure !== undefined) return { label, note: `halyard ${ourFailure}` }
  if (theirFailure !== undefined) return { label, note: `${number(median(walls(ours)))} s (halyard); Python ${theirFailure}` }
  const both = (pick) => [number(medianOf(ours, pick)), number(medianOf(theirs, pick))]
  return {
    label,
    cells: [
      number(median(walls(ours))),
      span(walls(ours)),
      number(median(walls(theirs))),
      span(walls(theirs)),
      number(median(walls(ours)) / median(walls(theirs))),
      ...both(({ cpu }) => cpu),
      ...both(({ peak }) => megabytes(peak)),
    ],
  }
}
