// Lists from ten thousand lines to ten million: does anything grow with them? Each is run to its end once, and once killed (-9) at half of it; then the
// same command runs until it has its first new record.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { claim, standing } from '../claims.js'
import { UsageError } from '../command-line.js'
import { nginxMissing, nginxVersion, startNginx } from '../nginx.js'
import { runProcess } from '../run-process.js'
import { makeScratch } from '../scratch.js'
import { medianOf, megabytes, number } from '../statistics.js'
import { writeList } from './list.js'

const halyard = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const usual = [10_000, 100_000, 1_000_000]
const most = 10_000_000
const styles = ['async', 'threads']
const timeout = 3_600_000
const written = (lines) => lines.toLocaleString('en-US')

const legend = [
  'x short: lines/s against the first row of the style. first s: from the start to the first record.',
  'resume s: killed (-9) at half; from the start of the same command to its first new record.',
]

export default {
  name: 'long-list',
  summary: 'lists of 10,000 to 1,000,000 lines: memory, rate, first record and resume, and whether they depend on the length',
  rounds: 1,
  options: { lines: { value: 'N,…', doc: `lengths of the lists, up to ${written(most)}, instead of ${usual.join(',')}` } },
  async prepare({ lines }) {
    const sizes = lines === undefined ? usual : sizesOf(lines)
    const folder = makeScratch()
    const nginx = nginxMissing === undefined ? await startNginx({ folder, site: folder, status: 404 }) : undefined
    return {
      contenders: styles.flatMap((style) =>
        sizes.map((size) => ({
          group: 'Long lists, every line answered by 404',
          label: `${written(size)} lines, ${style}`,
          command: `halyard get -i list.txt -o out -q --style ${style}`,
          size,
          style,
          missing: nginxMissing,
          run: () => run(folder, nginx.origin, size, style),
        })),
      ),
      tables,
      claims,
      peers: [nginxVersion],
      variant: lines === undefined ? undefined : sizes.join('-'),
      close: async () => {
        await nginx?.close()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
}

function sizesOf(text) {
  const sizes = text.split(',').map(Number)
  if (sizes.every((size) => Number.isInteger(size) && size >= 1_000 && size <= most)) return sizes
  throw new UsageError(`Expected --lines to be whole numbers from 1000 to ${most}, with commas between; got ${text}.`)
}

async function run(folder, origin, lines, style) {
  const list = join(folder, 'list.txt')
  const out = join(folder, 'out')
  const command = [process.execPath, halyard, 'get', '-i', list, '-o', out, '--style', style, '-q']
  writeList(list, lines, origin)
  try {
    const first = untilRecords(out, 0)
    const { failure, wall, cpu, peak } = await runProcess(command, { cwd: folder, timeout })
    // 3: finished, and nothing succeeded.
    if (failure !== undefined && !failure.startsWith('exit code 3')) return { failure }
    const firstRecord = await first
    const bytes = recordedBytes(out)
    rmSync(out, { recursive: true })
    return { wall, cpu, peak, lines, firstRecord, resumed: await resume(command, folder, out, bytes / 2) }
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

/** Seconds from the start of a run, one like it having been killed with so many bytes in its journal, to its first new record. */
async function resume(command, cwd, out, bytes) {
  const victim = start(command, cwd)
  await untilRecords(out, bytes)
  await end(victim, 'SIGKILL')
  const before = recordedBytes(out)
  const again = start(command, cwd)
  const resumed = await untilRecords(out, before)
  await end(again, 'SIGTERM')
  return resumed
}

const start = ([program, ...args], cwd) => spawn(program, args, { cwd, stdio: 'ignore' })

async function end(child, signal) {
  if (child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}

/** Seconds until the journal has more than so many bytes. */
async function untilRecords(out, bytes) {
  const began = performance.now()
  while (recordedBytes(out) <= bytes && performance.now() - began < timeout) await sleep(20)
  return (performance.now() - began) / 1000
}

/** Of the journal, with the files that it has closed. */
function recordedBytes(out) {
  const state = join(out, '.halyard')
  if (!existsSync(state)) return 0
  const sizes = readdirSync(state)
    .filter((name) => /^journal(\.\d+)?\.jsonl$/.test(name))
    .map((name) => statSync(join(state, name), { throwIfNoEntry: false })?.size ?? 0)
  return sizes.reduce((sum, size) => sum + size, 0)
}

const rate = ({ lines, wall }) => lines / wall
const inMegabytes = ({ peak }) => megabytes(peak)

function tables(results) {
  const rows = [...results].map(([{ label, style, missing }, runs]) => {
    const failure = missing ?? runs.find((result) => result.failure !== undefined)?.failure
    if (failure !== undefined) return { label, note: failure }
    const [, short] = [...results].find(([contender]) => contender.style === style)
    return {
      label,
      cells: [
        medianOf(runs, inMegabytes),
        medianOf(runs, rate),
        medianOf(runs, rate) / medianOf(short, rate),
        medianOf(runs, ({ cpu, lines }) => (cpu / lines) * 1e6),
        medianOf(runs, ({ firstRecord }) => firstRecord),
        medianOf(runs, ({ resumed }) => resumed),
      ].map(number),
    }
  })
  const columns = ['', 'peak MB', 'lines/s', 'x short', 'CPU us/line', 'first s', 'resume s']
  return [{ title: 'Long lists, every line answered by 404', columns, rows, notes: legend }]
}

/** Of the longest list that was run, in each style. */
function claims(results) {
  return styles.flatMap((style) => {
    const rows = [...results].filter(([contender]) => contender.style === style)
    const [longest, shortest] = [rows.at(-1), rows[0]]
    if (longest === undefined) return []
    const of = (what, unit, aim, pick) =>
      claim({
        target: 'S4',
        what: `${what}, ${longest[0].label}`,
        unit,
        against: false,
        ...aim,
        ours: standing(longest, pick),
      })
    return [
      of('peak memory', 'MB', { atMost: 150 }, inMegabytes),
      of('first record after the start', 's', { atMost: 1 }, ({ firstRecord }) => firstRecord),
      of('first new record after kill -9 at half', 's', { atMost: 10 }, ({ resumed }) => resumed),
      claim({
        target: 'S4',
        what: `rate against the shortest list, ${longest[0].label}`,
        unit: 'lines/s',
        atLeast: 0.9,
        ours: standing(longest, rate),
        best: standing(shortest, rate),
      }),
    ]
  })
}
