import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runProgram } from '../../support/child-program.js'
import { oneOf, thoroughly } from '../../support/thorough.js'

const program = new URL('../../fixtures/workers/programs/million.js', import.meta.url)
const MIB = 1 << 20

interface Report {
  received: number
  sum: number
  furthestAhead: number
  heaps: number[]
  workerHeaps: number[]
}

/** A heap is flat when, after it has warmed up, it does not grow with the number of tasks. */
function growth(heaps: readonly number[]): number {
  const warm = heaps.slice(2)
  return (Math.min(...warm.slice(-3)) - Math.min(...warm.slice(0, 3))) / MIB
}

for (const { kind, count, chunksize } of oneOf([
  { kind: 'threads', count: thoroughly(1_000_000, 300_000), chunksize: 500 },
  { kind: 'processes', count: 50_000, chunksize: 500 },
  { kind: 'threads', count: 5_000, chunksize: 1 },
])) {
  test(`${count} tiny tasks through map() with buffersize and chunksize ${chunksize} keep the heap flat (${kind})`, async (t) => {
    const { code, stdout, stderr } = await runProgram(t, program, {
      execArgv: ['--expose-gc', '--max-old-space-size=160'],
      args: [kind, String(count), String(chunksize)],
      timeout: 60_000,
    })
    assert.equal(code, 0, stderr)
    const { received, sum, furthestAhead, heaps, workerHeaps } = JSON.parse(stdout) as Report
    assert.equal(received, count)
    assert.equal(sum, (count * (count - 1)) / 2)
    // At most the buffer, 8 calls, and the one being made are ahead, never all of them.
    assert.ok(furthestAhead <= 10 * chunksize, `${furthestAhead} inputs ahead of the results`)
    assert.equal(heaps.length, 10)
    assert.ok(growth(heaps) < 2, `the heap grew: ${heaps.map((heap) => (heap / MIB).toFixed(1)).join(' ')}`)
    assert.ok(growth(workerHeaps) < 2, `a worker's heap grew: ${workerHeaps.map((heap) => (heap / MIB).toFixed(1)).join(' ')}`)
  })
}
