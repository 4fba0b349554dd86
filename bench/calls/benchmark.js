// No-op round trips: what a pool adds to a call. Two workers, 64 calls outstanding at every moment.
import { fileURLToPath } from 'node:url'
import { bestOf, claim, standing } from '../claims.js'
import { installPeers, peerVersion, python, pythonVersion } from '../peers.js'
import { runProcess } from '../run-process.js'
import { median, medianOf, megabytes, number, span } from '../statistics.js'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const workers = 2
const inFlight = 64
const seconds = 2

const oneCall = 'One call per worker at a time, threads'
const manyCalls = '32 calls per worker at a time, threads'
const processes = 'One call per worker at a time, processes'
const maps = 'map with chunksize, against the best peer at one call per worker'

const legend = [
  'x peer: calls/s against the best peer. CPU us: user + system time a call, the whole process tree.',
  'first ms: from the start of the process to its first result. timer: does a timer that a call left',
  'behind fire while its worker has nothing to do? CPython runs map, as a reference.',
]

const ours = (group, label, options) => ({ group, label, ours: true, pool: 'halyard', options })
const peer = (group, label, pool, options) => ({ group, label, pool, options: { workers, ...options } })
const cpython = (group, executor, chunksize) => ({
  group,
  label: chunksize === 1 ? `CPython ${executor}` : `CPython processes, chunksize ${chunksize}`,
  reference: true,
  python: { executor, chunksize, workers },
})
const threads = (options) => ({ executor: 'ThreadPoolExecutor', options: { threads: workers, ...options } })
const children = { executor: 'ProcessPoolExecutor', options: { maxWorkers: workers } }

const field = [
  ours(oneCall, 'halyard ThreadPoolExecutor', threads({ maxWorkers: workers })),
  peer(oneCall, 'piscina, atomics sync', 'piscina', { atomics: 'sync', perWorker: 1 }),
  peer(oneCall, 'piscina, atomics async', 'piscina', { atomics: 'async', perWorker: 1 }),
  peer(oneCall, 'piscina, atomics disabled', 'piscina', { atomics: 'disabled', perWorker: 1 }),
  peer(oneCall, 'tinypool', 'tinypool', { runtime: 'worker_threads', perWorker: 1 }),
  peer(oneCall, 'workerpool', 'workerpool', { workerType: 'thread' }),
  cpython(oneCall, 'ThreadPoolExecutor', 1),

  ours(manyCalls, 'halyard ThreadPoolExecutor', threads({ maxWorkers: inFlight })),
  peer(manyCalls, 'piscina, atomics sync', 'piscina', { atomics: 'sync', perWorker: 32 }),
  peer(manyCalls, 'piscina, atomics disabled', 'piscina', { atomics: 'disabled', perWorker: 32 }),
  peer(manyCalls, 'tinypool', 'tinypool', { runtime: 'worker_threads', perWorker: 32 }),

  ours(processes, 'halyard ProcessPoolExecutor', children),
  peer(processes, 'tinypool, child_process', 'tinypool', { runtime: 'child_process', perWorker: 1 }),
  peer(processes, 'workerpool, process', 'workerpool', { workerType: 'process' }),
  cpython(processes, 'ProcessPoolExecutor', 1),

  ours(maps, 'halyard threads, map', { ...threads({ maxWorkers: workers }), chunksize: 1 }),
  ours(maps, 'halyard threads, chunksize 100', { ...threads({ maxWorkers: workers }), chunksize: 100 }),
  ours(maps, 'halyard threads, chunksize 1000', { ...threads({ maxWorkers: workers }), chunksize: 1000 }),
  ours(maps, 'halyard processes, chunksize 100', { ...children, chunksize: 100 }),
  cpython(maps, 'ProcessPoolExecutor', 100),
]

export default {
  name: 'calls',
  summary:
    'no-op round trips through pools of threads and processes, and map with chunksize; peers: piscina, tinypool, workerpool',
  rounds: 5,
  async prepare() {
    installPeers()
    return {
      contenders: field.map((entry) => ({ ...entry, missing: missing(entry), run: () => run(entry) })),
      tables,
      claims,
      peers: ['piscina', 'tinypool', 'workerpool'].map((name) => `${name} ${peerVersion(name) ?? 'missing'}`),
    }
  },
}

function missing({ pool, python: reference }) {
  if (reference !== undefined) return pythonVersion([]) === undefined ? 'missing: apt-get install python3' : undefined
  return pool === 'halyard' || peerVersion(pool) !== undefined ? undefined : 'missing: npm install in bench/ did not succeed'
}

async function run({ pool, options, python: reference }) {
  const command =
    reference === undefined
      ? [process.execPath, here('contender.js'), JSON.stringify({ pool, seconds, inFlight, ...options })]
      : [python, here('python_pools.py'), JSON.stringify({ seconds, ...reference })]
  const { failure, stdout, peak, wall, cpu } = await runProcess(command)
  if (failure !== undefined) return { failure }
  return { peak, wall, wholeCpu: cpu, ...JSON.parse(stdout) }
}

const callRate = ({ calls, elapsed }) => calls / elapsed
const rates = ([, runs]) => runs.filter(({ failure }) => failure === undefined).map(callRate)

function tables(results) {
  const bestPeer = (group) =>
    Math.max(
      ...[...results]
        .filter(([contender]) => contender.group === group && !contender.ours && !contender.reference)
        .map(rates)
        .filter((values) => values.length > 0)
        .map(median),
    )
  return [oneCall, manyCalls, processes, maps].map((group) => {
    const bestRate = bestPeer(group === maps ? oneCall : group)
    return {
      title: `${group}: ${workers} workers${group === maps ? ', lists of 20,000' : `, ${inFlight} calls in flight`}`,
      columns: ['', 'calls/s', 'min-max', 'x peer', 'CPU us', 'peak MB', 'first ms', 'timer'],
      rows: [...results]
        .filter(([contender]) => contender.group === group)
        .map((entry) => {
          const [{ label, missing: reason }, runs] = entry
          const failure = reason ?? runs.find((result) => result.failure !== undefined)?.failure
          if (failure !== undefined) return { label, note: failure }
          const rate = median(rates(entry))
          return {
            label,
            cells: [
              number(rate),
              span(rates(entry)),
              Number.isFinite(bestRate) ? number(rate / bestRate) : '-',
              number(medianOf(runs, ({ cpu, calls }) => cpu && (cpu / calls) * 1e6)),
              number(megabytes(medianOf(runs, ({ peak }) => peak))),
              number(medianOf(runs, ({ firstResult }) => firstResult)),
              timer(runs),
            ],
          }
        }),
      notes: group === oneCall ? legend : [],
    }
  })
}

/** What of a row is aimed at; CPython runs along for comparison only. */
const aims = [
  { what: 'threads, one call per worker at a time', group: oneCall, label: 'halyard ThreadPoolExecutor', atLeast: 2 },
  { what: 'threads, 32 calls per worker', group: manyCalls, label: 'halyard ThreadPoolExecutor', atLeast: 1.2 },
  { what: 'threads, `map` with chunksize 100', group: maps, label: 'halyard threads, chunksize 100', atLeast: 10 },
  { what: 'threads, `map` with chunksize 1000', group: maps, label: 'halyard threads, chunksize 1000', atLeast: 10 },
  { what: 'processes, `map` with chunksize 100', group: maps, label: 'halyard processes, chunksize 100' },
  { what: 'processes, one call at a time', group: processes, label: 'halyard ProcessPoolExecutor' },
]

export function claims(results) {
  const entries = [...results]
  const row = (group, label) => entries.find(([contender]) => contender.group === group && contender.label === label)
  const peersOf = (group) =>
    entries.filter(([contender]) => contender.group === group && !/^(halyard|CPython)/.test(contender.label))
  const timed = row(oneCall, 'halyard ThreadPoolExecutor')
  const fired = timed?.[1].filter(({ timerFires }) => timerFires).length
  return [
    ...aims.map(({ what, group, label, atLeast }) =>
      claim({
        target: 'S6',
        what,
        unit: 'calls/s',
        atLeast,
        ours: standing(row(group, label), callRate),
        best: bestOf(peersOf(group === maps ? oneCall : group), callRate),
      }),
    ),
    claim({
      target: 'S6',
      what: 'a timer that a call left behind fires while its worker is idle',
      unit: '% of the runs',
      atLeast: 100,
      against: false,
      ours: standing(timed, () => (fired / timed[1].length) * 100),
    }),
  ]
}

function timer(runs) {
  const answers = new Set(runs.map(({ timerFires }) => timerFires))
  if (answers.has(undefined)) return '-'
  return answers.size > 1 ? 'sometimes' : answers.has(true) ? 'yes' : 'no'
}
