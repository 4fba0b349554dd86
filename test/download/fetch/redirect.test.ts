import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, failureOf, keeping, openedFetcher } from '../../support/fetching.js'
import { answer, startRawServer } from '../../support/raw-server.js'

const to = (location: string, status = '302 Found', body = ''): Buffer => answer(status, body, { Location: location })

/** A server that redirects /start to `location` and answers everything else. */
async function redirecting(t: TestContext, location: string, status?: string) {
  return startRawServer(t, ({ socket, path }) =>
    socket.write(path === '/a/start' ? to(location, status) : answer('200 OK', 'hello')),
  )
}

describe('A redirect', () => {
  for (const status of ['301 Moved', '302 Found', '303 See Other', '307 Temporary', '308 Permanent']) {
    it(`of status ${status} is followed`, async (t) => {
      const server = await redirecting(t, '/b', status)
      const fetcher = await openedFetcher(t)
      const kept = keeping()
      const { head } = await fetcher.fetch({ url: `${server.url}/a/start` }, kept)
      assert.equal(head.url, `${server.url}/b`)
      assert.equal(kept.text(), 'hello')
    })
  }

  for (const [location, path] of [
    ['b', '/a/b'],
    ['../b', '/b'],
    ['?x=1', '/a/start?x=1'],
    ['/b#part', '/b'],
    ['/b/%2e%2E/c', '/c'],
    ['/b c', '/b%20c'],
    ['/\xe4\xbd\xa0', '/%E4%BD%A0'],
    ['/\xff', '/%FF'],
    ['/b\\c', '/b/c'],
  ] as const) {
    it(`to '${encodeURI(location)}' is read as ${path}`, async (t) => {
      const server = await redirecting(t, location)
      const fetcher = await openedFetcher(t)
      await fetcher.fetch({ url: `${server.url}/a/start` }, keeping())
      assert.equal(server.heads[1]?.split(' ')[1], path)
    })
  }

  for (const location of [
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'data:text/plain,x',
    'unix:/var/run/docker.sock',
    'javascript:1',
    'http://',
    'http://[::1',
    'http://127.0.0.1:99999/',
    'http://a b/',
    'http://user:secret@[/',
    'x\ty',
  ]) {
    it(`to '${location.replace('\t', '\\t')}' is refused`, async (t) => {
      const server = await redirecting(t, location)
      const fetcher = await openedFetcher(t)
      const { code, http, message } = await failureOf(fetcher.fetch({ url: `${server.url}/a/start` }, keeping()))
      assert.deepEqual([code, http], ['REDIRECT_REFUSED', 302])
      assert.doesNotMatch(message, /secret/)
      assert.equal(server.heads.length, 1)
    })
  }

  it('to two places at once is refused', async (t) => {
    const both = 'HTTP/1.1 302 Found\r\nLocation: /b\r\nLocation: /c\r\nContent-Length: 0\r\n\r\n'
    const server = await startRawServer(t, ({ socket }) => socket.write(both))
    const fetcher = await openedFetcher(t)
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, keeping())), 'BAD_RESPONSE')
  })

  it('without a Location is the answer', async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.write(answer('302 Found')))
    const fetcher = await openedFetcher(t)
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, keeping())), 'HTTP_302')
  })

  it('counts: as many as allowed are followed, one more is not', async (t) => {
    const server = await startRawServer(t, ({ socket, path }) => {
      const left = Number(path.slice(1))
      socket.write(left === 0 ? answer('200 OK', 'hello') : to(`/${left - 1}`))
    })
    const fetcher = await openedFetcher(t, { maxRedirects: 3 })
    assert.equal((await fetcher.fetch({ url: `${server.url}/3` }, keeping())).bytes, 5)
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/4` }, keeping())), 'TOO_MANY_REDIRECTS')
    assert.equal(server.heads.length, 8)
  })

  it('is not followed at all if none is allowed', async (t) => {
    const server = await redirecting(t, '/b')
    const fetcher = await openedFetcher(t, { maxRedirects: 0 })
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/a/start` }, keeping())), 'TOO_MANY_REDIRECTS')
  })

  it('keeps its connection if its body is short', async (t) => {
    const server = await startRawServer(t, ({ socket, path }) => {
      socket.write(path === '/a' ? to('/b', '302 Found', 'x'.repeat(1000)) : answer('200 OK', 'hello'))
    })
    const fetcher = await openedFetcher(t, { connectionsPerOrigin: 1 })
    await fetcher.fetch({ url: `${server.url}/a` }, keeping())
    assert.equal(server.connections, 1)
  })

  it('is followed at once, though its body never comes', async (t) => {
    const server = await startRawServer(t, ({ socket, path }) => {
      socket.write(
        path === '/a' ? 'HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 100\r\n\r\n' : answer('200 OK', 'hello'),
      )
    })
    const fetcher = await openedFetcher(t)
    await fetcher.fetch({ url: `${server.url}/a` }, keeping())
    await server.closed(1)
  })

  it('whose body is larger than 64 KB closes its connection', async (t) => {
    const server = await startRawServer(t, ({ socket, path }) => {
      socket.write(path === '/a' ? to('/b', '302 Found', 'x'.repeat(100_000)) : answer('200 OK', 'hello'))
    })
    const fetcher = await openedFetcher(t)
    await fetcher.fetch({ url: `${server.url}/a` }, keeping())
    await server.closed(1)
  })

  it('adds its headers to those of the whole download: endless ones are refused', async (t) => {
    const fill = { 'X-Fill': 'x'.repeat(60_000) }
    const server = await startRawServer(t, ({ socket, path }) => {
      socket.write(answer('302 Found', '', { ...fill, Location: `${path}x` }))
    })
    const fetcher = await openedFetcher(t, { maxRedirects: 1000 })
    assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/` }, keeping())), 'HEADERS_TOO_LARGE')
    assert.equal(server.heads.length, 5)
  })
})
