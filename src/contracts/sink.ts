/** What every sink promises: see src/download/sink/sink.ts. One suite, run by each implementation. */
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { Part, ResponseHead, Sink } from '../download/index.js'
import { bytesOf, headOf, jobOf, leave, put } from './samples.js'

/** A fresh, empty sink, and a way to look at what it has published. */
export interface SinkScene {
  readonly sink: Sink
  /** Another sink on the same output, as a later run has it. */
  reopen(): Sink | Promise<Sink>
  /** What is published under a name. */
  read(file: string): Uint8Array | undefined | Promise<Uint8Array | undefined>
  /** Every published name, sorted. */
  list(): readonly string[] | Promise<readonly string[]>
}

async function existing(part: Part): Promise<Buffer> {
  const chunks: Buffer[] = []
  await part.existing((chunk) => chunks.push(Buffer.from(chunk)))
  return Buffer.concat(chunks)
}

/**
 * Declares the contract of sinks as tests of node:test.
 *
 * @param name of the implementation, for the titles
 * @param make is called by each test, for a sink of its own
 */
export function describeSinkContract(name: string, make: (t: TestContext) => SinkScene | Promise<SinkScene>): void {
  const BODY = bytesOf(10_000)
  const KNOWN = { length: 10_000, etag: '"v1"', lastModified: 'Sat, 01 Aug 2026 00:00:00 GMT' }

  describe(`${name}: publishing`, () => {
    test('nothing can be seen before the commit, and after it all of it', async (t) => {
      const { sink, read, list } = await make(t)
      const part = await sink.begin(jobOf('a.gif'))
      assert.deepEqual(await list(), [])
      await part.open(headOf({ length: 10_000 }))
      await part.write(BODY.subarray(0, 4_000))
      assert.deepEqual(await list(), [])
      await part.write(BODY.subarray(4_000))
      assert.deepEqual(await list(), [])
      assert.deepEqual(await part.commit(), { file: 'a.gif', bytes: 10_000 })
      assert.deepEqual(await list(), ['a.gif'])
      assert.deepEqual(Buffer.from((await read('a.gif')) ?? []), BODY)
    })

    test('a chunk may be reused once it was handed over', async (t) => {
      const { sink, read } = await make(t)
      const part = await sink.begin(jobOf('a'))
      await part.open(headOf())
      const chunk = Buffer.alloc(3)
      for (const text of ['abc', 'def', 'ghi']) {
        chunk.write(text)
        await part.write(chunk)
      }
      await part.commit()
      assert.equal(Buffer.from((await read('a')) ?? []).toString(), 'abcdefghi')
    })

    test('an empty body is a file', async (t) => {
      const { sink, read } = await make(t)
      const part = await sink.begin(jobOf('empty'))
      await part.open(headOf({ length: 0 }))
      assert.deepEqual(await part.commit(), { file: 'empty', bytes: 0 })
      assert.equal((await read('empty'))?.length, 0)
    })

    test('a name may have folders', async (t) => {
      const { sink, read, list } = await make(t)
      assert.equal(await put(sink, jobOf('a/b/c.gif'), BODY), 'a/b/c.gif')
      assert.equal(await put(sink, jobOf('a/d.gif', { id: 8 }), BODY), 'a/d.gif')
      assert.deepEqual(await list(), ['a/b/c.gif', 'a/d.gif'])
      assert.deepEqual(Buffer.from((await read('a/b/c.gif')) ?? []), BODY)
    })

    test('an older file of the name is replaced', async (t) => {
      const { sink, read, list } = await make(t)
      await put(sink, jobOf('a.gif'), bytesOf(20_000, 9))
      await put(sink, jobOf('a.gif'), BODY)
      assert.deepEqual(await list(), ['a.gif'])
      assert.deepEqual(Buffer.from((await read('a.gif')) ?? []), BODY)
    })

    test('many at once do not mix', async (t) => {
      const { sink, read } = await make(t)
      const jobs = Array.from({ length: 20 }, (_, id) => jobOf(`f${id}`, { id }))
      const parts: Part[] = []
      for (const job of jobs) parts.push(await sink.begin(job))
      for (const part of parts) await part.open(headOf())
      for (let round = 0; round < 5; round += 1)
        for (const [id, part] of parts.entries()) await part.write(bytesOf(1_000, id * 10 + round))
      for (const part of parts) await part.commit()
      for (const { id, file } of jobs) {
        const whole = Buffer.concat([0, 1, 2, 3, 4].map((round) => bytesOf(1_000, id * 10 + round)))
        assert.deepEqual(Buffer.from((await read(file)) ?? []), whole)
      }
    })

    test('has() knows what is there, and how long it is', async (t) => {
      const { sink, reopen } = await make(t)
      await put(sink, jobOf('d/a.gif'), BODY)
      for (const one of [sink, await reopen()]) {
        assert.equal(await one.has('d/a.gif'), true)
        assert.equal(await one.has('d/a.gif', 10_000), true)
        assert.equal(await one.has('d/a.gif', 9_999), false)
        assert.equal(await one.has('d'), false)
        assert.equal(await one.has('a.gif'), false)
        assert.equal(await one.has('no/such/file'), false)
      }
    })

    test('closing twice is no mistake', async (t) => {
      const { sink } = await make(t)
      await sink.close()
      await sink.close()
    })
  })

  describe(`${name}: giving up`, () => {
    test('an abandoned attempt leaves nothing to be seen, at whatever moment', async (t) => {
      const { sink, list } = await make(t)
      for (const keep of [true, false]) {
        const begun = await sink.begin(jobOf('a.gif'))
        await begun.abandon(keep)
        const opened = await sink.begin(jobOf('a.gif'))
        await opened.open(headOf())
        await opened.abandon(keep)
        const written = await sink.begin(jobOf('a.gif'))
        await written.open(headOf())
        await written.write(BODY)
        await written.abandon(keep)
        assert.deepEqual(await list(), [])
      }
    })

    test('the older file stays', async (t) => {
      const { sink, read } = await make(t)
      await put(sink, jobOf('a.gif'), BODY)
      const part = await sink.begin(jobOf('a.gif'))
      await part.open(headOf())
      await part.write(bytesOf(50))
      await part.abandon(false)
      assert.deepEqual(Buffer.from((await read('a.gif')) ?? []), BODY)
    })

    test('abandoning what is over changes nothing', async (t) => {
      const { sink, list } = await make(t)
      const part = await sink.begin(jobOf('a.gif'))
      await part.open(headOf())
      await part.commit()
      await part.abandon(false)
      await part.abandon(true)
      assert.deepEqual(await list(), ['a.gif'])
    })
  })

  describe(`${name}: continuing`, () => {
    test('what was left is found, read back, and made whole', async (t) => {
      const { sink, reopen, read, list } = await make(t)
      await leave(sink, jobOf('d/a.gif'), BODY.subarray(0, 4_001), headOf(KNOWN))
      assert.deepEqual(await list(), [])
      const part = await (await reopen()).begin(jobOf('d/a.gif'))
      assert.equal(part.resumable?.bytes, 4_001)
      assert.deepEqual(part.resumable.validator, { etag: '"v1"', total: 10_000 })
      assert.deepEqual(await existing(part), BODY.subarray(0, 4_001))
      await part.open(headOf({ ...KNOWN, status: 206, from: 4_001, length: 5_999, total: 10_000 }))
      await part.write(BODY.subarray(4_001))
      assert.deepEqual(await part.commit(), { file: 'd/a.gif', bytes: 10_000 })
      assert.deepEqual(Buffer.from((await read('d/a.gif')) ?? []), BODY)
      assert.equal((await sink.begin(jobOf('d/a.gif'))).resumable, undefined)
    })

    test('also when it breaks again and again', async (t) => {
      const { reopen, read } = await make(t)
      let from = 0
      for (const to of [1, 5_000, 5_001, 9_999]) {
        const part = await (await reopen()).begin(jobOf('a.gif'))
        assert.equal(part.resumable?.bytes ?? 0, from)
        await part.open(headOf({ ...KNOWN, from, length: 10_000 - from }))
        await part.write(BODY.subarray(from, to))
        await part.abandon(true)
        from = to
      }
      const part = await (await reopen()).begin(jobOf('a.gif'))
      await part.open(headOf({ ...KNOWN, from, length: 1 }))
      await part.write(BODY.subarray(from))
      await part.commit()
      assert.deepEqual(Buffer.from((await read('a.gif')) ?? []), BODY)
    })

    test('a server that starts again from byte 0 gets a fresh file', async (t) => {
      const { sink, read } = await make(t)
      await leave(sink, jobOf('a.gif'), bytesOf(9_000, 5), headOf(KNOWN))
      const part = await sink.begin(jobOf('a.gif'))
      assert.ok(part.resumable)
      await existing(part)
      await part.open(headOf({ length: 10_000, etag: '"v2"' }))
      await part.write(BODY)
      await part.commit()
      assert.deepEqual(Buffer.from((await read('a.gif')) ?? []), BODY)
    })

    test('a body that begins elsewhere than what is there ends is refused', async (t) => {
      const { sink, list } = await make(t)
      await leave(sink, jobOf('a.gif'), BODY.subarray(0, 4_000), headOf(KNOWN))
      const part = await sink.begin(jobOf('a.gif'))
      await assert.rejects(async () => part.open(headOf({ ...KNOWN, from: 4_001 })), {
        name: 'DownloadError',
        code: 'RANGE_MISMATCH',
      })
      await part.abandon(true)
      const fresh = await sink.begin(jobOf('b.gif', { id: 8 }))
      await assert.rejects(async () => fresh.open(headOf({ ...KNOWN, from: 1 })), { code: 'RANGE_MISMATCH' })
      assert.deepEqual(await list(), [])
    })

    test('an attempt that never came to a body leaves what it found', async (t) => {
      const { sink } = await make(t)
      await leave(sink, jobOf('a.gif'), BODY.subarray(0, 4_000), headOf(KNOWN))
      await (await sink.begin(jobOf('a.gif'))).abandon(true)
      assert.equal((await sink.begin(jobOf('a.gif'))).resumable?.bytes, 4_000)
      await (await sink.begin(jobOf('a.gif'))).abandon(false)
      assert.equal((await sink.begin(jobOf('a.gif'))).resumable, undefined)
    })

    const hopeless: readonly [what: string, head: Partial<ResponseHead>, bytes: number, keep: boolean][] = [
      ['the bytes are wrong', KNOWN, 4_000, false],
      ['there are none', KNOWN, 0, true],
      ['there is nothing to know the file by', { length: 10_000 }, 4_000, true],
      ['its ETag is weak and it has no date', { length: 10_000, etag: 'W/"v1"' }, 4_000, true],
      ['its ETag is not one', { length: 10_000, etag: 'v1' }, 4_000, true],
      ['its length is not known, as of a body that is decoded here', { etag: '"v1"' }, 4_000, true],
      ['nothing is missing', KNOWN, 10_000, true],
      ['there is more than the whole', KNOWN, 10_001, true],
    ]
    for (const [what, head, bytes, keep] of hopeless) {
      test(`nothing is left to continue when ${what}`, async (t) => {
        const { sink, reopen, list } = await make(t)
        const part = await sink.begin(jobOf('a.gif'))
        await part.open(headOf(head))
        if (bytes > 0) await part.write(bytesOf(bytes))
        await part.abandon(keep)
        assert.equal((await (await reopen()).begin(jobOf('a.gif'))).resumable, undefined)
        assert.deepEqual(await list(), [])
      })
    }

    test('a weak ETag gives way to the date', async (t) => {
      const { sink } = await make(t)
      await leave(sink, jobOf('a.gif'), BODY.subarray(0, 10), headOf({ ...KNOWN, etag: 'W/"v1"' }))
      assert.deepEqual((await sink.begin(jobOf('a.gif'))).resumable, {
        bytes: 10,
        validator: { lastModified: KNOWN.lastModified, total: 10_000 },
      })
    })

    test('what was left of another URL, or by another job, is not continued', async (t) => {
      const { sink } = await make(t)
      await leave(sink, jobOf('a.gif'), BODY.subarray(0, 4_000), headOf(KNOWN))
      assert.equal((await sink.begin(jobOf('a.gif', { id: 70 }))).resumable, undefined)
      assert.equal((await sink.begin(jobOf('a.gif', { url: 'https://h.example/b.gif' }))).resumable, undefined)
    })
  })
}
