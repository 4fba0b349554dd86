/** A file in segments, from servers that do as they should and that do not: the same bytes as in one stream, or the same failure. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { downloadMany, type DownloadOptions, type Outcome } from 'halyard'
import {
  type FaultOptions,
  type FlagServer,
  type RequestRecord,
  startFlagServer,
  syntheticSha256,
  syntheticBytes,
} from 'halyard/flag-server'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { oneOf } from '../../support/thorough.js'

const SIZE = 60_000
const PIECE = 8192
const OPTIONS: DownloadOptions = { segments: 4, segmentSize: PIECE, retries: 1, stallTimeout: 400, timeout: 20_000 }

interface Scene {
  readonly server: FlagServer
  readonly output: string
  run(options?: DownloadOptions): Promise<Outcome>
  read(): Buffer | undefined
  /** Ranges that were answered with 206. */
  pieces(): [from: number, to: number][]
}

interface Served {
  readonly query?: string
  readonly faults?: (record: RequestRecord, server: FlagServer) => FaultOptions | undefined
}

async function scene(t: TestContext, { query = '', faults }: Served): Promise<Scene> {
  const output = temporaryFolder(t)
  const server: FlagServer = await startFlagServer({ faultsFor: (record) => faults?.(record, server) })
  t.after(() => server.close())
  return {
    server,
    output,
    async run(options = {}) {
      const url = `${server.url}/n/0.bin?size=${SIZE}${query}`
      const outcomes: Outcome[] = []
      for await (const outcome of downloadMany([url], { ...OPTIONS, output, name: 'file', ...options })) outcomes.push(outcome)
      assert.equal(outcomes.length, 1)
      return outcomes[0] as Outcome
    },
    read: () => (readdirSync(output).includes('file') ? readFileSync(join(output, 'file')) : undefined),
    pieces: () =>
      server.log.records
        .filter(({ status }) => status === 206)
        .map(({ headers }): [number, number] => {
          const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '') ?? []
          return [Number(from), Math.min(Number(to) + 1, SIZE)]
        })
        .sort(([a], [b]) => a - b),
  }
}

function assertWhole({ read }: Scene, outcome: Outcome, version = 0): void {
  assert.equal(outcome.status, 'ok', outcome.error?.message)
  const sha256 = syntheticSha256({ number: 0, size: SIZE, version })
  assert.equal(
    createHash('sha256')
      .update(read() as Buffer)
      .digest('hex'),
    sha256,
  )
  assert.equal(outcome.sha256, sha256)
  assert.equal(outcome.bytes, SIZE)
}

/** All of the file, no byte twice. */
function assertEachByteOnce(pieces: readonly (readonly [number, number])[], from = 0): void {
  let at = from
  for (const piece of pieces) {
    assert.equal(piece[0], at)
    at = piece[1]
  }
  assert.equal(at, SIZE)
}

function assertNothingLeft(output: string): void {
  assert.deepEqual(
    readdirSync(output).filter((name) => name !== '.halyard' && name !== 'file'),
    [],
  )
}

describe('a server that does as it should', () => {
  for (const style of oneOf(['async', 'threads'] as const)) {
    test(`sends every byte once, to four requests at once, in style ${style}`, async (t) => {
      const s = await scene(t, { query: '&drip=20K' })
      assertWhole(s, await s.run({ style }))
      assertEachByteOnce(s.pieces())
      assert.equal(s.server.log.peakConcurrency, 4)
      assert.equal(s.server.log.connections, 4)
      assertNothingLeft(s.output)
    })
  }

  test('has every piece asked for by the ETag of the first', async (t) => {
    const s = await scene(t, {})
    const { etag } = await s.run()
    const [first, ...others] = s.server.log.records
    assert.equal(first?.headers['if-range'], undefined)
    assert.ok(others.length > 3)
    for (const { headers } of others) assert.equal(headers['if-range'], etag)
  })

  test('is asked once for a file that is one piece, and twice for an empty one', async (t) => {
    const s = await scene(t, {})
    assertWhole(s, await s.run({ segmentSize: SIZE }))
    assert.equal(s.server.log.total, 1)
    const { ok, bytes } = await downloadMany([`${s.server.url}/bytes/0`], { ...OPTIONS, output: temporaryFolder(t) }).summary
    assert.deepEqual({ ok, bytes, requests: s.server.log.total }, { ok: 1, bytes: 0, requests: 3 })
  })

  test('has no more requests at once than --per-host and -j allow', async (t) => {
    const s = await scene(t, { query: '&drip=20K' })
    assertWhole(s, await s.run({ perHost: 2 }))
    assert.equal(s.server.log.peakConcurrency, 2)
    const output = temporaryFolder(t)
    const urls = Array.from({ length: 4 }, (_, n) => `${s.server.url}/n/${n}.bin?size=30000&drip=20K&key=${n}`)
    const other = await startFlagServer()
    t.after(() => other.close())
    const { ok } = await downloadMany(
      urls.map((url) => url.replace(s.server.url, other.url)),
      { ...OPTIONS, output, perHost: 4 },
    ).summary
    assert.deepEqual({ ok, peak: other.log.peakConcurrency }, { ok: 4, peak: 4 })
  })

  test('is asked in one stream with --decode', async (t) => {
    const s = await scene(t, {})
    assertWhole(s, await s.run({ decode: true }))
    assert.deepEqual(
      s.server.log.records.map(({ headers }) => headers['range']),
      [undefined],
    )
  })

  test('has the sum of all pieces reported, and the checksum of the list kept', async (t) => {
    const s = await scene(t, {})
    const seen: number[] = []
    const url = `${s.server.url}/n/0.bin?size=${SIZE}&drip=12K`
    const hash = `md5:${createHash('md5')
      .update(syntheticBytes({ number: 0, size: SIZE }))
      .digest('hex')}`
    const { ok } = await downloadMany([{ url, hash }], {
      ...OPTIONS,
      output: s.output,
      onEvent: (event) => {
        if (event.type !== 'progress') return
        assert.equal(event.total, SIZE)
        seen.push(event.bytes)
      },
    }).summary
    assert.equal(ok, 1)
    assert.ok(seen.length > 0)
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    )
  })
})

/** What the answers to ranges look like; whatever they are, the file is whole, in one attempt. */
const FALL_BACK: readonly (readonly [title: string, served: Served, requests: number, version?: number])[] = [
  ['ignores ranges', { query: '&range=ignore' }, 1],
  ['refuses ranges', { query: '&range=refuse' }, 2],
  ['sends another range', { query: '&range=wrong-start' }, 2],
  ['sends half of the range', { query: '&range=short' }, 2],
  ['sends a range without saying which', { query: '&range=no-content-range' }, 2],
  ['says nonsense of the range', { query: '&range=garbage' }, 2],
  ['has a weak ETag', { query: '&etag=weak' }, 2],
  ['has no ETag', { query: '&etag=none' }, 2],
  ['has a single range right', { faults: ({ n }) => (n > 1 ? { range: 'ignore' } : undefined) }, 0],
  ['refuses all ranges but the first', { faults: ({ n }) => (n > 1 ? { range: 'refuse' } : undefined) }, 0],
  ['sends another range once', { faults: ({ n }) => (n === 5 ? { range: 'wrong-start' } : undefined) }, 0],
  ['sends a shorter range once', { faults: ({ n }) => (n === 5 ? { range: 'short' } : undefined) }, 0],
  ['says another length once', { faults: ({ n }) => (n === 5 ? { range: 'wrong-total' } : undefined) }, 0],
  ['says another length always', { query: '&range=wrong-total' }, 0],
  ['has another version after four requests', { faults: ({ n }) => (n > 4 ? { version: 1 } : undefined) }, 0, 1],
  [
    'has another version after four requests, and ignores If-Range',
    { faults: ({ n }) => (n > 4 ? { version: 1, ifRange: 'ignore' } : undefined) },
    0,
    1,
  ],
]

describe('in one stream after all, and whole, where the server', () => {
  for (const [title, served, requests, version] of FALL_BACK) {
    test(title, async (t) => {
      const s = await scene(t, served)
      const outcome = await s.run({ retries: 0 })
      assertWhole(s, outcome, version)
      assert.equal(outcome.attempts, 1)
      if (requests > 0) assert.equal(s.server.log.total, requests)
      assert.equal(s.server.log.records.at(-1)?.status, 200)
      assertNothingLeft(s.output)
    })
  }
})

const LANES: readonly (readonly [title: string, faults: (record: RequestRecord) => FaultOptions | undefined])[] = [
  ['is cut in the middle', ({ n }) => (n === 3 ? { cut: '50%' } : undefined)],
  ['is the first, and is cut in the middle', ({ n }) => (n === 1 ? { cut: '50%' } : undefined)],
  ['is reset', ({ n }) => (n === 3 ? { reset: '50%' } : undefined)],
  ['falls silent', ({ n }) => (n === 3 ? { silence: '50%' } : undefined)],
  ['is refused with 503', ({ n }) => (n === 3 ? { status: 503 } : undefined)],
  ['is refused with 403', ({ n }) => (n === 3 ? { status: 403 } : undefined)],
  ['is not answered', ({ n }) => (n === 3 ? { cut: 'before-headers' } : undefined)],
]

describe('the others fetch what is missing, in the same attempt, where one request', () => {
  for (const [title, faults] of LANES) {
    test(title, async (t) => {
      const s = await scene(t, { query: '&drip=100K', faults })
      const outcome = await s.run({ retries: 0 })
      assertWhole(s, outcome)
      assert.equal(outcome.attempts, 1)
      assertNothingLeft(s.output)
    })
  }
})

describe('the next attempt asks for what is missing', () => {
  test('where the server wanted a pause: what was on its way is kept', async (t) => {
    const s = await scene(t, { faults: ({ n }) => (n === 6 ? { status: 503, retryAfter: 1 } : undefined) })
    const outcome = await s.run()
    assertWhole(s, outcome)
    assert.equal(outcome.attempts, 2)
    assertEachByteOnce(s.pieces())
  })

  test('where all requests were cut: nothing that came is asked for again', async (t) => {
    const s = await scene(t, { query: '&drip=400K', faults: ({ n }) => (n > 1 && n < 6 ? { cut: 3000 } : undefined) })
    const outcome = await s.run({ retries: 3 })
    assertWhole(s, outcome)
    const cut = s.server.log.records.filter((record) => record.outcome === 'cut')
    assert.ok(cut.length > 0)
    // A piece that was cut after 3000 bytes goes on there.
    const begins = new Set(s.pieces().map(([from]) => from))
    for (const { headers } of cut) {
      const from = Number(/=(\d+)/.exec(headers['range'] ?? '')?.[1])
      assert.ok(begins.has(from + 3000), `${from} + 3000 was not asked for`)
    }
  })

  for (const segments of [4, 1]) {
    test(`of the next run, too, with ${segments} at once`, async (t) => {
      const s = await scene(t, { faults: ({ n }) => (n > 6 ? { status: 503 } : undefined) })
      const failed = await s.run({ retries: 0 })
      assert.equal(failed.code, 'HTTP_503')
      assert.equal(s.read(), undefined)
      const before = s.pieces()
      await s.server.close()
      const again = await startFlagServer({ port: s.server.port })
      t.after(() => again.close())
      const outcome = await s.run({ retryFailed: true, segments, stallTimeout: 5000 })
      assertWhole(s, outcome)
      const asked = again.log.records.map(({ headers }): [number, number] => {
        const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '') ?? []
        return [Number(from), Math.min(Number(to) + 1, SIZE)]
      })
      assertEachByteOnce([...before, ...asked].sort(([a], [b]) => a - b))
      assert.equal(again.log.peakConcurrency <= segments, true)
    })
  }
})

describe('fails as in one stream', () => {
  test('where the bytes are not those of the checksum: there is no file, and nothing to continue', async (t) => {
    const s = await scene(t, {})
    const url = `${s.server.url}/n/0.bin?size=${SIZE}&range=wrong-bytes`
    const hash = `sha256:${syntheticSha256({ number: 0, size: SIZE })}`
    const run = downloadMany([{ url, hash }], { ...OPTIONS, output: s.output, name: 'file', retries: 0 })
    for await (const outcome of run) assert.equal(outcome.code, 'CHECKSUM')
    assert.equal(s.read(), undefined)
    assertNothingLeft(s.output)
  })

  for (const [code, query, options] of [
    ['HTTP_404', '&status=404', {}],
    ['TOO_LARGE', '', { maxSize: SIZE - 1 }],
    ['TIMEOUT_TOTAL', '&drip=10K', { timeout: 700 }],
    ['TRUNCATED', '&cut=50%', {}],
    ['TIMEOUT_STALL', '&silence=50%', {}],
  ] as readonly (readonly [string, string, DownloadOptions])[]) {
    test(code, async (t) => {
      const s = await scene(t, { query })
      const outcome = await s.run({ retries: 0, ...options })
      assert.equal(outcome.code, code, outcome.error?.message)
      assert.equal(s.read(), undefined)
    })
  }
})

test('a rate of requests cannot be kept by segments, and more than 16 are refused', () => {
  assert.throws(() => downloadMany([], { segments: 2, rate: 5 }), { code: 'ERR_OPTIONS', message: /`segments`.*`rate`/ })
  assert.throws(() => downloadMany([], { segments: 17 }), { code: 'ERR_OPTIONS', message: /at most 16/ })
  assert.throws(() => downloadMany([], { segments: 0 }), { code: 'ERR_OPTIONS' })
})
