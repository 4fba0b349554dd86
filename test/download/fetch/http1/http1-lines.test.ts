import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import type { Dial, Dialled } from '../../../../src/download/fetch/dial.js'
import type { Http1Lines } from '../../../../src/download/fetch/http1/http1-lines.js'
import { ask, type Asked, asking, byStream, direct } from '../../../support/asking.js'
import { fetchSettings } from '../../../support/fetching.js'
import { randomFrom } from '../../../support/random.js'
import { answer, startRawServer } from '../../../support/raw-server.js'
import { thoroughly } from '../../../support/thorough.js'

const dist = '../../../../../dist/download/fetch'
const load = async <T>(file: string): Promise<T> => (await import(new URL(`${dist}/${file}.js`, import.meta.url).href)) as T
const { Http1Lines: Made } = await load<typeof import('../../../../src/download/fetch/http1/http1-lines.js')>('http1/http1-lines')
const { OpenLines } = await load<typeof import('../../../../src/download/fetch/open-lines.js')>('open-lines')

const OK = 'HTTP/1.1 200 OK\r\n'
const HELLO = answer('200 OK', 'hello')

function made(
  t: TestContext,
  dial: Dial = direct,
  perOrigin = 2,
  now = (): number => performance.now(),
  open = new OpenLines(),
): Http1Lines {
  const lines = new Made(dial, perOrigin, open, now)
  t.after(() => lines.destroy())
  return lines
}

/** A dial whose attempts end when, and as, the test says. */
function heldDial(): { dial: Dial; attempts: ((error?: Error) => void)[] } {
  const attempts: ((error?: Error) => void)[] = []
  const dial: Dial = (target, done) => {
    attempts.push((error) => (error === undefined ? void direct(target, done) : done(error, null)))
    return { destroy: () => undefined }
  }
  return { dial, attempts }
}

const failing = (code: string): Error => Object.assign(new Error(code), { code })
const failsAtOnce: Dial = (_target, done) => {
  done(failing('ECONNREFUSED'), null)
  return { destroy: () => undefined }
}

/** In memory; what is written to it is answered by `respond`. */
class FakeSocket extends Duplex {
  requests = 0

  constructor(respond: (socket: FakeSocket, request: number) => void) {
    super({
      read: () => undefined,
      write: (_chunk, _encoding, done) => {
        done()
        this.requests += 1
        respond(this, this.requests)
      },
    })
  }
  ref(): this {
    return this
  }
  unref(): this {
    return this
  }
}

const dialTo =
  (make: () => Duplex): Dial =>
  (_target, done: Dialled) => {
    done(null, make() as Socket)
    return { destroy: () => undefined }
  }

describe('Connections of one origin', () => {
  it('are made one for each request that waits, and serve whoever comes first', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(HELLO))
    const { dial, attempts } = heldDial()
    const lines = made(t, dial, 3)
    const all = Array.from({ length: 5 }, (_, n) => ask(lines, `${server.url}/${n}`))
    assert.equal(attempts.length, 3)
    attempts[1]?.()
    assert.deepEqual(await Promise.all(all.map(({ over }) => over)), Array(5).fill('whole'))
    assert.deepEqual(
      server.heads.map((head) => head.split(' ')[1]),
      ['/0', '/1', '/2', '/3', '/4'],
    )
    assert.equal(server.connections, 1)
    // Nobody waits for these any more.
    attempts[0]?.(failing('ECONNREFUSED'))
    attempts[2]?.()
    assert.equal(await ask(lines, server.url).over, 'whole')
    assert.equal(attempts.length, 3)
  })

  it('fail one by one: each failure is that of the request whose turn it is', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(HELLO))
    const { dial, attempts } = heldDial()
    const lines = made(t, dial, 2)
    const [first, second, third, fourth] = [1, 2, 3, 4].map(() => ask(lines, server.url)) as [Asked, Asked, Asked, Asked]
    attempts[0]?.(failing('ECONNREFUSED'))
    assert.equal(await first.over, 'CONNECT_REFUSED')
    assert.equal(attempts.length, 3)
    attempts[2]?.(failing('ENOTFOUND'))
    assert.equal(await second.over, 'DNS_NOT_FOUND')
    assert.deepEqual([third.endings, fourth.endings, attempts.length], [[], [], 4])
    attempts[1]?.()
    assert.deepEqual([await third.over, await fourth.over], ['whole', 'whole'])
  })

  it('that fail at once fail for thousands who wait, one after the other', async (t) => {
    const { dial, attempts } = heldDial()
    const lines = made(t, (target, done) => (attempts.length === 0 ? dial : failsAtOnce)(target, done), 1)
    const all = Array.from({ length: thoroughly(5000, 1000) }, () => ask(lines, 'http://127.0.0.1:1/'))
    attempts[0]?.(failing('ECONNREFUSED'))
    assert.deepEqual(new Set(await Promise.all(all.map(({ over }) => over))), new Set(['CONNECT_REFUSED']))
    assert.equal(await ask(lines, 'http://127.0.0.1:1/').over, 'CONNECT_REFUSED')
  })

  it('are not made for requests that were stopped meanwhile', async (t) => {
    const { dial, attempts } = heldDial()
    const lines = made(t, dial, 1)
    const all = [1, 2, 3].map(() => ask(lines, 'http://127.0.0.1:1/'))
    for (const { exchange } of all) exchange.stop()
    attempts[0]?.(failing('ECONNREFUSED'))
    assert.equal(attempts.length, 1)
    assert.deepEqual(
      all.flatMap(({ endings }) => endings),
      [],
    )
  })

  it('that stand only after the end are closed', async (t) => {
    const server = await startRawServer(t, () => undefined)
    const { dial, attempts } = heldDial()
    const lines = made(t, dial)
    const asked = ask(lines, server.url)
    await lines.destroy()
    assert.equal(await asked.over, 'STOPPED')
    attempts[0]?.()
    await server.closed(1)
    assert.equal(server.heads.length, 0)
  })

  it('that are closed by the time they stand are no connections', async (t) => {
    const sockets: FakeSocket[] = []
    const closed: Dial = (_target, done) => {
      const socket = new FakeSocket(() => undefined)
      sockets.push(socket)
      socket.on('close', () => done(null, socket as unknown as Socket)).destroy()
      return { destroy: () => undefined }
    }
    const lines = made(t, closed, 1)
    assert.equal(await ask(lines, 'http://a.test/').over, 'CONNECT_FAILED')
    assert.equal(await ask(lines, 'http://a.test/').over, 'CONNECT_FAILED')
    assert.equal(sockets.length, 2)
  })

  it('are used again the last first, so that the others can go', async (t) => {
    const server = await startRawServer(t, ({ socket, connection, path }) => {
      const send = (): void => void socket.write(answer('200 OK', String(connection)))
      if (path === '/slow') setImmediate(() => setImmediate(send))
      else send()
    })
    const lines = made(t)
    const [slow, fast] = [ask(lines, `${server.url}/slow`), ask(lines, `${server.url}/fast`)]
    assert.deepEqual([await fast.over, await slow.over], ['whole', 'whole'])
    for (let n = 0; n < 3; n += 1) {
      const asked = ask(lines, server.url)
      await asked.over
      assert.equal(asked.body, slow.body)
    }
  })

  it('take the next request before the end of this one is told', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(HELLO))
    const lines = made(t, direct, 1)
    const next = asking()
    const first = ask(lines, `${server.url}/1`, { ended: () => assert.equal(next.exchange.progress, 'sent') })
    lines.send({ origin: server.url, path: '/2', headers: [] }, next.exchange)
    assert.deepEqual([await first.over, await next.over], ['whole', 'whole'])
  })

  it('that were idle too long are closed, and never outnumber the others', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    let now = 0
    const server = await startRawServer(t, ({ socket }) => socket.write(HELLO))
    const lines = made(t, direct, 1, () => now)
    assert.equal(await ask(lines, server.url).over, 'whole')
    now = 3999
    t.mock.timers.tick(1000)
    assert.equal(await ask(lines, server.url).over, 'whole')
    assert.equal(server.connections, 1)
    // Just before the look that would have closed it. The origin was once forgotten here, and its next connection with it.
    now += 4000
    const all = [ask(lines, server.url), ask(lines, server.url)]
    assert.deepEqual(await Promise.all(all.map(({ over }) => over)), ['whole', 'whole'])
    await server.closed(1)
    assert.equal(server.connections, 2)
    now += 4000
    t.mock.timers.tick(1000)
    await server.closed(2)
    // Its origin is forgotten by now, and known again.
    assert.equal(await ask(lines, server.url).over, 'whole')
    await lines.destroy()
    await server.closed(3)
  })

  for (const [timeout, kept] of [
    [2, 1000],
    [60, 59_000],
  ] as const) {
    it(`are kept for a second less than the server says: ${timeout} s`, async (t) => {
      let now = 0
      const server = await startRawServer(t, ({ socket }) =>
        socket.write(answer('200 OK', 'hello', { 'Keep-Alive': `timeout=${timeout}` })),
      )
      const lines = made(t, direct, 1, () => now)
      assert.equal(await ask(lines, server.url).over, 'whole')
      now = kept - 1
      assert.equal(await ask(lines, server.url).over, 'whole')
      assert.equal(server.connections, 1)
      now += kept
      assert.equal(await ask(lines, server.url).over, 'whole')
      assert.equal(server.connections, 2)
    })
  }

  it('make room for others when the system has no more, whoever they belong to', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(HELLO))
    const open = new OpenLines()
    const idle = made(t, direct, 2, undefined, open)
    assert.equal(await ask(idle, server.url).over, 'whole')
    const full = made(
      t,
      (_target, done) => {
        done(failing('EMFILE'), null)
        return { destroy: () => undefined }
      },
      1,
      undefined,
      open,
    )
    assert.equal(await ask(full, server.url).over, 'EMFILE')
    await server.closed(1)
  })
})

describe('Bytes that nobody asked for', () => {
  const evil = answer('200 OK', 'wrong')

  for (const [name, dial] of [
    ['read directly', direct],
    ['read by a stream', byStream],
  ] as const) {
    it(`close an idle connection, ${name}`, async (t) => {
      const server = await startRawServer(t, ({ socket }) => socket.write(HELLO, () => setImmediate(() => socket.write(evil))))
      const lines = made(t, dial)
      assert.equal(await ask(lines, server.url).over, 'whole')
      await server.closed(1)
    })
  }

  it('in the read after the answer are not the answer to the next request, which is asked elsewhere', async (t) => {
    // As TLS does with two records that came together.
    const socket = new FakeSocket((fake, request) => {
      if (request > 1) return
      setImmediate(() => {
        fake.push(HELLO)
        fake.push(evil)
      })
    })
    const sockets = [socket, new FakeSocket((fake) => setImmediate(() => fake.push(HELLO)))]
    const lines = made(
      t,
      dialTo(() => sockets.shift() as Duplex),
      1,
    )
    const first = ask(lines, 'http://a.test/1')
    const next = ask(lines, 'http://a.test/2')
    assert.equal(await first.over, 'whole')
    assert.equal(first.body, 'hello')
    assert.equal(await next.over, 'whole')
    assert.equal(next.body, 'hello')
    assert.ok(socket.destroyed)
    assert.deepEqual([socket.requests, sockets.length], [1, 0])
  })

  it('are waited for a turn, without another connection for that', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(HELLO))
    const lines = made(t, byStream)
    for (let n = 0; n < 3; n += 1) assert.equal(await ask(lines, server.url).over, 'whole')
    const inner: Asked[] = []
    const outer = ask(lines, server.url, { ended: () => void inner.push(ask(lines, server.url)) })
    assert.deepEqual([await outer.over, await inner[0]?.over], ['whole', 'whole'])
    assert.equal(server.connections, 1)
  })

  it('that came through a tunnel before anything was asked are no answer', async (t) => {
    const socket = new FakeSocket(() => undefined)
    socket.push(evil)
    const lines = made(
      t,
      dialTo(() => socket),
    )
    const asked = ask(lines, 'http://a.test/')
    assert.equal(await asked.over, 'BAD_RESPONSE')
    assert.equal(asked.status, 0)
    assert.ok(socket.destroyed)
  })
})

describe('A connection by a stream', () => {
  it('that ends while it is paused is read to its end first', async (t) => {
    const server = await startRawServer(t, ({ socket, path }) => {
      socket.end(path === '/cut' ? `${OK}Content-Length: 9\r\n\r\nhello` : `${OK}\r\nhello`)
    })
    for (const dial of [direct, byStream]) {
      for (const [path, ending] of [
        ['/whole', 'whole'],
        ['/cut', 'TRUNCATED'],
      ] as const) {
        const asked = ask(made(t, dial), `${server.url}${path}`, {
          answered: (exchange) => exchange.pause(),
          received: (exchange) => {
            exchange.pause()
            setImmediate(() => setImmediate(() => exchange.unpause()))
          },
        })
        setImmediate(() => setImmediate(() => asked.exchange.unpause()))
        assert.equal(await asked.over, ending)
        assert.equal(asked.body, 'hello')
      }
    }
  })

  it('is set going again by the next request, if the one before left it paused; who paused it has no more say', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(HELLO))
    for (const dial of [direct, byStream]) {
      const lines = made(t, dial, 1)
      const first = ask(lines, server.url, { received: (exchange) => exchange.pause() })
      const next = ask(lines, server.url, {
        received: (exchange) => {
          exchange.pause()
          first.exchange.unpause()
        },
      })
      assert.deepEqual([await first.over, await next.over], ['whole', 'whole'])
    }
    assert.equal(server.connections, 2)
  })
})

describe('Whatever becomes of connections', () => {
  for (const seed of [1, 2, 3]) {
    it(`every request is told once, and there are never more of them than was set: seed ${seed}`, async (t) => {
      const random = randomFrom(seed)
      let connected = 0
      let most = 0
      const server = await startRawServer(t, ({ socket, request }) => {
        if (request === 1) {
          connected += 1
          most = Math.max(most, connected)
          socket.on('close', () => (connected -= 1))
        }
        const ways = [
          () => socket.write(HELLO),
          () => socket.write(HELLO),
          () => socket.write(HELLO),
          () => socket.end(HELLO),
          () => socket.end(answer('200 OK', 'hello', { Connection: 'close' })),
          () => socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`),
          () => socket.end(`${OK}Content-Length: 9\r\n\r\nhello`),
          () => socket.resetAndDestroy(),
          () => socket.write('nonsense'),
          () => socket.write(Buffer.concat([HELLO, HELLO])),
        ]
        const way = ways[Math.floor(random() * ways.length)] as () => void
        if (random() < 0.5) way()
        else setImmediate(way)
      })
      let attempts = 0
      const dial: Dial = (target, done) => {
        attempts += 1
        const luck = random()
        if (luck < 0.1) return failsAtOnce(target, done)
        if (luck < 0.2) setImmediate(() => done(failing('ECONNREFUSED'), null))
        else if (luck < 0.5) setImmediate(() => direct(target, done))
        else return (luck < 0.75 ? direct : byStream)(target, done)
        return { destroy: () => undefined }
      }
      const lines = made(t, dial, 3)
      const all: Asked[] = []
      const stopped = new Set<Asked>()
      const more = (): void => {
        if (all.length >= 400) return
        const asked = ask(lines, `${server.url}/${all.length}`, {
          ended: more,
          broken: more,
          received: (exchange) => {
            if (random() < 0.1) {
              exchange.pause()
              setImmediate(() => exchange.unpause())
            }
          },
        })
        all.push(asked)
        if (random() < 0.05) {
          setImmediate(() => {
            if (asked.endings.length > 0) return
            stopped.add(asked)
            asked.exchange.stop()
            more()
          })
        }
      }
      for (let n = 0; n < 12; n += 1) more()
      for (let turn = 0; all.length < 400 || all.some((one) => one.endings.length === 0 && !stopped.has(one)); turn += 1) {
        assert.ok(turn < 200_000, 'somebody waits for ever')
        await new Promise(setImmediate)
      }
      for (const asked of all) {
        assert.equal(asked.endings.length, stopped.has(asked) ? 0 : 1)
        if (asked.endings[0] === 'whole') assert.equal(asked.body, 'hello')
      }
      assert.ok(most <= 3, `${most} at once`)
      assert.ok(attempts <= 401 + 12)
      await lines.destroy()
      await server.closed(server.connections)
    })
  }
})

describe('A program', () => {
  it('ends with an idle connection, and does not end before its request does', async (t) => {
    const server = await startRawServer(t, ({ socket }) => {
      setImmediate(() => setImmediate(() => socket.write(answer('200 OK', 'hello', { 'Keep-Alive': 'timeout=600' }))))
    })
    const program = `
      const { openFetcher } = await import(process.argv[1])
      const fetcher = await openFetcher(JSON.parse(process.argv[2]))
      const receiver = { head() {}, chunk() {} }
      for (let n = 0; n < 2; n++) void fetcher.fetch({ url: '${server.url}' }, receiver).then(({ bytes }) => {
        console.log(bytes)
        void fetcher.fetch({ url: '${server.url}' }, receiver).then(({ bytes }) => console.log(bytes))
      })
    `
    const module = new URL(`${dist}/open-fetcher.js`, import.meta.url).href
    const args = ['--input-type=module', '-e', program, module, JSON.stringify(fetchSettings())]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 8000 })
    assert.equal(stdout, '5\n5\n5\n5\n')
    assert.equal(server.connections, 2)
  })
})
