import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { parse } from 'csv-parse/sync'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import * as fc from 'fast-check'
import type { Outcome } from '../../../src/download/outcome.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { exportResults, layoutOf, recordLine } from './journal-modules.js'
import { outcomes } from './outcomes.js'

function folderWith(t: TestContext, list: readonly Outcome[]): string {
  const output = temporaryFolder(t)
  const { state, journal } = layoutOf(output)
  mkdirSync(state)
  writeFileSync(journal, list.map(recordLine).join(''))
  return output
}

/** A half of a surrogate pair is nothing that a file can hold. */
const asUtf8 = (text: string | undefined): string | undefined => (text === undefined ? text : Buffer.from(text).toString())
const byId = (list: readonly Outcome[]): Outcome[] => list.toSorted((a, b) => a.id - b.id)
const plain = (id: number): Outcome => ({
  id,
  url: `https://host.example/${id}`,
  status: 'ok',
  http: 200,
  file: `${id}.gif`,
  bytes: id * 3,
})
const shuffled = [3, 0, 4, 1, 2].map(plain)

test('jsonl holds the records as they are, in the order of the list', async (t) => {
  await fc.assert(
    fc.asyncProperty(outcomes(), async (list) => {
      const output = folderWith(t, list)
      const file = join(output, 'results.jsonl')
      assert.deepEqual(await exportResults(output, file), { records: list.length, order: 'list' })
      assert.equal(readFileSync(file, 'utf8'), byId(list).map(recordLine).join(''))
    }),
    { numRuns: 40 },
  )
})

test('csv holds every record, whatever is in it, and no cell that a spreadsheet would run', async (t) => {
  await fc.assert(
    fc.asyncProperty(outcomes(), async (list) => {
      const output = folderWith(t, list)
      const file = join(output, 'results.csv')
      await exportResults(output, file)
      const rows = parse<Record<string, string>>(readFileSync(file, 'utf8'), { columns: true, record_delimiter: '\r\n' })
      assert.equal(rows.length, list.length)
      for (const [index, { id, url, status, error, ms, bytes }] of byId(list).entries()) {
        const row = rows[index]!
        assert.deepEqual(
          [row['id'], row['status'], row['bytes'], row['waitMs']],
          [String(id), status, bytes === undefined ? '' : String(bytes), ms?.wait === undefined ? '' : String(ms.wait)],
        )
        assert.ok([asUtf8(url), `'${asUtf8(url)}`].includes(row['url']))
        assert.ok([asUtf8(error?.message) ?? '', `'${asUtf8(error?.message)}`].includes(row['errorMessage']!))
        for (const cell of Object.values(row)) assert.doesNotMatch(cell, /^\s*[=+\-@]|^[\t\r\n]/)
      }
    }),
    { numRuns: 40 },
  )
})

test('what a spreadsheet would take for a formula is text', async (t) => {
  const formulas = ['=cmd|"/c calc"!A1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\n=1', '\uff1d1', '\ufeff=1']
  const output = folderWith(
    t,
    formulas.map((url, id) => ({ id, url, status: 'invalid' })),
  )
  const file = join(output, 'r.csv')
  await exportResults(output, file)
  const rows = parse<Record<string, string>>(readFileSync(file, 'utf8'), { columns: true, record_delimiter: '\r\n' })
  assert.deepEqual(
    rows.map(({ url }) => url),
    formulas.map((formula) => `'${formula}`),
  )
})

test('parquet holds every record, with numbers as numbers and what is absent as null', async (t) => {
  await fc.assert(
    fc.asyncProperty(outcomes(), async (list) => {
      const output = folderWith(t, list)
      const path = join(output, 'results.parquet')
      await exportResults(output, path)
      const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) })
      assert.equal(rows.length, list.length)
      for (const [index, { id, url, status, bytes, error, ms }] of byId(list).entries()) {
        const row = rows[index]!
        assert.deepEqual(
          [row['id'], row['url'], row['status'], row['bytes'], row['errorMessage'], row['totalMs']],
          [
            BigInt(id),
            asUtf8(url),
            status,
            bytes === undefined ? null : BigInt(bytes),
            asUtf8(error?.message),
            ms?.total === undefined ? null : BigInt(ms.total),
          ].map((value) => value ?? null),
        )
      }
    }),
    { numRuns: 25 },
  )
})

test('parquet is written in row groups, all of the rows in order', async (t) => {
  const output = folderWith(
    t,
    Array.from({ length: 21_000 }, (_, id) => plain(20_999 - id)),
  )
  const path = join(output, 'results.parquet')
  assert.deepEqual(await exportResults(output, path), { records: 21_000, order: 'list' })
  const file = await asyncBufferFromFile(path)
  const { row_groups: groups } = await parquetMetadataAsync(file)
  assert.deepEqual(
    groups.map(({ num_rows: rows }) => Number(rows)),
    [20_000, 1_000],
  )
  const rows = await parquetReadObjects({ file, columns: ['id', 'bytes'] })
  assert.ok(rows.every(({ id, bytes }, index) => id === BigInt(index) && bytes === BigInt(index * 3)))
})

test('an empty journal makes an empty table', async (t) => {
  const output = folderWith(t, [])
  for (const name of ['r.jsonl', 'r.csv', 'r.parquet']) {
    assert.deepEqual(await exportResults(output, join(output, name)), { records: 0, order: 'list' })
  }
  assert.equal(readFileSync(join(output, 'r.jsonl'), 'utf8'), '')
  assert.equal(readFileSync(join(output, 'r.csv'), 'utf8').split('\r\n').length, 2)
  assert.deepEqual(await parquetReadObjects({ file: await asyncBufferFromFile(join(output, 'r.parquet')) }), [])
})

test('more lines than can be brought into order stay in the order in which they ended, and the answer says so', async (t) => {
  const list = [plain(100_000), ...shuffled]
  const output = folderWith(t, list)
  const file = join(output, 'r.jsonl')
  assert.deepEqual(await exportResults(output, file, { mostInOrder: 10 }), { records: 6, order: 'ended' })
  assert.equal(readFileSync(file, 'utf8'), list.map(recordLine).join(''))
})

test('records longer than most are exported whole', async (t) => {
  const list: Outcome[] = [1, 0].map((id) => ({ id, url: `https://a.example/${'é'.repeat(30_000)}`, status: 'not-found' }))
  const output = folderWith(t, list)
  const file = join(output, 'r.jsonl')
  await exportResults(output, file)
  assert.equal(readFileSync(file, 'utf8'), byId(list).map(recordLine).join(''))
})

test('a failure leaves what was there, and no draft', async (t) => {
  const output = folderWith(t, shuffled)
  const { journal } = layoutOf(output)
  const file = join(output, 'r.csv')
  writeFileSync(file, 'before')
  writeFileSync(journal, `${recordLine(plain(0))}rubbish\n${recordLine(plain(1))}`)
  await assert.rejects(exportResults(output, file), { code: 'ERR_JOURNAL', message: /line 2 \(byte/ })
  assert.equal(readFileSync(file, 'utf8'), 'before')
  assert.deepEqual(readdirSync(output).toSorted(), ['.halyard', 'r.csv'])
  await assert.rejects(exportResults(output, join(output, 'none', 'r.csv')), { code: 'ERR_JOURNAL' })
})

test('an ending that names no format is refused before anything is read, and a folder that is not there is named', async (t) => {
  const output = folderWith(t, shuffled)
  for (const name of ['r.xlsx', 'r', 'csv', '.parquet']) {
    await assert.rejects(exportResults(output, join(output, name)), { code: 'ERR_OPTIONS', message: /\.jsonl, \.csv, \.parquet/ })
  }
  await assert.rejects(exportResults(output, join(output, 'none', 'r.csv')), {
    code: 'ERR_OUTPUT',
    message: /none.r\.csv cannot be written \(ENOENT\)/,
  })
  assert.equal(existsSync(join(output, 'none')), false)
})
