// One contender of `calls` in a process of its own: `node contender.js '{"pool": "piscina", …}'`. Prints one line of JSON.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuSeconds } from '../process-tree.js'

const { pool: name, seconds, inFlight, ...options } = JSON.parse(process.argv[2])
const { open } = await import(`./pools/${name}.js`)
const pool = open(options)
const once = pool.map === undefined ? callsInFlight : callsByMap

check(await pool.call(7), 7)
const firstResult = performance.now() // since the process began
await once(seconds / 2) // warm-up
const cpuBefore = cpuSeconds(process.pid)
const steady = await once(seconds)
const cpu = cpuSeconds(process.pid) - cpuBefore
const timerFires = await timerFiresInIdleWorker()
await pool.close()
process.stdout.write(`${JSON.stringify({ ...steady, firstResult, cpu, timerFires })}\n`)

/** `inFlight` calls outstanding at every moment. The sum of all results must be the sum of all arguments. */
async function callsInFlight(duration) {
  const start = performance.now()
  const end = start + duration * 1000
  let next = 0
  let sum = 0
  async function lane() {
    while (performance.now() < end) {
      const n = await pool.call(next++)
      sum += n // not `sum += await …`, which would add to the sum of before the call
    }
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  const elapsed = (performance.now() - start) / 1000
  check(sum, (next * (next - 1)) / 2)
  return { calls: next, elapsed }
}

/** map over lists of 20,000, one list after the other; results in order. */
async function callsByMap(duration) {
  const numbers = Array.from({ length: 20_000 }, (_, i) => i)
  const start = performance.now()
  const end = start + duration * 1000
  let calls = 0
  while (performance.now() < end) {
    let expected = 0
    for await (const n of pool.map(numbers)) check(n, expected++)
    check(expected, numbers.length)
    calls += expected
  }
  return { calls, elapsed: (performance.now() - start) / 1000 }
}

/** A call leaves a timer of 20 ms behind in a worker that gets nothing further to do. Does it fire within a second? */
async function timerFiresInIdleWorker() {
  const folder = mkdtempSync(join(tmpdir(), 'halyard-bench-'))
  const mark = join(folder, 'fired')
  await pool.leaveTimer(mark)
  for (let waited = 0; waited < 1000 && !existsSync(mark); waited += 10) await sleep(10)
  const fired = existsSync(mark)
  rmSync(folder, { recursive: true })
  return fired
}

function check(actual, expected) {
  if (actual !== expected) throw new Error(`wrong result: ${actual} instead of ${expected}`)
}
