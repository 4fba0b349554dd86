import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Validator } from '../../../src/download/fetch/fetcher.js'
import { codeOf, keeping, openedFetcher } from '../../support/fetching.js'
import { answer, startRawServer } from '../../support/raw-server.js'

const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT'
const STRONG: Validator = { etag: '"v1"', total: 10 }
const header = (head: string | undefined, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(head ?? '')?.[1]?.trim()

describe('A resume asks', () => {
  for (const [name, validator, from, range, ifRange] of [
    ['by a strong ETag', STRONG, 4, 'bytes=4-', '"v1"'],
    ['by the ETag rather than by the date', { ...STRONG, lastModified: DATE }, 4, 'bytes=4-', '"v1"'],
    ['by the date, if the length is known', { lastModified: DATE, total: 10 }, 4, 'bytes=4-', DATE],
    ['by the date where the ETag is weak', { etag: 'W/"v1"', lastModified: DATE, total: 10 }, 4, 'bytes=4-', DATE],
    ['for everything where only a date is known', { lastModified: DATE }, 4, undefined, undefined],
    ['for everything where the date is none', { lastModified: 'yesterday', total: 10 }, 4, undefined, undefined],
    ['for everything where the ETag is weak', { etag: 'W/"v1"', total: 10 }, 4, undefined, undefined],
    ['for everything where the ETag is not quoted', { etag: 'v1', total: 10 }, 4, undefined, undefined],
    ['for everything where the ETag would be two headers', { etag: '"a"\r\nX: "b"', total: 10 }, 4, undefined, undefined],
    ['for everything where nothing is known', {}, 4, undefined, undefined],
    ['for everything where there is nothing yet', STRONG, 0, undefined, undefined],
    ['for everything where there is more than the file has', STRONG, 11, undefined, undefined],
  ] as readonly (readonly [string, Validator, number, string | undefined, string | undefined])[]) {
    it(name, async (t) => {
      const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', '0123456789')))
      const fetcher = await openedFetcher(t, { decode: true })
      const { head } = await fetcher.fetch({ url: `${server.url}/`, resume: { from, validator } }, keeping())
      assert.equal(header(server.heads[0], 'range'), range)
      assert.equal(header(server.heads[0], 'if-range'), ifRange)
      assert.equal(header(server.heads[0], 'accept-encoding'), range === undefined ? 'gzip, deflate, br' : 'identity')
      assert.equal(head.from, 0)
    })
  }
})

describe('The answer to a resume from byte 4 of 10', () => {
  const good = { 'Content-Range': 'bytes 4-9/10', ETag: '"v1"' }
  for (const [name, expected, status, body, headers, validator] of [
    ['is the rest', 4, '206 Partial', '456789', good, STRONG],
    ['is the rest, without an ETag', 4, '206 Partial', '456789', { 'Content-Range': 'bytes 4-9/10' }, STRONG],
    ['is the rest, of a length not known before', 4, '206 Partial', '456789', good, { etag: '"v1"' }],
    ['is the rest, of a length not told', 4, '206 Partial', '456789', { 'Content-Range': 'BYTES 4-9/*' }, STRONG],
    ['is everything', 0, '200 OK', '0123456789', {}, STRONG],
    ['begins later', 'RANGE_MISMATCH', '206 Partial', '56789', { 'Content-Range': 'bytes 5-9/10' }, STRONG],
    ['begins earlier', 'RANGE_MISMATCH', '206 Partial', '3456789', { 'Content-Range': 'bytes 3-9/10' }, STRONG],
    ['ends early', 'RANGE_MISMATCH', '206 Partial', '456', { 'Content-Range': 'bytes 4-6/10' }, STRONG],
    ['ends nobody knows where', 'RANGE_MISMATCH', '206 Partial', '456789', { 'Content-Range': 'bytes 4-9/*' }, { etag: '"v1"' }],
    ['ends before it begins', 'RANGE_MISMATCH', '206 Partial', '', { 'Content-Range': 'bytes 4-3/4' }, { etag: '"v1"' }],
    ['is of no range', 'RANGE_MISMATCH', '206 Partial', '456789', {}, STRONG],
    ['is of a range that is garbage', 'RANGE_MISMATCH', '206 Partial', '456789', { 'Content-Range': 'bytes 4-/10' }, STRONG],
    ['is of another unit', 'RANGE_MISMATCH', '206 Partial', '456789', { 'Content-Range': 'lines 4-9/10' }, STRONG],
    ['has another length than its range', 'RANGE_MISMATCH', '206 Partial', '45678', good, STRONG],
    [
      'is several ranges',
      'RANGE_MISMATCH',
      '206 Partial',
      'x',
      { ...good, 'Content-Type': 'multipart/byteranges; boundary=x' },
      STRONG,
    ],
    ['has another total', 'CHANGED', '206 Partial', '456789a', { ...good, 'Content-Range': 'bytes 4-10/11' }, STRONG],
    ['has another ETag', 'CHANGED', '206 Partial', '456789', { ...good, ETag: '"v2"' }, STRONG],
    ['has a weak ETag', 'CHANGED', '206 Partial', '456789', { ...good, ETag: 'W/"v1"' }, STRONG],
    [
      'has another date',
      'CHANGED',
      '206 Partial',
      '456789',
      { 'Content-Range': 'bytes 4-9/10', 'Last-Modified': 'Mon, 07 Nov 1994 08:49:37 GMT' },
      { lastModified: DATE, total: 10 },
    ],
    ['is gone', 'HTTP_404', '404 None', '', {}, STRONG],
    ['is unchanged, which nobody asked', 'BAD_RESPONSE', '304 Same', '', { 'Content-Length': '0' }, STRONG],
  ] as readonly (readonly [string, number | string, string, string, Record<string, string>, Validator])[]) {
    it(name, async (t) => {
      const server = await startRawServer(t, ({ socket }) => socket.write(answer(status, body, headers)))
      const fetcher = await openedFetcher(t)
      const kept = keeping()
      const fetched = fetcher.fetch({ url: `${server.url}/`, resume: { from: 4, validator } }, kept)
      if (typeof expected === 'string') {
        assert.equal(await codeOf(fetched), expected)
        assert.equal(kept.heads.length, 0)
      } else {
        const { head, bytes } = await fetched
        assert.deepEqual([head.from, head.length, head.total, bytes], [expected, 10 - expected, 10, 10 - expected])
        assert.equal(kept.text(), '0123456789'.slice(expected))
      }
      assert.equal(server.heads.length, 1)
    })
  }

  for (const [chunk, delivered] of [
    ['45678', '45678'],
    ['456789a', ''],
  ] as const) {
    it(`in chunks must have as many bytes as its range: ${chunk.length} are not 6`, async (t) => {
      const head = 'HTTP/1.1 206 Partial\r\nContent-Range: bytes 4-9/10\r\nTransfer-Encoding: chunked\r\n\r\n'
      const server = await startRawServer(t, ({ socket }) => socket.write(`${head}${chunk.length}\r\n${chunk}\r\n0\r\n\r\n`))
      const fetcher = await openedFetcher(t)
      const kept = keeping()
      assert.equal(
        await codeOf(fetcher.fetch({ url: `${server.url}/`, resume: { from: 4, validator: STRONG } }, kept)),
        'RANGE_MISMATCH',
      )
      assert.equal(kept.text(), delivered)
    })
  }

  it('that it cannot be satisfied makes the fetcher ask at once for everything', async (t) => {
    const server = await startRawServer(t, ({ socket, head }) => {
      const refused = answer('416 Range Not Satisfiable', 'no', { 'Content-Range': 'bytes */4' })
      socket.write(header(head, 'range') === undefined ? answer('200 OK', '0123') : refused)
    })
    const fetcher = await openedFetcher(t)
    const kept = keeping()
    const { head } = await fetcher.fetch({ url: `${server.url}/`, resume: { from: 4, validator: STRONG } }, kept)
    assert.deepEqual([head.status, head.from, kept.text(), server.heads.length], [200, 0, '0123', 2])
    assert.equal(header(server.heads[1], 'if-range'), undefined)
  })

  it('is 416 for ever: an error', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(answer('416 Range Not Satisfiable')))
    const fetcher = await openedFetcher(t)
    assert.equal(
      await codeOf(fetcher.fetch({ url: `${server.url}/`, resume: { from: 4, validator: STRONG } }, keeping())),
      'HTTP_416',
    )
    assert.equal(server.heads.length, 2)
  })

  it('may come after a redirect; the range is asked for there too', async (t) => {
    const server = await startRawServer(t, ({ socket, path }) =>
      socket.write(path === '/' ? answer('302 Found', '', { Location: '/b' }) : answer('206 Partial', '456789', good)),
    )
    const fetcher = await openedFetcher(t)
    const kept = keeping()
    await fetcher.fetch({ url: `${server.url}/`, resume: { from: 4, validator: STRONG } }, kept)
    assert.equal(kept.text(), '456789')
    assert.equal(header(server.heads[1], 'if-range'), '"v1"')
  })
})

describe('A question for changes', () => {
  it('is asked by ETag, weak ones too, and date', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write('HTTP/1.1 304 Same\r\nETag: W/"v1"\r\n\r\n'))
    const fetcher = await openedFetcher(t)
    const { head, bytes } = await fetcher.fetch(
      { url: `${server.url}/`, unless: { etag: 'W/"v1"', lastModified: DATE } },
      keeping(),
    )
    assert.deepEqual([head.status, head.etag, bytes], [304, 'W/"v1"', 0])
    assert.equal(header(server.heads[0], 'if-none-match'), 'W/"v1"')
    assert.equal(header(server.heads[0], 'if-modified-since'), DATE)
  })

  it('is not asked with what HTTP does not allow; then 304 is no answer', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write('HTTP/1.1 304 Same\r\n\r\n'))
    const fetcher = await openedFetcher(t)
    const unless = { etag: '"v1"\r\nX: y', lastModified: 'now\r\n' }
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/`, unless }, keeping())), 'BAD_RESPONSE')
    assert.doesNotMatch(server.heads.join(), /if-|x:/i)
  })
})

describe('The answer to a piece, bytes 4 to 8 of a file', () => {
  const good = { 'Content-Range': 'bytes 4-7/10', ETag: '"v1"' }
  for (const [name, expected, status, body, headers, validator] of [
    ['is the piece', 4, '206 Partial', '4567', good, STRONG],
    ['is the piece, of a file not known before', 4, '206 Partial', '4567', good, undefined],
    ['is the end of a shorter file', 4, '206 Partial', '456', { 'Content-Range': 'bytes 4-6/7' }, undefined],
    ['is everything', 0, '200 OK', '0123456789', {}, STRONG],
    ['is the rest', 'RANGE_MISMATCH', '206 Partial', '456789', { 'Content-Range': 'bytes 4-9/10' }, STRONG],
    ['ends early', 'RANGE_MISMATCH', '206 Partial', '456', { 'Content-Range': 'bytes 4-6/10' }, STRONG],
    ['begins later', 'RANGE_MISMATCH', '206 Partial', '567', { 'Content-Range': 'bytes 5-7/10' }, STRONG],
    ['is longer than it says', 'RANGE_MISMATCH', '206 Partial', '45678', good, STRONG],
    ['is of a length not told', 'RANGE_MISMATCH', '206 Partial', '4567', { 'Content-Range': 'bytes 4-7/*' }, undefined],
    ['has another total', 'CHANGED', '206 Partial', '4567', { ...good, 'Content-Range': 'bytes 4-7/11' }, STRONG],
    ['has another ETag', 'CHANGED', '206 Partial', '4567', { ...good, ETag: '"v2"' }, STRONG],
  ] as readonly (readonly [string, number | string, string, string, Record<string, string>, Validator | undefined])[]) {
    it(name, async (t) => {
      const server = await startRawServer(t, ({ socket }) => socket.write(answer(status, body, headers)))
      const fetcher = await openedFetcher(t)
      const kept = keeping()
      const piece = { from: 4, to: 8, ...(validator === undefined ? {} : { validator }) }
      const fetched = fetcher.fetch({ url: `${server.url}/`, piece }, kept)
      if (typeof expected === 'string') assert.equal(await codeOf(fetched), expected)
      else {
        assert.equal((await fetched).head.from, expected)
        assert.equal(kept.text(), body)
      }
      assert.equal(header(server.heads[0], 'range'), 'bytes=4-7')
      assert.equal(header(server.heads[0], 'if-range'), validator?.etag)
    })
  }
})
