import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import type { FetchSettings } from '../../../src/download/fetch/settings.js'
import { codeOf, keeping, openedFetcher } from '../../support/fetching.js'
import { startRawServer } from '../../support/raw-server.js'

const TEXT = Buffer.from('the rope that hoists flags '.repeat(10_000))
const coders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gzipSync,
  br: brotliCompressSync,
  deflate: deflateSync,
}

/** Serves these bytes under this coding, and gives a fetcher that decodes. */
async function serving(
  t: TestContext,
  coding: string,
  body: Buffer,
  over: Partial<FetchSettings> = {},
  parts: readonly Buffer[] = [body],
) {
  const server = await startRawServer(t, ({ socket }) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`)
    for (const part of parts) socket.write(part)
  })
  const fetcher = await openedFetcher(t, { decode: true, ...over })
  const kept = keeping()
  return { server, kept, fetch: () => fetcher.fetch({ url: `${server.url}/` }, kept) }
}

describe('Decoding', () => {
  for (const [coding, coded] of [
    ['gzip', gzipSync(TEXT)],
    ['X-GZIP', gzipSync(TEXT)],
    ['br', brotliCompressSync(TEXT)],
    ['deflate', deflateSync(TEXT)],
    ['deflate', deflateRawSync(TEXT)],
    ['identity', TEXT],
    ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
    ['br, identity, gzip', gzipSync(brotliCompressSync(TEXT))],
    ['gzip', Buffer.concat([gzipSync(TEXT.subarray(0, 1000)), gzipSync(TEXT.subarray(1000))])],
  ] as const) {
    it(`delivers the bytes behind ${coding}, of ${coded.length} bytes`, async (t) => {
      const { kept, fetch, server } = await serving(t, coding, coded)
      const { head, bytes } = await fetch()
      assert.deepEqual(kept.bytes(), TEXT)
      assert.equal(bytes, TEXT.length)
      assert.equal(head.length, coding === 'identity' ? TEXT.length : undefined)
      assert.equal(head.total, coding === 'identity' ? TEXT.length : undefined)
      assert.match(server.heads[0] ?? '', /^accept-encoding: gzip, deflate, br$/im)
    })
  }

  it('waits for a receiver that is busy', async (t) => {
    const { server } = await serving(t, 'gzip', gzipSync(TEXT))
    const fetcher = await openedFetcher(t, { decode: true })
    let busy = false
    let bytes = 0
    const chunk = async (part: Uint8Array): Promise<void> => {
      assert.equal(busy, false)
      busy = true
      await new Promise(setImmediate)
      busy = false
      bytes += part.length
    }
    await fetcher.fetch({ url: `${server.url}/` }, { head: () => undefined, chunk })
    assert.equal(bytes, TEXT.length)
  })

  it('is not done unasked: bytes are kept as served', async (t) => {
    const coded = gzipSync(TEXT)
    const { kept, fetch, server } = await serving(t, 'gzip', coded, { decode: false })
    const { head } = await fetch()
    assert.deepEqual(kept.bytes(), coded)
    assert.equal(head.length, coded.length)
    assert.match(server.heads[0] ?? '', /^accept-encoding: identity$/im)
  })

  for (const [coding, code] of Object.entries(coders)) {
    const coded = code(TEXT)
    for (const [name, body] of [
      ['cut in the middle', coded.subarray(0, coded.length >> 1)],
      ['without its last byte', coded.subarray(0, -1)],
      ['without a byte', Buffer.alloc(0)],
      ['with zeros behind its end', Buffer.concat([coded, Buffer.alloc(20)])],
      ['with something behind its end', Buffer.concat([coded, Buffer.from('something')])],
      ['that is none', TEXT],
    ] as const) {
      it(`refuses ${coding} ${name}`, async (t) => {
        const { fetch } = await serving(t, coding, body)
        assert.equal(await codeOf(fetch()), 'BAD_ENCODING')
      })
    }
  }

  it('refuses gzip with something behind its end that comes later', async (t) => {
    const [first, second] = [gzipSync(TEXT), Buffer.alloc(100_000)]
    const { fetch } = await serving(t, 'gzip', Buffer.concat([first, second]), {}, [first, second])
    assert.equal(await codeOf(fetch()), 'BAD_ENCODING')
  })

  it('refuses the inner of two codings cut short', async (t) => {
    const { fetch } = await serving(t, 'gzip, br', brotliCompressSync(gzipSync(TEXT).subarray(0, -8)))
    assert.equal(await codeOf(fetch()), 'BAD_ENCODING')
  })

  it('tells a coded body that is cut from a coding that is cut', async (t) => {
    const coded = gzipSync(TEXT)
    const server = await startRawServer(t, ({ socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${coded.length}\r\n\r\n`)
      socket.end(coded.subarray(0, 100))
    })
    const fetcher = await openedFetcher(t, { decode: true })
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, keeping())), 'TRUNCATED')
  })

  for (const coding of ['compress', 'zstd', 'gzip, rot13', 'gzip, gzip, gzip', 'br,br,br,br']) {
    it(`refuses '${coding}', before the receiver hears of it`, async (t) => {
      const { fetch, kept } = await serving(t, coding, TEXT)
      assert.equal(await codeOf(fetch()), 'UNKNOWN_ENCODING')
      assert.equal(kept.heads.length, 0)
    })
  }

  for (const [coding, code] of Object.entries(coders)) {
    it(`stops at more than the largest size wanted, of ${coding} too`, async (t) => {
      const { fetch, kept } = await serving(t, coding, code(TEXT), { maxSize: 100_000 })
      assert.equal(await codeOf(fetch()), 'TOO_LARGE')
      assert.ok(kept.size <= 100_000)
    })
  }

  it('takes exactly the largest size wanted', async (t) => {
    const { fetch } = await serving(t, 'gzip', gzipSync(TEXT), { maxSize: TEXT.length })
    assert.equal((await fetch()).bytes, TEXT.length)
  })

  it('stops at a coding of many bytes that decodes to nothing', async (t) => {
    const empty = gzipSync('')
    const body = Buffer.concat(Array.from({ length: 10_000 }, () => empty))
    const { fetch } = await serving(t, 'gzip', body, { maxSize: 1000 })
    assert.equal(await codeOf(fetch()), 'TOO_LARGE')
  })

  const bomb = Buffer.alloc(30_000_000)
  for (const [coding, body] of [
    ['gzip', gzipSync(bomb, { level: 9 })],
    ['br', brotliCompressSync(bomb, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
    ['gzip, gzip', gzipSync(gzipSync(bomb))],
  ] as const) {
    it(`stops at a bomb: ${body.length} bytes of ${coding} that become 30 million`, async (t) => {
      const { fetch, kept } = await serving(t, coding, body)
      assert.equal(await codeOf(fetch()), 'BOMB')
      assert.ok(kept.size < bomb.length)
    })
  }
})
