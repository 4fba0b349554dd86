import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

test('the tables of faults in docs/flag-server.md are those of the code', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/fault-table.js', '--check'], { encoding: 'utf8' })
  assert.deepEqual([status, stderr], [0, ''])
})
