import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { downloadMany } from 'halyard'
import type { FetchSettings } from '../../../src/download/fetch/settings.js'
import { codeOf, failureOf, keeping, openedFetcher } from '../../support/fetching.js'
import { lookupHere } from '../../support/lookups.js'
import { answer, type RawServer, startRawServer } from '../../support/raw-server.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

/** A server that redirects to whatever its path says behind `/to/`, and answers all else. */
const redirector = (t: TestContext): Promise<RawServer> =>
  startRawServer(t, ({ socket, path }) => {
    const location = path.startsWith('/to/') ? decodeURIComponent(path.slice('/to/'.length)) : undefined
    socket.write(location === undefined ? answer('200 OK', 'hello') : answer('302 Found', '', { Location: location }))
  })

const via = (base: string, ...urls: readonly string[]): string =>
  urls.reduceRight((rest, url) => `${url}/to/${encodeURIComponent(rest)}`, base)

const SECRETS: Partial<FetchSettings> = {
  headers: [
    ['Authorization', 'Bearer canary'],
    ['X-Api-Key', 'canary'],
    ['Cookie', 'id=canary'],
    ['Accept-Language', 'en'],
    ['User-Agent', 'mine'],
  ],
}

const secretsIn = (head: string | undefined): number => [...(head ?? '').matchAll(/canary|Y2FuYXJ5/g)].length
const header = (head: string | undefined, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(head ?? '')?.[1]?.trim()

const withNetrc = (t: TestContext, text: string) => {
  const netrcFile = join(temporaryFolder(t), 'netrc')
  writeFileSync(netrcFile, text)
  return openedFetcher(t, { netrcFile }, { lookup: lookupHere })
}
const userOf = (head: string | undefined): string | undefined => {
  const value = header(head, 'authorization')
  return value === undefined ? undefined : Buffer.from(value.slice('Basic '.length), 'base64').toString().split(':')[0]
}

describe('Credentials', () => {
  it('go to the origin of the list', async (t) => {
    const server = await redirector(t)
    const fetcher = await openedFetcher(t, SECRETS)
    await fetcher.fetch({ url: `${server.url}/`, headers: { 'X-Job': 'canary' } }, keeping())
    assert.equal(secretsIn(server.heads[0]), 4)
    assert.equal(header(server.heads[0], 'user-agent'), 'mine')
    assert.equal(header(server.heads[0], 'accept-encoding'), 'identity')
  })

  it('do not go to another port, nor to another name of the same host; harmless headers do', async (t) => {
    const [first, second] = [await redirector(t), await redirector(t)]
    const fetcher = await openedFetcher(t, SECRETS, { lookup: lookupHere })
    for (const url of [`${second.url}/x`, `http://LOCALHOST:${first.port}/x`, `http://localhost.:${first.port}/x`]) {
      await fetcher.fetch({ url: via(url, first.url), headers: { 'X-Job': 'canary' } }, keeping())
      const last = (url.startsWith(second.url) ? second : first).heads.at(-1)
      assert.equal(secretsIn(last), 0)
      assert.equal(header(last, 'user-agent'), 'mine')
      assert.equal(header(last, 'accept-language'), 'en')
      assert.equal(header(last, 'referer'), undefined)
    }
  })

  it('go again to their own origin when a chain comes back to it, and nowhere on the way', async (t) => {
    const [first, second] = [await redirector(t), await redirector(t)]
    const fetcher = await openedFetcher(t, SECRETS)
    await fetcher.fetch({ url: via(`${first.url}/end`, first.url, second.url) }, keeping())
    assert.deepEqual(first.heads.map(secretsIn), [3, 3])
    assert.deepEqual(second.heads.map(secretsIn), [0])
  })

  it('of a URL are sent as Basic to its origin only, and never stand in a request line', async (t) => {
    const [first, second] = [await redirector(t), await redirector(t)]
    const fetcher = await openedFetcher(t)
    const url = via(`${second.url}/x`, first.url.replace('//', '//us%40er:canary@'), first.url)
    const { head } = await fetcher.fetch({ url }, keeping())
    const expected = `Basic ${Buffer.from('us@er:canary').toString('base64')}`
    assert.deepEqual(
      first.heads.map((text) => header(text, 'authorization')),
      [expected, expected],
    )
    assert.equal(header(second.heads[0], 'authorization'), undefined)
    assert.doesNotMatch([...first.heads, ...second.heads].join(), /canary/)
    assert.doesNotMatch(head.url, /canary/)
  })

  it('in a Location are not used: a server does not say who logs in where', async (t) => {
    const [first, second] = [await redirector(t), await redirector(t)]
    const fetcher = await openedFetcher(t)
    const { head } = await fetcher.fetch({ url: via(`${second.url.replace('//', '//a:b@')}/x`, first.url) }, keeping())
    assert.equal(header(second.heads[0], 'authorization'), undefined)
    assert.equal(head.url, `${second.url}/x`)
  })

  it('of a header win over those of the URL', async (t) => {
    const server = await redirector(t)
    const fetcher = await openedFetcher(t, SECRETS)
    await fetcher.fetch({ url: `${server.url.replace('//', '//a:b@')}/` }, keeping())
    assert.equal(header(server.heads[0], 'authorization'), 'Bearer canary')
  })

  it('of a job win over those of the run', async (t) => {
    const server = await redirector(t)
    const fetcher = await openedFetcher(t, SECRETS)
    await fetcher.fetch({ url: `${server.url}/`, headers: { authorization: 'Bearer job' } }, keeping())
    assert.equal(header(server.heads[0], 'authorization'), 'Bearer job')
    assert.equal(secretsIn(server.heads[0]), 2)
  })

  it('of the run go to a mirror as they go to where its line redirects; its own login does', async (t) => {
    const [first, second] = [await redirector(t), await redirector(t)]
    const fetcher = await openedFetcher(t, SECRETS)
    const mirrorOf = `${first.url.replace('//', '//a:canary@')}/lost`
    await fetcher.fetch({ url: via(`${second.url}/x`, second.url.replace('//', '//m:mirror@'), first.url), mirrorOf }, keeping())
    await fetcher.fetch({ url: `${first.url}/here`, mirrorOf }, keeping())
    assert.deepEqual(second.heads.map(secretsIn), [0, 0])
    const login = `Basic ${Buffer.from('m:mirror').toString('base64')}`
    assert.deepEqual(
      second.heads.map((head) => header(head, 'authorization')),
      [login, login],
    )
    assert.deepEqual(first.heads.map(secretsIn), [3, 3])
    for (const head of second.heads) assert.equal(header(head, 'user-agent'), 'mine')
  })

  it('stay with the line in a real run, whose mirror is asked instead', async (t) => {
    const first = await startRawServer(t, ({ socket }) => socket.write(answer('404 Not Found')))
    const second = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'hello')))
    const folder = temporaryFolder(t)
    const netrc = join(folder, 'netrc')
    writeFileSync(netrc, 'default login canary password canary')
    const job = { url: `${first.url}/x`, mirrors: [`${second.url}/x`], headers: { 'X-Job': 'canary' } }
    for (const segments of [1, 2]) {
      const output = join(folder, String(segments))
      const options = { output, style: 'async', segments, headers: ['X-Api-Key: canary', 'DNT: 1'], netrc } as const
      assert.equal((await downloadMany([job], options).summary).ok, 1)
    }
    assert.deepEqual(first.heads.map(secretsIn), [3, 3])
    assert.deepEqual(second.heads.map(secretsIn), [0, 0])
    for (const head of second.heads) assert.equal(header(head, 'dnt'), '1')
  })

  it('never hold a line break: one request, or none', async (t) => {
    const server = await redirector(t)
    const fetcher = await openedFetcher(t)
    for (const headers of [
      { 'X-A': 'b\r\nX-C: canary' },
      { 'X-A\r\nX-B': 'c' },
      { 'X-A': 'b\nc' },
      { 'X-A': '\0' },
      { 'X-A': '\u4f60' },
    ]) {
      const { code, message } = await failureOf(fetcher.fetch({ url: `${server.url}/`, headers }, keeping()))
      assert.equal(code, 'INVALID_HEADER')
      assert.doesNotMatch(message, /canary/)
    }
    for (const name of [
      'Range',
      'Content-Length',
      'Transfer-Encoding',
      'Connection',
      'Proxy-Authorization',
      'If-Range',
      'Expect',
    ]) {
      assert.equal(await codeOf(fetcher.fetch({ url: `${server.url}/`, headers: { [name]: '1' } }, keeping())), 'INVALID_HEADER')
      await assert.rejects(openedFetcher(t, { headers: [[name, '1']] }), { name: 'RunError', code: 'ERR_OPTIONS' })
    }
    await assert.rejects(openedFetcher(t, { headers: [['X-A', 'can\r\nary']] }), { name: 'RunError', code: 'ERR_OPTIONS' })
    assert.equal(server.heads.length, 0)
  })

  it('and URLs with line breaks in them make one request to the same host', async (t) => {
    const server = await redirector(t)
    const fetcher = await openedFetcher(t)
    await fetcher.fetch({ url: `${server.url}/a%0d%0aX: y` }, keeping())
    await fetcher.fetch({ url: `${server.url}/a\r\nHost: evil` }, keeping())
    assert.deepEqual(
      server.heads.map((head) => head.split('\r\n')[0]),
      ['GET /a%0d%0aX:%20y HTTP/1.1', 'GET /aHost:%20evil HTTP/1.1'],
    )
  })
})

describe('Credentials from netrc', () => {
  it('are looked up for each hop by its exact host', async (t) => {
    const server = await redirector(t)
    const fetcher = await withNetrc(t, 'machine a.example login a password 1\nmachine b.example login b password 2\n')
    const hosts = ['a.example', 'b.example', 'x.a.example', 'example', 'a.example'].map((host) => `http://${host}:${server.port}`)
    await fetcher.fetch({ url: via(`${hosts.pop()}/end`, ...hosts) }, keeping())
    assert.deepEqual(server.heads.map(userOf), ['a', 'b', undefined, undefined, 'a'])
  })

  it('of the default entry go to hosts of the list only', async (t) => {
    const server = await redirector(t)
    const fetcher = await withNetrc(t, 'default login d password 1')
    await fetcher.fetch({ url: via(`http://b.example:${server.port}/end`, `http://a.example:${server.port}`) }, keeping())
    assert.deepEqual(server.heads.map(userOf), ['d', undefined])
  })

  it('go to a mirror if they name its host', async (t) => {
    const server = await redirector(t)
    const fetcher = await withNetrc(t, 'machine m.example login m password 1\ndefault login d password 2')
    const mirrorOf = `http://a.example:${server.port}/`
    for (const host of ['m.example', 'n.example', 'a.example'])
      await fetcher.fetch({ url: `http://${host}:${server.port}/`, mirrorOf }, keeping())
    assert.deepEqual(server.heads.map(userOf), ['m', undefined, 'd'])
  })

  it('fit the user that the URL names', async (t) => {
    const server = await redirector(t)
    const fetcher = await withNetrc(t, 'machine a.example login a password 1\nmachine a.example login z password 26')
    await fetcher.fetch({ url: `http://z@a.example:${server.port}/` }, keeping())
    await fetcher.fetch({ url: `http://y@a.example:${server.port}/` }, keeping())
    const values = server.heads.map((head) => Buffer.from(header(head, 'authorization')?.slice(6) ?? '', 'base64').toString())
    assert.deepEqual(values, ['z:26', 'y:'])
  })

  it('are refused as a whole if the file cannot be read to its end, without showing a password', async (t) => {
    for (const [text, line] of [
      ['machine a login b passwrod canary', 1],
      ['machine a\nlogin b\npassword', 3],
      ['login b password canary', 1],
      ['machine a login "canary', 1],
    ] as const) {
      await assert.rejects(withNetrc(t, text), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'ERR_OPTIONS')
        assert.match(error.message, new RegExp(`line ${line}:`))
        assert.doesNotMatch(error.message, /canary/)
        return true
      })
    }
    await assert.rejects(openedFetcher(t, { netrcFile: join(temporaryFolder(t), 'none') }), /`netrc` cannot be read/)
  })

  it('may be quoted, commented and followed by macros', async (t) => {
    const server = await redirector(t)
    const text =
      '# mine\nmacdef init\nmachine x login evil password 0\n\nmachine A.example login "a b" password "c\\"d" # end\n account x'
    const fetcher = await withNetrc(t, text)
    await fetcher.fetch({ url: `http://a.example:${server.port}/` }, keeping())
    assert.equal(header(server.heads[0], 'authorization'), `Basic ${Buffer.from('a b:c"d').toString('base64')}`)
  })
})
