/** What every journal promises. One suite, run by each implementation; what one cannot do is declared by its capabilities. */
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { Journal, Outcome, Status } from '../download/index.js'

/** Where journals of one kind can be opened, one after the other. */
export interface JournalPlace {
  /** A journal; it knows what earlier ones of this place recorded, if that is its kind. */
  open(): Journal | Promise<Journal>
  /** Everything that was recorded and is kept. */
  read?(): Promise<readonly Outcome[]>
}

export interface JournalCapabilities {
  /** A journal opened at the same place knows what the one before it recorded. */
  readonly remembers: boolean
  /** It cannot be recorded to once it is closed. */
  readonly closes: boolean
}

const ok = (id: number, bytes = 10): Outcome => ({
  id,
  url: `https://host.example/${id}`,
  status: 'ok',
  http: 200,
  file: `${id}`,
  bytes,
})
const failed = (id: number, status: Status): Outcome => ({ id, url: `https://host.example/${id}`, status })

/** What servers and lists may say, each in a field of its own. */
const HOSTILE: readonly Outcome[] = [
  'plain',
  '',
  '"\\"',
  'two\nlines\r\n',
  '\u2028\u2029\u0085',
  '\u001b[2J\u009b31m',
  '\ud800',
  '\u{1f6a9}',
  '\u202egnp.exe',
  '","status":"ok","bytes":99,"x":"',
  '}\n{"id":1,"url":"x","status":"ok"}\n',
  '__proto__',
].map((text, id) => ({
  id,
  url: `https://host.example/${text}`,
  status: 'error',
  code: 'HTTP_503',
  http: 503,
  file: text,
  etag: text,
  contentType: text,
  attempts: id,
  start: '2026-01-01T00:00:00.000Z',
  ms: { wait: 0, total: 52 },
  worker: text,
  line: id + 1,
  error: { message: text, cause: text },
}))

/** Records outcomes in two sessions, the second from `cut` on, and looks whether all are known and read back as they were. */
export async function readsBack(place: JournalPlace, outcomes: readonly Outcome[], cut: number): Promise<void> {
  for (const part of [outcomes.slice(0, cut), outcomes.slice(cut)]) {
    const journal = await place.open()
    for (const outcome of part) journal.record(outcome)
    await journal.close()
  }
  const last = await place.open()
  assert.equal(last.tally.records, outcomes.length)
  for (const { id } of outcomes) assert.equal(last.done(id), true)
  await last.close()
  if (place.read !== undefined) assert.deepEqual(await place.read(), outcomes)
}

/**
 * Declares the contract of journals as tests of node:test.
 *
 * @param name of the implementation, for the titles
 * @param make is called by each test, for a place of its own
 */
export function describeJournalContract(
  name: string,
  make: (t: TestContext) => JournalPlace | Promise<JournalPlace>,
  { remembers, closes }: JournalCapabilities,
): void {
  describe(`${name} keeps the journal contract:`, () => {
    test('a line is done once it is recorded, and no other line is', async (t) => {
      const journal = await (await make(t)).open()
      assert.equal(journal.done(7), false)
      journal.record(ok(7))
      assert.equal(journal.done(7), true)
      assert.equal(journal.done(6), false)
      assert.equal(journal.done(8), false)
      await journal.close()
    })

    test('lines may end in any order, and far apart', async (t) => {
      const journal = await (await make(t)).open()
      for (const id of [100_000_000, 0, 65_536, 65_535, 31, 32]) journal.record(ok(id))
      for (const id of [100_000_000, 0, 65_536, 65_535, 31, 32]) assert.equal(journal.done(id), true)
      for (const id of [1, 30, 33, 65_534, 65_537, 99_999_999]) assert.equal(journal.done(id), false)
      await journal.close()
    })

    test('a second record for a line is refused, and the first one stays', async (t) => {
      const place = await make(t)
      const journal = await place.open()
      journal.record(failed(3, 'error'))
      assert.throws(() => journal.record(ok(3)), { code: 'ERR_JOURNAL', message: /line 3 has its record/ })
      assert.deepEqual(journal.tally.byStatus.error, 1)
      assert.equal(journal.tally.records, 1)
      await journal.close()
      if (place.read !== undefined) assert.deepEqual(await place.read(), [failed(3, 'error')])
    })

    test('what is not an outcome is refused', async (t) => {
      const journal = await (await make(t)).open()
      const wrong = [
        ok(-1),
        ok(1.5),
        ok(Number.NaN),
        ok(2 ** 60),
        { ...ok(1), status: 'done' },
        { ...ok(1), url: undefined },
        { ...ok(1), id: '1' },
      ]
      for (const one of wrong) assert.throws(() => journal.record(one as Outcome), { code: 'ERR_JOURNAL' })
      assert.equal(journal.tally.records, 0)
      await journal.close()
    })

    test('the tally counts records by status, and the bytes of what is ok', async (t) => {
      const journal = await (await make(t)).open()
      journal.record(ok(0, 100))
      journal.record(ok(1, 20))
      journal.record({ ...ok(2, 5_000), status: 'unchanged' })
      journal.record(failed(3, 'not-found'))
      journal.record(failed(4, 'error'))
      journal.record(failed(5, 'invalid'))
      journal.record(failed(6, 'skipped'))
      assert.deepEqual(journal.tally, {
        records: 7,
        byStatus: { ok: 2, unchanged: 1, skipped: 1, 'not-found': 1, error: 1, invalid: 1 },
        bytes: 120,
      })
      await journal.close()
    })

    test('a tally that was taken does not change', async (t) => {
      const journal = await (await make(t)).open()
      const before = journal.tally
      journal.record(ok(0))
      assert.equal(before.records, 0)
      assert.equal(before.byStatus.ok, 0)
      await journal.close()
    })

    test('flushing and closing may be repeated', async (t) => {
      const journal = await (await make(t)).open()
      journal.flush()
      journal.record(ok(0))
      journal.flush()
      journal.flush()
      await journal.close()
      await journal.close()
    })

    test(
      'after closing, a record is refused',
      { skip: closes ? false : `${name} holds nothing that could be closed` },
      async (t) => {
        const journal = await (await make(t)).open()
        await journal.close()
        assert.throws(() => journal.record(ok(0)), { code: 'ERR_JOURNAL', message: /closed/ })
      },
    )

    test('opened again it knows what was recorded', { skip: remembers ? false : `${name} keeps nothing` }, async (t) => {
      const place = await make(t)
      const first = await place.open()
      for (let id = 0; id < 100; id += 3) first.record(ok(id, id))
      first.record(failed(1, 'error'))
      const { tally } = first
      await first.close()
      const second = await place.open()
      assert.deepEqual(second.tally, tally)
      for (let id = 0; id < 100; id++) assert.equal(second.done(id), id % 3 === 0 || id === 1)
      assert.throws(() => second.record(ok(3)), { code: 'ERR_JOURNAL' })
      second.record(ok(2))
      await second.close()
      const third = await place.open()
      assert.equal(third.tally.records, tally.records + 1)
      await third.close()
    })

    test('whatever is recorded is read back as it was', { skip: remembers ? false : `${name} keeps nothing` }, async (t) => {
      await readsBack(await make(t), HOSTILE, 3)
    })
  })
}
