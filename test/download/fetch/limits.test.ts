import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { codeOf, failureOf, keeping, openedFetcher } from '../../support/fetching.js'
import { answer, startRawServer } from '../../support/raw-server.js'

const dist = '../../../../dist/download/fetch'
const load = async <T>(file: string): Promise<T> => (await import(new URL(`${dist}/${file}.js`, import.meta.url).href)) as T
const { Pace, SPEED_WINDOW } = await load<typeof import('../../../src/download/fetch/pace.js')>('pace')
const { RateLimit } = await load<typeof import('../../../src/download/fetch/rate-limit.js')>('rate-limit')
const { retryAfter } = await load<typeof import('../../../src/download/fetch/retry-after.js')>('retry-after')
const { tickFor } = await load<typeof import('../../../src/download/fetch/watch.js')>('watch')

const OK = 'HTTP/1.1 200 OK\r\n'

const busy = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, 200)
  })

const never = (): Promise<void> => new Promise(() => undefined)

const codeAt = (pace: InstanceType<typeof Pace>, bytes: number, now: number, held = false): string => {
  try {
    pace.look(bytes, held, now)
    return 'fine'
  } catch (error) {
    return (error as { code: string }).code
  }
}

const filled = (count: number, size: number): string => {
  const lines = Array.from({ length: count }, (_, n) => `X-${n}: ${'x'.repeat(size)}\r\n`)
  return `${OK}${lines.join('')}Content-Length: 5\r\n\r\nhello`
}

describe('Time', () => {
  it('to the head is limited, and its drip does not lengthen it', async (t) => {
    const server = await startRawServer(t, ({ socket }) => {
      const drip = setInterval(() => socket.write('X'), 10)
      socket.on('close', () => clearInterval(drip))
      socket.write(`${OK}X-Drip: `)
    })
    const fetcher = await openedFetcher(t, { headersTimeout: 100 })
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, keeping())), 'TIMEOUT_HEADERS')
    await server.closed(1)
  })

  it('to the head is limited, and answers of status 1xx do not lengthen it', async (t) => {
    const server = await startRawServer(t, ({ socket }) => {
      const drip = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 20)
      socket.on('close', () => clearInterval(drip))
    })
    const fetcher = await openedFetcher(t, { headersTimeout: 100 })
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, keeping())), 'TIMEOUT_HEADERS')
  })

  it('without a byte of the body is limited', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(`${OK}Content-Length: 50\r\n\r\nhello`))
    const fetcher = await openedFetcher(t, { stallTimeout: 100 })
    const kept = keeping()
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, kept)), 'TIMEOUT_STALL')
    assert.equal(kept.text(), 'hello')
    await server.closed(1)
  })

  it('in which a body drips is limited by its speed, and a body that is just fast enough is left alone', async (t) => {
    const DRIP = 60
    const server = await startRawServer(t, ({ socket, path }) => {
      let left = path === '/whole' ? 100 : 5000
      const drip = setInterval(() => {
        socket.write('x'.repeat(DRIP))
        left -= 1
        if (left > 0) return
        clearInterval(drip)
        socket.end()
      }, 2)
      socket.on('close', () => clearInterval(drip))
      socket.write(`${OK}Content-Length: ${path === '/whole' ? 100 * DRIP : 1e9}\r\n\r\n`)
    })
    // Time passes with the bytes alone, at so many a second. The limit for the head has the transfers looked at every 5 ms.
    const dripping = async (path: string, speed: number): Promise<[end: string, bytes: number]> => {
      let bytes = 0
      const now = (): number => (bytes * 1000) / speed
      const fetcher = await openedFetcher(t, { minSpeed: 100, headersTimeout: 40, stallTimeout: 0, timeout: 0 }, { now })
      const chunk = (of: Uint8Array): void => void (bytes += of.length)
      const fetching = fetcher.fetch({ url: `${server.url}${path}` }, { head: () => undefined, chunk })
      return [path === '/whole' ? `${(await fetching).bytes} bytes` : await codeOf(fetching), bytes]
    }
    const [end, bytes] = await dripping('/cut', 80)
    assert.equal(end, 'TIMEOUT_SLOW')
    assert.ok(bytes >= (80 * SPEED_WINDOW) / 1000)
    await server.closed(1)
    assert.deepEqual(await dripping('/whole', 120), ['6000 bytes', 6000])
  })

  it('in which the receiver is busy does not count', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'hello')))
    const fetcher = await openedFetcher(t, { stallTimeout: 50 })
    assert.equal((await fetcher.fetch({ url: `${server.url}/` }, { head: busy, chunk: busy })).bytes, 5)
  })

  it('of it all is limited: of a drip, of redirects, of a receiver that never wants more', async (t) => {
    const server = await startRawServer(t, ({ socket, path }) => {
      if (path === '/drip') {
        const drip = setInterval(() => socket.write('x'), 10)
        socket.on('close', () => clearInterval(drip))
        socket.write(`${OK}Content-Length: 100000\r\n\r\n`)
      } else if (path === '/busy') socket.write(answer('200 OK', 'hello'))
      else setTimeout(() => socket.write(answer('302 Found', '', { Location: `${path}x` })), 20)
    })
    const fetcher = await openedFetcher(t, { timeout: 150, maxRedirects: 1000 })
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/drip` }, keeping())), 'TIMEOUT_TOTAL')
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/redirect` }, keeping())), 'TIMEOUT_TOTAL')
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/busy` }, { head: never, chunk: never })), 'TIMEOUT_TOTAL')
  })

  it('to connect is limited, the handshake of TLS included', async (t) => {
    const server = createServer((socket) => socket.on('error', () => undefined))
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    t.after(() => server.close())
    const { port } = server.address() as { port: number }
    const fetcher = await openedFetcher(t, { connectTimeout: 100 }, { lookup: () => undefined })
    assert.equal(await codeOf(fetcher.fetch({ url: `https://127.0.0.1:${port}/` }, keeping())), 'TIMEOUT_CONNECT')
    assert.equal(await codeOf(fetcher.fetch({ url: 'http://asked-for-ever.example/' }, keeping())), 'TIMEOUT_CONNECT')
  })

  it('is looked at as often as the shortest limit needs', () => {
    assert.equal(tickFor([0, 0]), 250)
    assert.equal(tickFor([30_000, 400, 0]), 50)
    assert.equal(tickFor([1]), 5)
  })
})

describe('The pace of a body', () => {
  const rules = { stallTimeout: 10_000, minSpeed: 100 }
  /** Looks four times a second until something is wrong. @returns when, in ms */
  const trial = (bytesAt: (now: number) => number, heldAt: (now: number) => boolean = () => false): string => {
    const pace = new Pace(rules, 0)
    for (let now = 250; now <= 120_000; now += 250) {
      const code = codeAt(pace, bytesAt(now), now, heldAt(now))
      if (code !== 'fine') return `${code} at ${now}`
    }
    return 'fine'
  }

  it('is slow when any 30 seconds bring too little, not before', () => {
    assert.equal(SPEED_WINDOW, 30_000)
    assert.equal(
      trial((now) => Math.floor(now / 11)),
      'TIMEOUT_SLOW at 30000',
    )
    assert.equal(
      trial((now) => Math.floor(now / 9)),
      'fine',
    )
    assert.equal(
      trial((now) => (now < 20_000 ? now : 20_000 + Math.floor((now - 20_000) / 100))),
      'TIMEOUT_SLOW at 48000',
    )
  })

  it('may rest as long as the whole is fast enough, and no byte is late', () => {
    assert.equal(
      trial((now) => Math.floor(now / 9000) * 9000),
      'fine',
    )
    assert.equal(
      trial((now) => Math.floor(now / 12_000) * 12_000),
      'TIMEOUT_STALL at 10000',
    )
  })

  it('does not count the time in which our own side held it back', () => {
    assert.equal(
      trial(
        () => 0,
        () => true,
      ),
      'fine',
    )
    assert.equal(
      trial(
        (now) => Math.floor(now / 11),
        (now) => now < 60_000,
      ),
      'TIMEOUT_SLOW at 90750',
    )
  })

  it('has no limits where there are none', () => {
    const pace = new Pace({ stallTimeout: 0, minSpeed: 0 }, 0)
    assert.equal(codeAt(pace, 0, 1e9), 'fine')
  })
})

describe('Size', () => {
  for (const framing of [
    'Content-Length: 11\r\n\r\nhello world',
    'Transfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n',
    '\r\nhello world',
  ]) {
    const kind = framing.split(':')[0]?.trim()
    it(`is limited with ${kind}: one byte more is too much`, async (t) => {
      const server = await startRawServer(t, ({ socket }) => socket.end(`${OK}${framing}`))
      const [enough, little] = [await openedFetcher(t, { maxSize: 11 }), await openedFetcher(t, { maxSize: 10 })]
      assert.equal((await enough.fetch({ url: `${server.url}/` }, keeping())).bytes, 11)
      const kept = keeping()
      assert.equal(await codeOf(little.fetch({ url: `${server.url}/` }, kept)), 'TOO_LARGE')
      assert.ok(kept.size <= 10)
      if (kind === 'Content-Length') assert.equal(kept.heads.length, 0)
    })
  }

  it('is limited by closing the connection: an endless body is not read on', async (t) => {
    let sent = 0
    const server = await startRawServer(t, ({ socket }) => {
      socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\n`)
      const more = (): void => {
        sent += 4096
        if (!socket.destroyed) socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`, more)
      }
      more()
    })
    const fetcher = await openedFetcher(t, { maxSize: 100_000 })
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, keeping())), 'TOO_LARGE')
    await server.closed(1)
    assert.ok(sent < 20_000_000)
  })

  it('of a resumed file counts what is there already', async (t) => {
    const server = await startRawServer(t, ({ socket }) => {
      socket.write(answer('206 Partial', '56789', { 'Content-Range': 'bytes 5-9/10' }))
    })
    const resume = { from: 5, validator: { etag: '"v1"', total: 10 } }
    const [enough, little] = [await openedFetcher(t, { maxSize: 10 }), await openedFetcher(t, { maxSize: 9 })]
    assert.equal((await enough.fetch({ url: `${server.url}/`, resume }, keeping())).bytes, 5)
    assert.equal(await codeOf(little.fetch({ url: `${server.url}/`, resume }, keeping())), 'TOO_LARGE')
  })
})

describe('The head', () => {
  for (const [name, head, code] of [
    ['of 199 headers is read', filled(198, 10), undefined],
    ['of 201 headers is refused', filled(200, 10), 'HEADERS_TOO_LARGE'],
    ['of 60 KB is read', filled(1, 60_000), undefined],
    ['of 70 KB is refused', filled(1, 70_000), 'HEADERS_TOO_LARGE'],
    ['after 100 answers of status 1xx is read', 'HTTP/1.1 103 Early\r\n\r\n'.repeat(100) + filled(1, 1), undefined],
    ['after 101 answers of status 1xx is refused', 'HTTP/1.1 103 Early\r\n\r\n'.repeat(101) + filled(1, 1), 'HEADERS_TOO_LARGE'],
    [
      'of 6 KB fifty times is refused',
      `HTTP/1.1 103 E\r\nX: ${'x'.repeat(6000)}\r\n\r\n`.repeat(50) + filled(1, 1),
      'HEADERS_TOO_LARGE',
    ],
  ] as const) {
    it(name, async (t) => {
      const server = await startRawServer(t, ({ socket }) => socket.write(head))
      const fetcher = await openedFetcher(t)
      const fetched = fetcher.fetch({ url: `${server.url}/` }, keeping())
      if (code === undefined) assert.equal((await fetched).bytes, 5)
      else assert.equal(await codeOf(fetched), code)
    })
  }

  it('without end is refused', async (t) => {
    const server = await startRawServer(t, ({ socket }) => {
      const more = (): void => {
        if (!socket.destroyed) socket.write(`X-More: ${'x'.repeat(1000)}\r\n`, more)
      }
      socket.write(OK, more)
    })
    const fetcher = await openedFetcher(t)
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, keeping())), 'HEADERS_TOO_LARGE')
    await server.closed(1)
  })
})

describe('Retry-After', () => {
  const now = Date.parse('Sun, 06 Nov 1994 08:49:37 GMT')
  for (const [value, ms] of [
    ['0', 0],
    ['120', 120_000],
    ['9999999999', 9_999_999_999_000],
    ['Sun, 06 Nov 1994 08:50:37 GMT', 60_000],
    ['Thu, 01 Jan 2099 00:00:00 GMT', Date.parse('2099-01-01T00:00:00Z') - now],
    ['Sun, 06 Nov 1994 08:49:36 GMT', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['99999999999', undefined],
    ['2099-01-01', undefined],
    ['Sunday, 06-Nov-94 08:49:37 GMT', undefined],
    ['', undefined],
    [undefined, undefined],
  ] as const) {
    it(`'${value}' is ${ms === undefined ? 'no time' : `${ms} ms`}`, () => assert.equal(retryAfter(value, now), ms))
  }

  it('comes with the error, counted from the clock handed in', async (t) => {
    const server = await startRawServer(t, ({ socket }) => {
      socket.write(answer('429 Slow', '', { 'Retry-After': 'Sun, 06 Nov 1994 08:50:37 GMT' }))
    })
    const fetcher = await openedFetcher(t, {}, { date: () => now })
    const { code, retryAfter: wait } = await failureOf(fetcher.fetch({ url: `${server.url}/` }, keeping()))
    assert.deepEqual([code, wait], ['HTTP_429', 60_000])
  })
})

describe('The rate of a thread', () => {
  it('makes whoever took too much wait, a short burst apart', () => {
    let now = 0
    const rate = new RateLimit(1000, () => now)
    assert.equal(rate.take(100), 0)
    assert.equal(rate.take(500), 500)
    assert.equal(rate.take(500), 1000)
    now = 1000
    assert.equal(rate.take(0), 0)
    now = 50_000
    assert.equal(rate.take(100), 0)
    assert.equal(new RateLimit(0, () => now).take(1e12), 0)
  })

  it('holds for all transfers together', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'x'.repeat(20_000))))
    const fetcher = await openedFetcher(t, { limitRate: 200_000, stallTimeout: 100, minSpeed: 1_000_000 })
    const begun = performance.now()
    await Promise.all([1, 2, 3].map(() => fetcher.fetch({ url: `${server.url}/` }, keeping())))
    // 60,000 bytes at 200,000 a second, of which 100 ms may come at once.
    assert.ok(performance.now() - begun >= 190)
  })

  it('does not hold up an abort', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'x'.repeat(20_000))))
    const fetcher = await openedFetcher(t, { limitRate: 1 })
    const stop = new AbortController()
    const chunk = (): void => void setImmediate(() => stop.abort())
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, { head: () => undefined, chunk }, stop.signal)), 'STOPPED')
  })
})
