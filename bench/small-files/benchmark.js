// Lists of small files, from nginx on the loopback device into memory: what a downloader itself costs. Whole processes, start-up included.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { bestOf, claim, standing } from '../claims.js'
import { UsageError } from '../command-line.js'
import { nginxMissing, nginxVersion } from '../nginx.js'
import { runProcess } from '../run-process.js'
import { median, medianOf, megabytes, number, span } from '../statistics.js'
import { downloaders, typed, versions } from './downloaders.js'
import { openSite } from './site.js'

const usual = [500, 20_000, 100_000]
const most = 250_000
const timeout = 600_000

const titleOf = (count) => `${count.toLocaleString('en-US')} files of 1.5-9 KB`

export default {
  name: 'small-files',
  summary: 'halyard get, as files and as tar shards, against curl -Z, wget2, aria2c, wget and fetch, all on nginx',
  rounds: 5,
  options: { urls: { value: 'N,N,…', doc: `lengths of the lists, up to ${most}, instead of ${usual.join(',')}` } },
  async prepare({ urls }) {
    const counts = urls === undefined ? usual : lengths(urls)
    const site = nginxMissing === undefined ? await openSite(counts) : undefined
    return {
      contenders: counts.flatMap((count) => downloaders().map((each) => contender(each, count, site?.folderOf(count)))),
      tables: (results) => counts.map((count) => table(results, count)),
      claims,
      peers: [...versions, nginxVersion],
      variant: urls === undefined ? undefined : counts.join('-'),
      close: async () => site?.close(),
    }
  },
}

function lengths(text) {
  const counts = text.split(',').map((part) => (/^[1-9]\d*$/.test(part) ? Number(part) : Number.NaN))
  if (counts.every((count) => count <= most) && new Set(counts).size === counts.length) return counts
  throw new UsageError(`Expected --urls to be different numbers up to ${most}, such as 500,20000; got ${text}.`)
}

function contender(downloader, count, folder) {
  return {
    group: titleOf(count),
    label: downloader.label,
    tool: downloader.tool,
    count,
    command: typed(downloader),
    missing: nginxMissing ?? downloader.missing,
    run: () => run(downloader, count, folder),
  }
}

/** The folder is looked at, and emptied, when the clock has stopped. */
async function run({ command, wrong }, count, cwd) {
  const out = join(cwd, 'out')
  mkdirSync(out)
  try {
    const { failure, wall, cpu, peak } = await runProcess(command, { cwd, env: nobody(cwd), timeout, stdout: 'ignore' })
    const mistake = failure ?? wrong(out, count)
    return mistake === undefined ? { wall, cpu, peak } : { failure: mistake }
  } finally {
    rmSync(out, { recursive: true })
  }
}

/** Nobody's settings, no proxy. */
function nobody(home) {
  const unset = Object.keys(process.env).filter((name) => /^HALYARD_|_proxy$/i.test(name))
  return { ...Object.fromEntries(unset.map((name) => [name, undefined])), HOME: home }
}

const rate = (count) => (result) => count / result.wall

function table(results, count) {
  const entries = [...results].filter(([each]) => each.count === count)
  const best = bestOf(
    entries.filter(([{ tool }]) => tool !== 'halyard'),
    rate(count),
  )
  return {
    title: titleOf(count),
    columns: ['', 'files/s', 'wall s', 'min-max', 'CPU s', 'peak MB', 'x best peer'],
    rows: entries.map((entry) => {
      const [{ label, missing }, runs] = entry
      const failure = missing ?? runs.find((result) => result.failure !== undefined)?.failure
      if (failure !== undefined) return { label, note: failure }
      const walls = runs.map(({ wall }) => wall)
      const files = standing(entry, rate(count)).value
      return {
        label,
        cells: [
          number(files),
          number(median(walls)),
          span(walls),
          number(medianOf(runs, ({ cpu }) => cpu)),
          number(megabytes(medianOf(runs, ({ peak }) => peak))),
          best === undefined ? '-' : number(files / best.value),
        ],
      }
    }),
  }
}

const files = 'halyard get'
const shards = 'halyard get --sink tar'
const aims = [
  { target: 'S2', count: 100_000, label: files, peer: 'curl', atLeast: 1.1 },
  { target: 'S2', count: 100_000, label: files, peer: 'aria2c', atLeast: 3 },
  { target: 'S2', count: 100_000, label: files, peer: 'fetch', atLeast: 4 },
  { target: 'S2', count: 20_000, label: files, peer: 'curl', towards: 1 },
  { target: 'S2', count: 20_000, label: files, peer: 'aria2c', atLeast: 2 },
  { target: 'S3', count: 100_000, label: shards, peer: 'curl', atLeast: 1.5 },
  { target: 'S3', count: 20_000, label: shards, peer: 'curl', atLeast: 0.9 },
]
const names = { curl: 'the best curl -Z', aria2c: 'aria2c', fetch: 'fetch' }

/** Only of the lists that this run had, and of shards only where there are any. */
function claims(results) {
  const entries = [...results]
  const row = (count, label) => entries.find(([each]) => each.count === count && each.label === label)
  const quick = row(500, files)
  return [
    ...aims
      .filter(({ count, label }) => row(count, label) !== undefined)
      .map(({ target, count, label, peer, ...aim }) =>
        claim({
          target,
          what: `${count.toLocaleString('en-US')} files, ${names[peer]}`,
          unit: 'files/s',
          ...aim,
          ours: standing(row(count, label), rate(count)),
          best: bestOf(
            entries.filter(([each]) => each.count === count && each.tool === peer),
            rate(count),
          ),
        }),
      ),
    ...(quick === undefined
      ? []
      : [
          claim({
            target: 'S2',
            what: '500 files, the whole process',
            unit: 's',
            atMost: 0.5,
            against: false,
            ours: standing(quick, ({ wall }) => wall),
          }),
        ]),
  ]
}
