/** What every fetcher promises. One suite, run by each implementation, with files put where it can reach them. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Fetcher } from '../download/index.js'
import { codeOf, failureOf, keeping } from './receiver.js'
import type { ServedFile } from './served-file.js'

/** A fetcher, and a server that it can reach. */
export interface FetcherStage {
  readonly fetcher: Fetcher
  /** Puts a file there, or another one in its place; `answerOf` says how it is answered. @returns its URL */
  serve(path: string, file: ServedFile): string
}

const LONG = Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 31) % 251))
const ETAG = '"v1"'
const quiet = (): void => undefined
const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT'

/**
 * Declares the contract of fetchers as tests of node:test.
 *
 * @param name of the implementation, for the titles
 * @param make is called by each test; `t.after` is for what must be closed
 */
export function describeFetcherContract(name: string, make: (t: TestContext) => FetcherStage | Promise<FetcherStage>): void {
  describe(`${name} keeps the contract of fetchers`, () => {
    it('delivers the head once, then every byte in order, and says how many there were', async (t) => {
      const { fetcher, serve } = await make(t)
      const kept = keeping()
      const url = serve('/a.bin', { body: LONG, etag: ETAG, lastModified: DATE, type: 'image/gif' })
      const { head, bytes, ms } = await fetcher.fetch({ url }, kept)
      assert.deepEqual(kept.bytes(), LONG)
      assert.deepEqual(kept.heads, [head])
      assert.deepEqual(head, {
        status: 200,
        url,
        from: 0,
        length: LONG.length,
        total: LONG.length,
        etag: ETAG,
        lastModified: DATE,
        contentType: 'image/gif',
      })
      assert.equal(bytes, LONG.length)
      assert.ok(ms.ttfb >= 0)
    })

    it('delivers an empty body as a head without chunks', async (t) => {
      const { fetcher, serve } = await make(t)
      const kept = keeping()
      assert.equal((await fetcher.fetch({ url: serve('/empty', { body: '' }) }, kept)).bytes, 0)
      assert.equal(kept.heads.length, 1)
      assert.equal(kept.chunks.length, 0)
    })

    it('rejects what is not 200 with its status, and the time the server asks to wait', async (t) => {
      const { fetcher, serve } = await make(t)
      const kept = keeping()
      const url = serve('/busy', { body: 'later', status: 503, retryAfter: '7' })
      const { code, http, retryAfter } = await failureOf(fetcher.fetch({ url }, kept))
      assert.deepEqual({ code, http, retryAfter }, { code: 'HTTP_503', http: 503, retryAfter: 7000 })
      assert.equal(await codeOf(fetcher.fetch({ url: new URL('/none', url).href }, kept)), 'HTTP_404')
      assert.equal(kept.heads.length, 0)
    })

    it('rejects a body that is cut short', async (t) => {
      const { fetcher, serve } = await make(t)
      const kept = keeping()
      assert.equal(await codeOf(fetcher.fetch({ url: serve('/cut', { body: LONG, cutAt: 5000 }) }, kept)), 'TRUNCATED')
      assert.ok(kept.size <= 5000)
    })

    it('follows redirects and says where they led', async (t) => {
      const { fetcher, serve } = await make(t)
      const kept = keeping()
      const end = serve('/end', { body: 'here' })
      serve('/middle', { body: '', redirect: '/end' })
      const { head } = await fetcher.fetch({ url: serve('/start', { body: '', redirect: '/middle' }) }, kept)
      assert.equal(head.url, end)
      assert.equal(kept.text(), 'here')
    })

    it('gives up on redirects that never end', async (t) => {
      const { fetcher, serve } = await make(t)
      const url = serve('/round', { body: '', redirect: '/round' })
      assert.equal(await codeOf(fetcher.fetch({ url }, keeping())), 'TOO_MANY_REDIRECTS')
    })

    it('answers a question for changes with 304, and tells the receiver nothing', async (t) => {
      const { fetcher, serve } = await make(t)
      const kept = keeping()
      const url = serve('/same', { body: LONG, etag: ETAG, lastModified: DATE })
      const { head, bytes } = await fetcher.fetch({ url, unless: { etag: ETAG, lastModified: DATE } }, kept)
      assert.equal(head.status, 304)
      assert.equal(bytes, 0)
      assert.equal(kept.heads.length, 0)
      assert.equal((await fetcher.fetch({ url, unless: { etag: '"v0"' } }, kept)).head.status, 200)
      assert.deepEqual(kept.bytes(), LONG)
    })

    it('continues a file from where it stopped', async (t) => {
      const { fetcher, serve } = await make(t)
      const kept = keeping()
      const url = serve('/part', { body: LONG, etag: ETAG })
      const resume = { from: 150_000, validator: { etag: ETAG, total: LONG.length } }
      const { head, bytes } = await fetcher.fetch({ url, resume }, kept)
      assert.deepEqual([head.status, head.from, head.length, head.total], [206, 150_000, 50_000, LONG.length])
      assert.deepEqual(kept.bytes(), LONG.subarray(150_000))
      assert.equal(bytes, 50_000)
    })

    it('begins again when the file is another by now', async (t) => {
      const { fetcher, serve } = await make(t)
      const kept = keeping()
      const url = serve('/changed', { body: LONG, etag: '"v2"' })
      const resume = { from: 150_000, validator: { etag: ETAG, total: LONG.length } }
      assert.equal((await fetcher.fetch({ url, resume }, kept)).head.from, 0)
      assert.deepEqual(kept.bytes(), LONG)
    })

    it('begins again when there is nothing behind what is there', async (t) => {
      const { fetcher, serve } = await make(t)
      const kept = keeping()
      const url = serve('/all', { body: 'all there', etag: ETAG })
      assert.equal((await fetcher.fetch({ url, resume: { from: 9, validator: { etag: ETAG, total: 9 } } }, kept)).head.from, 0)
      assert.equal(kept.text(), 'all there')
    })

    it('never splices, even if the server would', async (t) => {
      const { fetcher, serve } = await make(t)
      const kept = keeping()
      const url = serve('/spliced', { body: LONG, etag: '"v2"', ranges: 'unconditional' })
      const resume = { from: 150_000, validator: { etag: ETAG, total: LONG.length } }
      assert.equal(await codeOf(fetcher.fetch({ url, resume }, kept)), 'CHANGED')
      assert.equal(kept.heads.length, 0)
    })

    it('waits for a receiver that is busy', async (t) => {
      const { fetcher, serve } = await make(t)
      let busy = 0
      let most = 0
      let bytes = 0
      const turn = async (size: number): Promise<void> => {
        busy += 1
        most = Math.max(most, busy)
        await new Promise(setImmediate)
        busy -= 1
        bytes += size
      }
      const url = serve('/slowly', { body: LONG })
      await fetcher.fetch({ url }, { head: () => turn(0), chunk: (chunk) => turn(chunk.length) })
      assert.equal(most, 1)
      assert.equal(bytes, LONG.length)
    })

    it('rejects with what the receiver throws or rejects with, unchanged', async (t) => {
      const { fetcher, serve } = await make(t)
      const url = serve('/refused', { body: LONG })
      const full = new Error('disk full')
      const thrower = (): never => {
        throw full
      }
      const rejecter = async (): Promise<never> => {
        await new Promise(setImmediate)
        throw full
      }
      for (const receiver of [
        { head: thrower, chunk: quiet },
        { head: rejecter, chunk: quiet },
        { head: quiet, chunk: thrower },
        { head: quiet, chunk: rejecter },
      ]) {
        assert.equal(await failureOf(fetcher.fetch({ url }, receiver)), full)
      }
    })

    it('stops at an abort: before, while waiting for an answer, and in the middle of the body', async (t) => {
      const { fetcher, serve } = await make(t)
      assert.equal(await codeOf(fetcher.fetch({ url: serve('/a', { body: 'a' }) }, keeping(), AbortSignal.abort())), 'STOPPED')

      const waiting = new AbortController()
      const silent = fetcher.fetch({ url: serve('/silent', { body: '', silent: true }) }, keeping(), waiting.signal)
      setImmediate(() => waiting.abort())
      assert.equal(await codeOf(silent), 'STOPPED')

      const middle = new AbortController()
      const kept = keeping()
      const chunk = (): void => middle.abort()
      const url = serve('/long', { body: LONG })
      assert.equal(await codeOf(fetcher.fetch({ url }, { head: kept.head, chunk }, middle.signal)), 'STOPPED')
      assert.equal(kept.heads.length, 1)
    })

    it('stops what is under way when it is closed, which may be done twice', async (t) => {
      const { fetcher, serve } = await make(t)
      const silent = fetcher.fetch({ url: serve('/silent', { body: '', silent: true }) }, keeping())
      setImmediate(() => void fetcher.close())
      assert.equal(await codeOf(silent), 'STOPPED')
      await fetcher.close()
      assert.equal(await codeOf(fetcher.fetch({ url: serve('/after', { body: '' }) }, keeping())), 'STOPPED')
    })
  })
}
