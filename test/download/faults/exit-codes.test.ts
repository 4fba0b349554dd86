/** The fault table's last column: what `halyard get` says and ends with, one fault of each kind; in a thorough run every fault. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Outcome } from 'halyard'
import { halyard } from '../../support/halyard.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { someOf, thorough } from '../../support/thorough.js'
import { serverFor } from './fault-matrix.js'
import { FAULTS, type FaultRow, LONG_FAULTS } from './fault-table.js'

/** One row of each kind: status, code and the rest are tested of all rows, in all styles. Of the kinds a third is drawn. */
function firstOfEachKind(rows: readonly FaultRow[]): readonly (readonly [FaultRow, number])[] {
  const kinds = new Map<string, readonly [FaultRow, number]>()
  for (const [index, row] of rows.entries()) {
    const kind = `${row.code ?? row.status} ${row.exit}`
    if (!kinds.has(kind)) kinds.set(kind, [row, index])
  }
  return [...kinds.values()]
}

/** What is run of a group. */
function casesOf(rows: readonly FaultRow[]): readonly (readonly [FaultRow, number])[] {
  if (thorough) return rows.map((row, index) => [row, index])
  const kinds = firstOfEachKind(rows)
  return someOf(Math.ceil(kinds.length / 3), kinds)
}

for (const { title, rows, typed } of thorough ? [...FAULTS, ...LONG_FAULTS] : FAULTS) {
  describe(`halyard get, ${title}`, { concurrency: 4 }, () => {
    for (const [row, index] of casesOf(rows)) {
      test(`${row.title}: exit ${row.exit}`, async (t) => {
        const output = temporaryFolder(t)
        const { server, url } = await serverFor(row, index)
        t.after(() => server.close())
        const { code: exitCode, stderr } = await halyard(t, ['get', url, '-o', output, ...typed])
        assert.equal(exitCode, row.exit, stderr)
        const records = readFileSync(join(output, '.halyard', 'journal.jsonl'), 'utf8')
          .trimEnd()
          .split('\n')
        assert.equal(records.length, 1)
        const { status, code } = JSON.parse(records[0] ?? '') as Outcome
        assert.deepEqual({ status, code }, { status: row.status, code: row.code })
        assert.equal(server.log.records.length, row.requests)
        if (row.code !== undefined) assert.ok(stderr.includes(row.code), stderr)
      })
    }
  })
}
