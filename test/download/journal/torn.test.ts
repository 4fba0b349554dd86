/** A journal that was cut anywhere, or damaged, and what is made of it. */
import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import type { Outcome } from '../../../src/download/outcome.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { FileJournal, layoutOf, openRunFolder, readOutcomes, recordLine } from './journal-modules.js'
import { outcomes } from './outcomes.js'
import { runs } from '../../support/thorough.js'

function journalWith(t: TestContext, bytes: string | Uint8Array): { readonly output: string; readonly path: string } {
  const output = temporaryFolder(t)
  const { state, journal } = layoutOf(output)
  mkdirSync(state)
  writeFileSync(journal, bytes)
  return { output, path: journal }
}

async function readAll(output: string): Promise<Outcome[]> {
  const all: Outcome[] = []
  for await (const batch of readOutcomes(output)) all.push(...batch)
  return all
}

const hostile = 'https://host.example/\u{1f6a9}/é?q="status":"ok"\\'
const ok = (id: number): Outcome => ({
  id,
  url: `${hostile}${id}`,
  status: 'ok',
  http: 200,
  file: `é-${id}.gif`,
  bytes: 100 + id,
  etag: '"x"',
})

test('cut at every byte of its last three records, a journal has the records that are whole and takes the others again', async (t) => {
  const list = [ok(4), ok(0), ok(2), ok(3), ok(1)]
  const lines = list.map((outcome) => Buffer.from(recordLine(outcome)))
  const whole = Buffer.concat(lines)
  const { output, path } = journalWith(t, whole)
  const firstTwo = lines[0]!.length + lines[1]!.length
  for (let cut = firstTwo; cut <= whole.length; cut++) {
    writeFileSync(path, whole.subarray(0, cut))
    let left = 0
    for (let end = 0; end + (lines[left]?.length ?? Infinity) <= cut; left++) end += lines[left]!.length
    // A reader, at that moment.
    assert.deepEqual(await readAll(output), list.slice(0, left))
    const journal = new FileJournal(path)
    assert.equal(journal.tally.records, left)
    assert.deepEqual(
      list.map(({ id }) => journal.done(id)),
      list.map((_, index) => index < left),
    )
    for (const outcome of list.slice(left)) journal.record(outcome)
    await journal.close()
    assert.deepEqual(readFileSync(path), whole, `cut at ${cut}`)
  }
})

test('whatever the records are, a cut anywhere loses only what comes after it', async (t) => {
  const { output, path } = journalWith(t, '')
  await fc.assert(
    fc.asyncProperty(outcomes(8), fc.double({ min: 0, max: 1, noNaN: true }), async (list, where) => {
      const lines = list.map((outcome) => Buffer.from(recordLine(outcome)))
      const whole = Buffer.concat(lines)
      const cut = Math.round(whole.length * where)
      writeFileSync(path, whole.subarray(0, cut))
      const journal = new FileJournal(path)
      const left = journal.tally.records
      assert.equal(left, whole.subarray(0, cut).filter((byte) => byte === 10).length)
      for (const outcome of list.slice(left)) journal.record(outcome)
      await journal.close()
      assert.deepEqual(readFileSync(path), whole)
      assert.deepEqual(await readAll(output), list)
    }),
    runs(200),
  )
})

test('zeros that a loss of power left at the end count as torn, however many', async (t) => {
  for (const zeros of [1, 5_000, 70_000, 3_000_000]) {
    const whole = Buffer.from(recordLine(ok(0)) + recordLine(ok(1)))
    const { output, path } = journalWith(t, Buffer.concat([whole, Buffer.alloc(zeros)]))
    assert.equal((await readAll(output)).length, 2)
    const journal = new FileJournal(path)
    assert.equal(journal.tally.records, 2)
    await journal.close()
    assert.equal(statSync(path).size, whole.length)
  }
})

test('a damaged line in the middle is named by number and place, to whoever continues and to whoever reads', async (t) => {
  const before = Array.from({ length: 1_000 }, (_, id) => recordLine(ok(id))).join('')
  const after = recordLine(ok(2_000))
  const record = recordLine(ok(1_000))
  const zeroed = Buffer.from(record).fill(0, 60, 80)
  const damaged: (string | Buffer)[] = [
    'x\n',
    '\n',
    '{}\n',
    'null\n',
    '[1]\n',
    '{"id":1000,"url":"x"}\n',
    '{"id":-1,"url":"x","status":"ok"}\n',
    '{"id":"1000","url":"x","status":"ok"}\n',
    '{"id":,"url":"x","status":"ok"}\n',
    '{"id":1000,"url":"x","status":"okay"}\n',
    '{"id":1000,"url":"x","status":"ok","bytes":"many"}\n',
    `${record.slice(0, 30)}\n`,
    zeroed,
    Buffer.alloc(2_000_000, 'x'),
  ]
  for (const line of damaged) {
    const whole = Buffer.concat([Buffer.from(before), Buffer.from(line), Buffer.from(after)])
    const { output, path } = journalWith(t, whole)
    const where = new RegExp(`journal\\.jsonl, line 1001 \\(byte ${Buffer.byteLength(before)}\\): .*--fresh`)
    await assert.rejects(readAll(output), { code: 'ERR_JOURNAL', message: where }, String(line).slice(0, 60))
    // What continues looks only at the fields that it needs.
    if (String(line).includes('many')) continue
    assert.throws(() => new FileJournal(path), { code: 'ERR_JOURNAL', message: where }, String(line).slice(0, 60))
    assert.equal(statSync(path).size, whole.length, 'nothing is cut off a file that cannot be read')
  }
})

test('the line that the message says to remove is the one that is in the way', async (t) => {
  const lines = [recordLine(ok(0)), 'rubbish\n', recordLine(ok(1))]
  const { output, path } = journalWith(t, lines.join(''))
  await assert.rejects(readAll(output), /line 2 /)
  writeFileSync(path, lines.filter((_, index) => index !== 1).join(''))
  assert.equal((await readAll(output)).length, 2)
})

test('two records for one line of the list are refused when the journal is opened, and named', (t) => {
  const { path } = journalWith(t, recordLine(ok(0)) + recordLine(ok(5)) + recordLine({ ...ok(5), status: 'error' }))
  assert.throws(() => new FileJournal(path), {
    code: 'ERR_JOURNAL',
    message: /line 3 \(byte \d+\): a second record for line 5 of the list/,
  })
})

test('records with other spacing or order of fields, as another program would write them, are understood', async (t) => {
  const { output, path } = journalWith(
    t,
    '{ "id": 0, "url": "https://a.example/", "status": "ok", "bytes": 7 }\n{"status":"error","url":"https://b.example/","id":1,"new":true}\n',
  )
  const journal = new FileJournal(path)
  assert.deepEqual([journal.done(0), journal.done(1), journal.tally.bytes], [true, true, 7])
  await journal.close()
  assert.deepEqual(await readAll(output), [
    { id: 0, url: 'https://a.example/', status: 'ok', bytes: 7 },
    { id: 1, url: 'https://b.example/', status: 'error' },
  ])
})

test('a field called __proto__ is dropped and changes nothing', async (t) => {
  const { output } = journalWith(
    t,
    '{"id":0,"url":"x","status":"ok","__proto__":{"file":"evil"},"ms":{"__proto__":{"wait":1}}}\n',
  )
  const [outcome] = await readAll(output)
  assert.deepEqual(outcome, { id: 0, url: 'x', status: 'ok', ms: {} })
  assert.equal(Object.getPrototypeOf(outcome), Object.prototype)
  assert.equal(outcome?.file, undefined)
})

test('a number of a line so large that it must be a mistake costs no memory', async (t) => {
  const { path } = journalWith(t, recordLine({ ...ok(0), id: Number.MAX_SAFE_INTEGER }) + recordLine(ok(1)))
  const journal = new FileJournal(path)
  assert.equal(journal.done(Number.MAX_SAFE_INTEGER), true)
  assert.equal(journal.firstUndone(), 0)
  await journal.close()
})

test('a folder without a journal says so, and what may be the matter', async (t) => {
  const output = temporaryFolder(t)
  await assert.rejects(readAll(output), { code: 'ERR_JOURNAL', message: /no journal in .*-o/ })
  await assert.rejects(readAll(`${output}/none`), { code: 'ERR_JOURNAL', message: /no journal in/ })
})

test('a reader sees whole records only while the journal is being written, and needs no lock', async (t) => {
  const output = temporaryFolder(t)
  const { journal } = openRunFolder(output).begin({ version: '1', options: {} })
  journal.record(ok(0))
  assert.equal((await readAll(output)).length, 0)
  journal.flush()
  assert.equal((await readAll(output)).length, 1)
  appendFileSync(layoutOf(output).journal, recordLine(ok(1)).slice(0, 40))
  assert.equal((await readAll(output)).length, 1)
  await journal.close()
})
