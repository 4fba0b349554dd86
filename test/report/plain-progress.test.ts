import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunView } from '../../src/report/index.js'

const { plainProgress } = (await import(
  new URL('../../../dist/report/index.js', import.meta.url).href
)) as typeof import('../../src/report/index.js')

const view: RunView = {
  done: 1_234,
  total: 20_000,
  resumed: 0,
  byStatus: { ok: 1_222, unchanged: 0, skipped: 0, 'not-found': 0, error: 12, invalid: 0 },
  failed: 12,
  bytes: 43e6,
  bytesPerSecond: 3.4e6,
  linesPerSecond: 45,
  elapsed: 9_000,
  left: 200_000,
  inFlight: [],
  waiting: 0,
  hosts: [],
}

test('there is a line every five seconds, and none before', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const lines: string[] = []
  const end = plainProgress({ stream: { write: (text: string) => lines.push(text) }, view: () => view })
  t.mock.timers.tick(4_999)
  assert.deepEqual(lines, [])
  t.mock.timers.tick(5_001)
  const line = '1,234 of 20,000 done, 12 failed, 43.0 MB, 3.4 MB/s, 3:20 left\n'
  assert.deepEqual(lines, [line, line])
  end()
  t.mock.timers.tick(60_000)
  assert.equal(lines.length, 2)
})

test('what is not known is not said', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const { total: _, left: __, ...unknown } = view
  const lines: string[] = []
  t.after(plainProgress({ stream: { write: (text: string) => lines.push(text) }, view: () => ({ ...unknown, failed: 0 }) }))
  t.mock.timers.tick(5_000)
  assert.deepEqual(lines, ['1,234 done, 43.0 MB, 3.4 MB/s, 9.00 s\n'])
})
