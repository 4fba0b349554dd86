/** What all kinds of lines promise (src/download/fetch/lines.ts), tried out over plain HTTP/1.1. */
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Dial } from '../../../src/download/fetch/dial.js'
import type { Lines } from '../../../src/download/fetch/lines.js'
import { ask, type Asked, direct } from '../../support/asking.js'
import { answer, startRawServer } from '../../support/raw-server.js'

const OK = 'HTTP/1.1 200 OK\r\n'
const HELLO = answer('200 OK', 'hello')

const told = (asked: Asked): readonly [number, string, string] => [asked.status, asked.body, asked.endings.join()]
const turns = async (count = 10): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate)
}

/** @param make lines with so many connections for each origin */
export function describeLinesContract(name: string, make: (dial: Dial, perOrigin: number) => Lines): void {
  const made = (t: TestContext, perOrigin = 2): Lines => {
    const lines = make(direct, perOrigin)
    t.after(() => lines.destroy())
    return lines
  }
  describe(`${name} keep the contract of lines`, () => {
    it('tell of an answer: its head, its bytes, its end', async (t) => {
      const server = await startRawServer(t, ({ socket }) => socket.write(answer('418 Teapot', 'hello')))
      const asked = ask(made(t), server.url)
      await asked.over
      assert.deepEqual(told(asked), [418, 'hello', 'whole'])
      assert.match(server.heads[0] ?? '', /^GET \/ HTTP\/1\.1\r\n/)
      assert.match(server.heads[0] ?? '', new RegExp(`^host: 127.0.0.1:${server.port}$`, 'im'))
      assert.doesNotMatch(server.heads[0] ?? '', /^connection: (?!keep-alive)/im)
    })

    for (const [ending, sent] of [
      ['TRUNCATED', `${OK}Content-Length: 9\r\n\r\nhello`],
      ['TRUNCATED', `${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`],
      ['RESET', `${OK}Content-`],
      ['RESET', ''],
      ['whole', `${OK}\r\nhello`],
    ] as const) {
      it(`tell that the connection ended: ${ending} after ${JSON.stringify(sent)}`, async (t) => {
        const server = await startRawServer(t, ({ socket }) => socket.end(sent))
        assert.equal(await ask(made(t), server.url).over, ending)
      })
    }

    it('tell that it was reset, which is the end of no body', async (t) => {
      const server = await startRawServer(t, ({ socket }) => socket.write(`${OK}\r\nhello`))
      const asked = ask(made(t), server.url, { received: () => server.reset() })
      assert.equal(await asked.over, 'TRUNCATED')
    })

    it('tell that there is no connection', async (t) => {
      const server = await startRawServer(t, () => undefined)
      await server.close()
      const lines = made(t, 1)
      const all = [1, 2, 3].map(() => ask(lines, server.url))
      assert.deepEqual(await Promise.all(all.map(({ over }) => over)), Array(3).fill('CONNECT_REFUSED'))
    })

    it('tell that a request cannot be sent, and send the next', async (t) => {
      const server = await startRawServer(t, ({ socket }) => socket.write(HELLO))
      const lines = made(t, 1)
      assert.match(await ask(spoilt(lines), server.url).over, /^INVALID_/)
      assert.equal(await ask(lines, server.url).over, 'whole')
      assert.equal(server.heads.length, 1)
    })

    it('have no more connections than was set; the others wait, first come first served', async (t) => {
      let open = 0
      let most = 0
      const server = await startRawServer(t, ({ socket, request }) => {
        if (request === 1) {
          open += 1
          most = Math.max(most, open)
          socket.on('close', () => (open -= 1))
        }
        setImmediate(() =>
          request === 3 ? socket.end(`${OK}Connection: close\r\nContent-Length: 5\r\n\r\nhello`) : socket.write(HELLO),
        )
      })
      for (const perOrigin of [1, 3]) {
        const lines = made(t, perOrigin)
        server.heads.length = 0
        most = 0
        const all = Array.from({ length: 20 }, (_, n) => ask(lines, `${server.url}/${n}`))
        assert.deepEqual(await Promise.all(all.map(({ over }) => over)), Array(20).fill('whole'))
        assert.equal(most, perOrigin)
        const paths = server.heads.map((head) => Number(head.split(' ')[1]?.slice(1)))
        // Those on different connections may overtake each other by as many as there are.
        for (const [at, path] of paths.entries()) assert.ok(Math.abs(at - path) < perOrigin, paths.join())
        await lines.destroy()
        await turns()
      }
    })

    it('use a connection again after a whole answer', async (t) => {
      const answers = [
        HELLO,
        `${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        'HTTP/1.1 304 Same\r\n\r\n',
        'HTTP/1.1 204 None\r\n\r\n',
        HELLO,
      ]
      const server = await startRawServer(t, ({ socket, request }) => socket.write(answers[request - 1] ?? ''))
      const lines = made(t)
      for (const _ of answers) {
        assert.equal(await ask(lines, server.url).over, 'whole')
        // One may come back only in the next turn.
        await turns(2)
      }
      assert.equal(server.connections, 1)
    })

    for (const [why, sent] of [
      ['the server said close', `${OK}Connection: Close\r\nContent-Length: 5\r\n\r\nhello`],
      ['it was HTTP/1.0', `HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello`],
      ['more came', `${OK}Content-Length: 5\r\n\r\nhello${HELLO.toString()}`],
      ['it is not kept for a second', `${OK}Keep-Alive: timeout=1\r\nContent-Length: 5\r\n\r\nhello`],
    ] as const) {
      it(`use no connection again if ${why}`, async (t) => {
        const server = await startRawServer(t, ({ socket }) => socket.write(sent))
        const lines = made(t, 1)
        for (let n = 1; n <= 3; n += 1) {
          const asked = ask(lines, server.url)
          await asked.over
          assert.deepEqual(told(asked), [200, 'hello', 'whole'])
          await turns(2)
        }
        assert.equal(server.connections, 3)
      })
    }

    it('say that a connection which was kept was closed meanwhile', async (t) => {
      const server = await startRawServer(t, ({ socket, request }) => (request === 1 ? socket.write(HELLO) : socket.destroy()))
      const lines = made(t)
      assert.equal(await ask(lines, server.url).over, 'whole')
      await turns(2)
      assert.equal(await ask(lines, server.url).over, 'stale')
      assert.equal(await ask(lines, server.url).over, 'whole')
      assert.equal(server.connections, 2)
    })

    for (const [where, path] of [
      ['before there is an answer', '/silent'],
      ['in the middle of a body', '/half'],
    ] as const) {
      it(`close the connection of a request that is stopped ${where}, and serve who waits`, async (t) => {
        const server = await startRawServer(t, ({ socket, path: asked }) => {
          if (asked === '/half') socket.write(`${OK}Content-Length: 50\r\n\r\nhello`)
          else if (asked === '/whole') socket.write(HELLO)
        })
        const lines = made(t, 1)
        const stopped = ask(lines, `${server.url}${path}`, { received: (exchange) => exchange.stop() })
        const waiting = ask(lines, `${server.url}/whole`)
        while (server.heads.length === 0) await turns(1)
        stopped.exchange.stop()
        await server.closed(1)
        assert.equal(await waiting.over, 'whole')
        assert.deepEqual(stopped.endings, [])
        assert.equal(server.connections, 2)
      })
    }

    it('never send a request that was stopped while it waited', async (t) => {
      const server = await startRawServer(t, ({ socket }) => setImmediate(() => socket.write(HELLO)))
      const lines = made(t, 1)
      const all = ['/1', '/2', '/3', '/4'].map((path) => ask(lines, `${server.url}${path}`))
      all[1]?.exchange.stop()
      all[2]?.exchange.stop()
      assert.equal(await all[3]?.over, 'whole')
      assert.deepEqual(all[1]?.endings, [])
      assert.deepEqual(
        server.heads.map((head) => head.split(' ')[1]).filter((path) => path === '/2' || path === '/3'),
        [],
      )
    })

    it('wait while an exchange is paused, and go on', async (t) => {
      const size = 8_000_000
      const server = await startRawServer(t, ({ socket }) => {
        socket.write(`${OK}Content-Length: ${size}\r\n\r\n`)
        socket.write(Buffer.alloc(size, 'x'))
      })
      let bytes = 0
      const asked = ask(made(t), server.url, {
        received: (exchange, more) => {
          bytes += more
          exchange.pause()
        },
      })
      while (bytes < size) {
        const before = bytes
        asked.exchange.unpause()
        await turns(3)
        assert.ok(bytes - before <= 4_000_000, `${bytes - before} at once`)
      }
      asked.exchange.unpause()
      assert.equal(await asked.over, 'whole')
    })

    it('may be asked again from within all they tell', async (t) => {
      const server = await startRawServer(t, ({ socket, path }) =>
        path === '/cut' ? socket.end(`${OK}Content-Length: 9\r\n\r\nhello`) : socket.write(HELLO),
      )
      const lines = made(t, 2)
      const inner: Asked[] = []
      const more = (): void => {
        if (inner.length < 40) inner.push(ask(lines, `${server.url}/inner`, { ended: more }))
      }
      const outer = ask(lines, `${server.url}/outer`, { answered: more, received: more, ended: more })
      const cut = ask(lines, `${server.url}/cut`, { broken: more })
      assert.equal(await outer.over, 'whole')
      assert.equal(await cut.over, 'TRUNCATED')
      for (const asked of inner) assert.match(await asked.over, /whole|stale/)
      assert.ok(inner.length >= 4)
    })

    for (const where of ['answered', 'received', 'ended'] as const) {
      it(`may be destroyed from within ${where}, which tells all the others`, async (t) => {
        const server = await startRawServer(t, ({ socket, path }) => path === '/first' && socket.write(HELLO))
        const lines = made(t, 2)
        const destroy = (): void => void lines.destroy()
        const others = [
          ask(lines, `${server.url}/silent`),
          ask(lines, `${server.url}/first`, { [where]: destroy }),
          ask(lines, `${server.url}/waits`),
        ]
        assert.equal(await others[0]?.over, 'STOPPED')
        assert.equal(await others[2]?.over, 'STOPPED')
        await others[1]?.over
        assert.equal(others[1]?.endings.length, 1)
        await server.closed(server.connections)
      })
    }

    it('tell those under way and those that wait when they are destroyed, and everybody after; twice is once', async (t) => {
      const server = await startRawServer(
        t,
        ({ socket, path }) => path === '/half' && socket.write(`${OK}Content-Length: 9\r\n\r\nhello`),
      )
      const lines = made(t, 2)
      let halves: (() => void) | undefined
      const half = new Promise<void>((resolve) => {
        halves = resolve
      })
      const all = [
        ask(lines, `${server.url}/half`, { received: () => halves?.() }),
        ask(lines, `${server.url}/silent`),
        ask(lines, `${server.url}/waits`),
      ]
      await half
      await Promise.all([lines.destroy(), lines.destroy()])
      all.push(ask(lines, server.url))
      assert.deepEqual(await Promise.all(all.map(({ over }) => over)), Array(4).fill('STOPPED'))
      await lines.destroy()
      for (const { endings } of all) assert.equal(endings.length, 1)
      await server.closed(server.connections)
    })
  })
}

/** Lines that are given paths which would be two lines. */
function spoilt(lines: Lines): Lines {
  return {
    send: (request, exchange) => lines.send({ ...request, path: '/ HTTP/1.1\r\nX: y\r\n\r\nGET /' }, exchange),
    destroy: () => lines.destroy(),
  }
}
