import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { codeOf, keeping, openedFetcher } from '../../support/fetching.js'
import { lookupHere } from '../../support/lookups.js'
import { startRawServer } from '../../support/raw-server.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

/** A server that sets the cookies of its path, behind `/set/`, and answers. */
async function setting(t: TestContext) {
  const server = await startRawServer(t, ({ socket, path }) => {
    const lines = path.startsWith('/set/') ? (JSON.parse(decodeURIComponent(path.slice(5))) as string[]) : []
    const head = ['HTTP/1.1 200 OK', 'Content-Length: 0', ...lines.map((line) => `Set-Cookie: ${line}`), '', '']
    socket.write(head.join('\r\n'), 'latin1')
  })
  return server
}

async function withJar(t: TestContext, text?: string) {
  const cookieJar = join(temporaryFolder(t), 'cookies.txt')
  if (text !== undefined) writeFileSync(cookieJar, text)
  const server = await setting(t)
  const fetcher = await openedFetcher(t, { cookieJar }, { lookup: lookupHere })
  const url = (host: string, path: string): string => `http://${host}:${server.port}${path}`
  return {
    cookieJar,
    fetcher,
    server,
    set: (host: string, ...cookies: string[]) =>
      fetcher.fetch({ url: url(host, `/set/${encodeURIComponent(JSON.stringify(cookies))}`) }, keeping()),
    /** Cookies that a request to this host carries. */
    sent: async (host: string, path = '/'): Promise<string> => {
      await fetcher.fetch({ url: url(host, path) }, keeping())
      return /^cookie: (.*)$/im.exec(server.heads.at(-1) ?? '')?.[1] ?? ''
    },
  }
}

const line = (...fields: readonly string[]): string => `${fields.join('\t')}\n`

describe('Cookies', () => {
  it('are not kept without a cookie file', async (t) => {
    const server = await setting(t)
    const fetcher = await openedFetcher(t)
    await fetcher.fetch({ url: `${server.url}/set/${encodeURIComponent('["a=1"]')}` }, keeping())
    await fetcher.fetch({ url: `${server.url}/` }, keeping())
    assert.doesNotMatch(server.heads.join(), /cookie/i)
  })

  it('of the file go to their domain, path and scheme', async (t) => {
    const { sent } = await withJar(
      t,
      `# Netscape HTTP Cookie File\n\n${line('a.example', 'FALSE', '/', 'FALSE', '0', 'host', '1')}` +
        line('.a.example', 'TRUE', '/', 'FALSE', '4102444800', 'domain', '2') +
        line('#HttpOnly_a.example', 'FALSE', '/deep', 'FALSE', '0', 'deep', '3') +
        line('a.example', 'FALSE', '/', 'TRUE', '0', 'secret', '4') +
        line('a.example', 'FALSE', '/', 'FALSE', '1', 'old', '5'),
    )
    assert.equal(await sent('a.example'), 'host=1; domain=2')
    assert.equal(await sent('a.example', '/deep/er'), 'deep=3; host=1; domain=2')
    assert.equal(await sent('b.a.example'), 'domain=2')
    assert.equal(await sent('A.EXAMPLE'), 'host=1; domain=2')
    assert.equal(await sent('notaa.example'), '')
  })

  it('of an answer go to the host that set them, and come after a redirect', async (t) => {
    const { set, sent } = await withJar(t)
    await set('a.example', 'id=7; Path=/', 'sub=1; Domain=a.example')
    assert.equal(await sent('a.example', '/set/[]'), 'sub=1; id=7')
    assert.equal(await sent('b.example'), '')
  })

  it('for a public suffix or a foreign domain are dropped', async (t) => {
    const { set, sent } = await withJar(t)
    await set(
      'a.co.uk',
      'a=1; Domain=co.uk',
      'b=1; Domain=uk',
      'c=1; Domain=.CO.UK',
      'd=1; Domain=b.co.uk',
      'e=1; Domain=co.uk.',
      'ok=1; Path=/',
    )
    assert.equal(await sent('a.co.uk'), 'ok=1')
    assert.equal(await sent('b.co.uk'), '')
  })

  it('with control characters are dropped; percent signs stay as they are', async (t) => {
    const { set, sent } = await withJar(t)
    await set('a.example', 'a=1\t2; Path=/', 'b\tc=1; Path=/', 'd=%0d%0aX: y; Path=/')
    assert.equal(await sent('a.example'), 'd=%0d%0aX: y')
    for (const control of ['\x01', '\x1b', '\x7f'])
      assert.equal(await codeOf(set('a.example', `e=${control}; Path=/`)), 'BAD_RESPONSE')
  })

  it('can neither be too large nor too many', async (t) => {
    const { set, sent } = await withJar(t)
    await set('a.example', `big=${'x'.repeat(5000)}; Path=/`)
    assert.equal(await sent('a.example'), '')
    for (let round = 0; round < 3; round += 1) {
      await set('a.example', ...Array.from({ length: 40 }, (_, n) => `c${round}-${n}=1; Path=/`))
    }
    assert.equal((await sent('a.example')).split('; ').length, 50)
    await set('a.example', 'c0-0=2; Path=/')
    assert.match(await sent('a.example'), /c0-0=2/)
  })

  it('are written back whole, for the owner alone, and can be read again', async (t) => {
    const kept = line('#HttpOnly_.a.example', 'TRUE', '/x', 'TRUE', '4102444800', 'kept', 'v=w "q"')
    const { set, fetcher, cookieJar } = await withJar(t, kept)
    await set('b.example', 'id=7; Path=/', 'gone=1; Max-Age=0')
    fetcher.saveCookies()
    assert.equal(
      readFileSync(cookieJar, 'latin1'),
      `# Netscape HTTP Cookie File\n${kept}${line('b.example', 'FALSE', '/', 'FALSE', '0', 'id', '7')}`,
    )
    assert.equal(statSync(cookieJar).mode & 0o777, 0o600)
    await withJar(t, readFileSync(cookieJar, 'latin1'))
  })

  it('keep bytes beyond ASCII as they are', async (t) => {
    const { fetcher, cookieJar } = await withJar(t, line('a.example', 'FALSE', '/', 'FALSE', '4102444800', 'city', 'K\u00f6ln'))
    const before = readFileSync(cookieJar)
    fetcher.saveCookies()
    assert.ok(readFileSync(cookieJar).includes(before.subarray(before.indexOf('a.example'))))
  })

  it('are not written through a symbolic link', async (t) => {
    const folder = temporaryFolder(t)
    const [cookieJar, victim] = [join(folder, 'cookies.txt'), join(folder, 'victim')]
    symlinkSync(victim, cookieJar)
    const fetcher = await openedFetcher(t, { cookieJar })
    fetcher.saveCookies()
    assert.equal(existsSync(victim), false)
    assert.match(readFileSync(cookieJar, 'latin1'), /^# Netscape/)
  })

  for (const [name, text] of [
    ['six fields', line('a.example', 'FALSE', '/', 'FALSE', '0', 'canary')],
    ['spaces for tabs', 'a.example FALSE / FALSE 0 n canary\n'],
    ['neither TRUE nor FALSE', line('a.example', 'yes', '/', 'FALSE', '0', 'n', 'canary')],
    ['no time', line('a.example', 'FALSE', '/', 'FALSE', 'soon', 'n', 'canary')],
    ['no path', line('a.example', 'FALSE', 'x', 'FALSE', '0', 'n', 'canary')],
    ['a control character', line('a.example', 'FALSE', '/', 'FALSE', '0', 'n', 'canary\x01')],
    ['a second cookie in one', line('a.example', 'FALSE', '/', 'FALSE', '0', 'n', 'canary; b=1')],
    ['no domain', line('', 'FALSE', '/', 'FALSE', '0', 'n', 'canary')],
    ['a public suffix', line('.co.uk', 'TRUE', '/', 'FALSE', '0', 'n', 'canary')],
  ] as const) {
    it(`are not read from a line with ${name}`, async (t) => {
      await assert.rejects(withJar(t, `# Netscape HTTP Cookie File\n${text}`), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'ERR_OPTIONS')
        assert.match(error.message, /cookies\.txt, line 2: /)
        assert.doesNotMatch(error.message, /canary/)
        return true
      })
    })
  }
})
