import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { codeOf, failureOf, fetchSettings, keeping, openedFetcher } from '../../support/fetching.js'
import { moment } from '../../support/moment.js'
import { startRawServer } from '../../support/raw-server.js'

/** Heads as a server sends them; `\n` for the end of a line. */
const lines = (text: string): string => text.replaceAll('\n', '\r\n')
const OK = 'HTTP/1.1 200 OK\n'
const CLOSE = `${OK}Connection: close\n`

// With --http2 a server that does not speak it is read by undici: the same must come of the same bytes.
for (const http2 of [false, true]) {
  const reader = http2 ? 'read by undici' : 'read by us'
  describe(`A body is whole, or it is an error, ${reader}`, () => {
    const whole: Readonly<Record<string, string>> = {
      'Content-Length reached': `${OK}Content-Length: 5\n\nhello`,
      'last chunk seen': `${OK}Transfer-Encoding: chunked\n\n3\nhel\n2;x=y\nlo\n0\n\n`,
      'last chunk seen, with trailers': `${OK}Transfer-Encoding: Chunked\n\n5\nhello\n0\nX-Sum: 1\n\n`,
      'no framing, ended in good order': `${OK}\nhello`,
      'no framing, HTTP/1.0': `HTTP/1.0 200 OK\n\nhello`,
      'after answers of status 1xx': `HTTP/1.1 103 Early Hints\nLink: </x>\n\nHTTP/1.1 102 Processing\n\n${OK}Content-Length: 5\n\nhello`,
    }
    for (const [name, answer] of Object.entries(whole)) {
      it(`is whole: ${name}`, async (t) => {
        const server = await startRawServer(t, ({ socket }) => socket.end(lines(answer)))
        const fetcher = await openedFetcher(t, { http2 })
        const kept = keeping()
        assert.equal((await fetcher.fetch({ url: `${server.url}/` }, kept)).bytes, 5)
        assert.equal(kept.text(), 'hello')
      })
    }

    const broken: readonly (readonly [name: string, code: string, answer: string])[] = [
      ['Content-Length not reached', 'TRUNCATED', `${OK}Content-Length: 50\n\nhello`],
      ['Content-Length not reached, announced as closing', 'TRUNCATED', `${CLOSE}Content-Length: 50\n\nhello`],
      ['cut between two chunks', 'TRUNCATED', `${OK}Transfer-Encoding: chunked\n\n5\nhello\n`],
      ['cut between two chunks, announced as closing', 'TRUNCATED', `${CLOSE}Transfer-Encoding: chunked\n\n5\nhello\n`],
      ['cut inside a chunk', 'TRUNCATED', `${CLOSE}Transfer-Encoding: chunked\n\n50\nhello`],
      ['cut before the last line end', 'TRUNCATED', `${CLOSE}Transfer-Encoding: chunked\n\n5\nhello\n0\n`],
      ['chunk of negative size', 'BAD_RESPONSE', `${OK}Transfer-Encoding: chunked\n\n-5\nhello\n0\n\n`],
      ['chunk without a size', 'BAD_RESPONSE', `${OK}Transfer-Encoding: chunked\n\n\nhello\n0\n\n`],
      ['chunk of a size that is no number', 'BAD_RESPONSE', `${OK}Transfer-Encoding: chunked\n\nzz\nhello\n0\n\n`],
      ['chunk of a size past 2^64', 'BAD_RESPONSE', `${OK}Transfer-Encoding: chunked\n\n1ffffffffffffffff\nhello\n0\n\n`],
      ['chunk longer than its size', 'BAD_RESPONSE', `${OK}Transfer-Encoding: chunked\n\n4\nhello\n0\n\n`],
      ['two lengths', 'BAD_RESPONSE', `${OK}Content-Length: 5\nContent-Length: 6\n\nhello`],
      ['twice the same length', 'BAD_RESPONSE', `${OK}Content-Length: 5\nContent-Length: 5\n\nhello`],
      ['a list of lengths', 'BAD_RESPONSE', `${OK}Content-Length: 5, 5\n\nhello`],
      ['a length with a sign', 'BAD_RESPONSE', `${OK}Content-Length: +5\n\nhello`],
      ['a negative length', 'BAD_RESPONSE', `${OK}Content-Length: -5\n\nhello`],
      ['a length past 2^64', 'BAD_RESPONSE', `${OK}Content-Length: 99999999999999999999999\n\nhello`],
      ['a length and chunks', 'BAD_RESPONSE', `${OK}Content-Length: 5\nTransfer-Encoding: chunked\n\n5\nhello\n0\n\n`],
      ['chunks and a length', 'BAD_RESPONSE', `${OK}Transfer-Encoding: chunked\nContent-Length: 5\n\n5\nhello\n0\n\n`],
      ['chunked not last', 'BAD_RESPONSE', `${OK}Transfer-Encoding: chunked, gzip\n\nhello`],
      ['a coding under chunked', 'BAD_RESPONSE', `${OK}Transfer-Encoding: gzip, chunked\n\n5\nhello\n0\n\n`],
      ['nearly chunked', 'BAD_RESPONSE', `${OK}Transfer-Encoding: xchunked\n\nhello`],
      ['no HTTP at all', 'BAD_RESPONSE', `SSH-2.0-OpenSSH_9.2\n`],
      ['an upgrade nobody asked for', 'BAD_RESPONSE', `HTTP/1.1 101 Switching\nUpgrade: x\nConnection: upgrade\n\nhello`],
      ['cut in the head', 'RESET', `${OK}Content-Le`],
      ['nothing', 'RESET', ''],
      ['204 instead of a file', 'HTTP_204', `HTTP/1.1 204 No Content\n\n`],
      ['304 to no question', 'BAD_RESPONSE', `HTTP/1.1 304 Not Modified\n\n`],
      [
        'a part nobody asked for',
        'RANGE_MISMATCH',
        `HTTP/1.1 206 Partial\nContent-Range: bytes 0-4/5\nContent-Length: 5\n\nhello`,
      ],
    ]
    for (const [name, code, answer] of broken) {
      it(`is an error: ${name}`, async (t) => {
        const server = await startRawServer(t, ({ socket }) => socket.end(lines(answer)))
        const fetcher = await openedFetcher(t, { http2 })
        assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, keeping())), code)
        assert.equal(server.connections, 1)
      })
    }

    for (const [name, head] of [
      ['with a length', `${OK}Content-Length: 50\n\nhello`],
      ['with a length, announced as closing', `${CLOSE}Content-Length: 50\n\nhello`],
      ['with chunks', `${CLOSE}Transfer-Encoding: chunked\n\n5\nhello\n`],
      ['without any framing', `${OK}\nhello`],
    ] as const) {
      it(`takes a reset for a cut, never for an end: body ${name}`, async (t) => {
        const server = await startRawServer(t, ({ socket }) => socket.write(lines(head)))
        const fetcher = await openedFetcher(t, { http2 })
        const kept = keeping()
        const chunk = (bytes: Uint8Array): void => {
          void kept.chunk(bytes)
          server.reset()
        }
        assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, { head: kept.head, chunk })), 'TRUNCATED')
        assert.equal(kept.text(), 'hello')
      })
    }
  })

  describe(`A connection that ends while the receiver is busy, ${reader}`, () => {
    // undici 7.30 alone ends the process here, by an assertion in an event of the socket.
    for (const [name, code, answer] of [
      ['a whole body, announced as closing', undefined, `${CLOSE}Content-Length: 5\n\nhello`],
      ['a whole body without framing', undefined, `${OK}\nhello`],
      ['a whole body in chunks', undefined, `${CLOSE}Transfer-Encoding: chunked\n\n5\nhello\n0\n\n`],
      ['a cut body with a length', 'TRUNCATED', `${CLOSE}Content-Length: 50\n\nhello`],
      ['a cut body in chunks', 'TRUNCATED', `${CLOSE}Transfer-Encoding: chunked\n\n5\nhello\n`],
    ] as const) {
      it(`is told as it is: ${name}`, async (t) => {
        const sent = moment()
        const server = await startRawServer(t, ({ socket }) => socket.end(lines(answer), sent.arrive))
        const fetcher = await openedFetcher(t, { http2 })
        const kept = keeping()
        const chunk = async (bytes: Uint8Array): Promise<void> => {
          void kept.chunk(bytes)
          await sent.met
          // The end is on its way; what the client makes of it, it makes within a few turns.
          for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate)
        }
        const fetched = fetcher.fetch({ url: `${server.url}/` }, { head: kept.head, chunk })
        if (code === undefined) assert.equal((await fetched).bytes, 5)
        else assert.equal(await codeOf(fetched), code)
        assert.equal(kept.text(), 'hello')
      })
    }

    it('is told as it is: a reset', async (t) => {
      const server = await startRawServer(t, ({ socket }) => socket.write(lines(`${OK}\nhello`)))
      const fetcher = await openedFetcher(t, { http2 })
      const chunk = async (): Promise<void> => {
        server.reset()
        await server.closed(1)
        for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
      }
      assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, { head: () => undefined, chunk })), 'TRUNCATED')
    })
  })
}

describe('Bytes that the receiver still looks at', () => {
  it('are not read over by what comes next on the same connection', async (t) => {
    const server = await startRawServer(t, ({ socket, path }) =>
      socket.write(lines(`${OK}Transfer-Encoding: chunked\n\n5\nbody${path[1]}\n4\nmore\n0\n\n`)),
    )
    const fetcher = await openedFetcher(t, { connectionsPerOrigin: 1 })
    const seen: string[] = []
    const chunk = async (bytes: Uint8Array): Promise<void> => {
      // By then the answers to all the others were read, as far as they can be.
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate)
      seen.push(Buffer.from(bytes).toString('latin1'))
    }
    const fetch = async (name: number): Promise<unknown> =>
      await fetcher.fetch({ url: `${server.url}/${name}` }, { head: () => undefined, chunk })
    await Promise.all([1, 2, 3, 4].map(fetch))
    assert.deepEqual([...seen].sort(), ['body1', 'body2', 'body3', 'body4', 'more', 'more', 'more', 'more'])
    assert.equal(server.connections, 1)
  })
})

describe('A connection is used again', () => {
  it('for the next request, after a whole body; the time to connect is told once', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(lines(`${OK}Content-Length: 5\n\nhello`)))
    const fetcher = await openedFetcher(t, { connectionsPerOrigin: 1 })
    const first = await fetcher.fetch({ url: `${server.url}/1` }, keeping())
    const second = await fetcher.fetch({ url: `${server.url}/2` }, keeping())
    assert.equal(server.connections, 1)
    assert.ok((first.ms.connect ?? -1) >= 0)
    assert.equal('connect' in second.ms, false)
  })

  it('after the short body of an error', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(lines(`HTTP/1.1 404 None\nContent-Length: 5\n\nsorry`)))
    const fetcher = await openedFetcher(t, { connectionsPerOrigin: 1 })
    for (let n = 0; n < 3; n += 1) assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, keeping())), 'HTTP_404')
    assert.equal(server.connections, 1)
  })

  it('after a 304 that says how long the file is: those bytes are not sent', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(lines(`HTTP/1.1 304 Same\nContent-Length: 1000000\n\n`)))
    const fetcher = await openedFetcher(t, { connectionsPerOrigin: 1 })
    for (let n = 0; n < 3; n += 1) {
      const { head } = await fetcher.fetch({ url: `${server.url}/`, unless: { etag: '"v1"' } }, keeping())
      assert.equal(head.status, 304)
    }
    assert.equal(server.connections, 1)
  })

  it('but not when the error has a body of more than 64 KB', async (t) => {
    const head = lines(`HTTP/1.1 404 None\nContent-Length: 1000000\n\n`)
    const server = await startRawServer(t, ({ socket }) => socket.write(head))
    const fetcher = await openedFetcher(t, { connectionsPerOrigin: 1 })
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, keeping())), 'HTTP_404')
    await server.closed(1)
  })

  it('nor when it has one that never ends', async (t) => {
    const chunk = `1000\n${'x'.repeat(4096)}\n`
    const server = await startRawServer(t, ({ socket }) => {
      socket.write(lines(`HTTP/1.1 500 Oh\nTransfer-Encoding: chunked\n\n`))
      const more = (): void => {
        if (!socket.destroyed) socket.write(lines(chunk), more)
      }
      more()
    })
    const fetcher = await openedFetcher(t)
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, keeping())), 'HTTP_500')
    await server.closed(1)
  })

  it('nor when more came than the length said: that would be the answer to the next request', async (t) => {
    const smuggled = `${OK}Content-Length: 5\n\nwrong`
    const server = await startRawServer(t, ({ socket }) => socket.write(lines(`${OK}Content-Length: 5\n\nhello${smuggled}`)))
    const fetcher = await openedFetcher(t, { connectionsPerOrigin: 1 })
    for (let n = 1; n <= 3; n += 1) {
      const kept = keeping()
      await fetcher.fetch({ url: `${server.url}/${n}` }, kept)
      assert.equal(kept.text(), 'hello')
    }
    assert.equal(server.connections, 3)
  })

  it('and if it was closed meanwhile, the request is sent once more, on a new one', async (t) => {
    const server = await startRawServer(t, ({ socket, request }) => {
      if (request === 1) socket.write(lines(`${OK}Content-Length: 5\n\nhello`))
      else socket.destroy()
    })
    const fetcher = await openedFetcher(t, { connectionsPerOrigin: 1 })
    for (let n = 1; n <= 3; n += 1) await fetcher.fetch({ url: `${server.url}/${n}` }, keeping())
    assert.deepEqual(
      server.heads.map((head) => head.split(' ')[1]),
      ['/1', '/2', '/2', '/3', '/3'],
    )
  })

  it('but a request is not sent again once a byte of its answer came, nor on a connection that was new', async (t) => {
    const server = await startRawServer(t, ({ socket, path, request }) => {
      if (path === '/new') socket.destroy()
      else if (request === 1) socket.write(lines(`${OK}Content-Length: 5\n\nhello`))
      else socket.end('H')
    })
    const fetcher = await openedFetcher(t, { connectionsPerOrigin: 1 })
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/new` }, keeping())), 'RESET')
    await fetcher.fetch({ url: `${server.url}/1` }, keeping())
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/2` }, keeping())), 'RESET')
    assert.equal(server.heads.length, 3)
  })

  it('sends what is queued behind a connection that ends', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.end(lines(`${CLOSE}Content-Length: 5\n\nhello`)))
    const fetcher = await openedFetcher(t, { connectionsPerOrigin: 2 })
    const all = Array.from({ length: 20 }, (_, n) => fetcher.fetch({ url: `${server.url}/${n}` }, keeping()))
    assert.equal((await Promise.all(all)).length, 20)
    assert.equal(server.heads.length, 20)
  })
})

describe('Failures of the connection', () => {
  it('tell a refused one from a host that does not exist', async (t) => {
    const server = await startRawServer(t, () => undefined)
    await server.close()
    const fetcher = await openedFetcher(t, {}, { lookup: (_host, _options, done) => done(failure('ENOTFOUND'), '') })
    const refused = await failureOf(fetcher.fetch({ url: `${server.url}/` }, keeping()))
    assert.equal(refused.code, 'CONNECT_REFUSED')
    assert.match(refused.message, /ECONNREFUSED/)
    assert.equal(await codeOf(fetcher.fetch({ url: 'http://nowhere.example/' }, keeping())), 'DNS_NOT_FOUND')
  })

  for (const [code, expected] of [
    ['EAI_AGAIN', 'DNS_FAILED'],
    ['EMFILE', 'EMFILE'],
    ['ENETUNREACH', 'CONNECT_FAILED'],
  ] as const) {
    it(`name ${code}`, async (t) => {
      const fetcher = await openedFetcher(t, {}, { lookup: (_host, _options, done) => done(failure(code), '') })
      assert.equal(await codeOf(fetcher.fetch({ url: 'http://nowhere.example/' }, keeping())), expected)
    })
  }

  it('ask a name server for the name of the host only', async (t) => {
    const asked: string[] = []
    const fetcher = await openedFetcher(
      t,
      {},
      {
        lookup: (host, _options, done) => {
          asked.push(host)
          done(failure('ENOTFOUND'), '')
        },
      },
    )
    await codeOf(fetcher.fetch({ url: 'http://user:secret@nowhere.example:81/x?y#z' }, keeping()))
    assert.deepEqual(asked, ['nowhere.example'])
  })

  for (const [url, code] of [
    ['no address', 'INVALID_URL'],
    ['file:///etc/passwd', 'INVALID_SCHEME'],
    ['data:text/plain,x', 'INVALID_SCHEME'],
    ['unix:/var/run/docker.sock:/info', 'INVALID_SCHEME'],
    ['ftp://127.0.0.1/x', 'INVALID_SCHEME'],
  ] as const) {
    it(`do not even begin for ${url}`, async (t) => {
      const fetcher = await openedFetcher(t)
      assert.equal(await codeOf(fetcher.fetch({ url }, keeping())), code)
    })
  }

  it('do not even begin for http, if https is demanded', async (t) => {
    const fetcher = await openedFetcher(t, { httpsOnly: true })
    assert.equal(await codeOf(fetcher.fetch({ url: 'http://127.0.0.1/' }, keeping())), 'INVALID_SCHEME')
  })
})

function failure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`getaddrinfo ${code}`), { code })
}

describe('An abort', () => {
  it('ends all transfers of its signal, and no others; one signal for many makes no noise', async (t) => {
    const server = await startRawServer(t, () => undefined)
    const fetcher = await openedFetcher(t, { connectionsPerOrigin: 40 })
    const [run, other, job] = [new AbortController(), new AbortController(), new AbortController()]
    const warnings: Error[] = []
    const onWarning = (warning: Error): void => void warnings.push(warning)
    process.on('warning', onWarning)
    t.after(() => process.off('warning', onWarning))
    const settled: string[] = []
    const start = async (name: string, signal: AbortSignal): Promise<void> => {
      settled.push(`${name} ${await codeOf(fetcher.fetch({ url: `${server.url}/${name}` }, keeping(), signal))}`)
    }
    const all = [
      ...Array.from({ length: 30 }, () => start('run', run.signal)),
      start('other', other.signal),
      start('job', job.signal),
    ]
    await new Promise(setImmediate)
    job.abort()
    await all[31]
    assert.deepEqual(settled, ['job STOPPED'])
    run.abort()
    await Promise.all(all.slice(0, 30))
    assert.equal(settled.filter((one) => one === 'run STOPPED').length, 30)
    assert.equal(settled.length, 31)
    other.abort()
    await all[30]
    assert.deepEqual(warnings, [])
  })

  it('and a closed fetcher leave nothing open: the program ends by itself', async (t) => {
    const server = await startRawServer(t, ({ socket, path }) => {
      if (path === '/whole') socket.write(lines(`${OK}Content-Length: 5\n\nhello`))
    })
    const program = `
      const { openFetcher } = await import(process.argv[1])
      const fetcher = await openFetcher(JSON.parse(process.argv[2]))
      const receiver = { head() {}, chunk() {} }
      const stop = new AbortController()
      const codeOf = (signal) => fetcher.fetch({ url: '${server.url}/silent' }, receiver, signal).catch((error) => error.code)
      const codes = [codeOf(stop.signal), codeOf()]
      // A host whose name is never found out: an attempt to connect that would last its ten seconds.
      const asking = await openFetcher(JSON.parse(process.argv[2]), { lookup() {} })
      const asked = asking.fetch({ url: 'http://asked-for-ever.example/' }, receiver).catch((error) => error.code)
      await asking.close()
      const { bytes } = await fetcher.fetch({ url: '${server.url}/whole' }, receiver)
      stop.abort()
      await codes[0]
      await fetcher.close()
      console.log(bytes, ...(await Promise.all(codes)), await asked)
    `
    const module = new URL('../../../../dist/download/fetch/open-fetcher.js', import.meta.url).href
    const args = ['--input-type=module', '-e', program, module, JSON.stringify(fetchSettings())]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 8000 })
    assert.equal(stdout.trim(), '5 STOPPED STOPPED STOPPED')
  })
})
