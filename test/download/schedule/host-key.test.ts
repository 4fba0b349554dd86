import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { built } from './built.js'
import { runs } from '../../support/thorough.js'

const { hostKey } = await built<typeof import('../../../src/download/schedule/host-key.js')>('host-key')

test('the key of a URL is its scheme, name and port', () => {
  for (const [url, key] of [
    ['http://example.org/', 'http://example.org'],
    ['https://example.org/a/b?c=d@e', 'https://example.org'],
    ['http://example.org:8080/x', 'http://example.org:8080'],
    ['https://user:secret@example.org:8443/x', 'https://example.org:8443'],
    ['http://user@example.org/@/a@b', 'http://example.org'],
    ['http://[::1]:3000/x', 'http://[::1]:3000'],
    ['http://example.org', 'http://example.org'],
  ] as const) {
    assert.equal(hostKey(url), key)
  }
})

test('for every normalised URL the key is its origin, and holds no userinfo', () => {
  const urls = fc
    .record({
      scheme: fc.constantFrom('http', 'HTTPS'),
      userinfo: fc.constantFrom('', 'user@', 'user:pass@', 'a%40b:c%2Fd@', ':@'),
      name: fc.constantFrom('example.org', 'EXAMPLE.org', 'xn--bcher-kva.example', '127.0.0.1', '[::1]', 'bücher.example'),
      port: fc.constantFrom('', ':80', ':443', ':8080'),
      rest: fc.constantFrom('', '/', '?a=b@c', '/@/x@y', '//a/b', '/a:b@c:1/d?e=http://f@g/'),
    })
    .map(({ scheme, userinfo, name, port, rest }) => `${scheme}://${userinfo}${name}${port}${rest}`)
  fc.assert(
    fc.property(urls, (text) => {
      const { href, origin } = new URL(text)
      assert.equal(hostKey(href), origin)
    }),
    runs(500),
  )
})
