import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

const dist = (file: string): string => new URL(`../../../../../dist/download/fetch/resolve/${file}`, import.meta.url).href
const { parseFixed } = (await import(
  dist('fixed-addresses.js')
)) as typeof import('../../../../src/download/fetch/resolve/fixed-addresses.js')
const { isServerAddress } = (await import(
  dist('server-address.js')
)) as typeof import('../../../../src/download/fetch/resolve/server-address.js')

describe('HOST:PORT:ADDRESS', () => {
  const FOUR = { address: '192.0.2.1', family: 4 }
  const SIX = { address: '2001:db8::1', family: 6 }
  for (const [text, expected] of [
    ['a.example:443:192.0.2.1', { host: 'a.example', port: 443, addresses: [FOUR] }],
    ['A.Example.:80:2001:db8::1', { host: 'a.example', port: 80, addresses: [SIX] }],
    ['*:80:[2001:db8::1],192.0.2.1', { host: '*', port: 80, addresses: [SIX, FOUR] }],
    ...['a.example:443', 'a.example:443:', 'a.example:443:b.example', 'a.example:x:192.0.2.1', ':443:192.0.2.1'].map(
      (no) => [no] as const,
    ),
    ...['a.example:70000:192.0.2.1', 'a.example:443:192.0.2.1,', '[::1]:443:192.0.2.1', 'a b:443:192.0.2.1'].map(
      (no) => [no] as const,
    ),
  ] as const) {
    it(`${expected === undefined ? 'is not' : 'may be'} '${text}'`, () => assert.deepEqual(parseFixed(text), expected))
  }
})

describe('The address of a name server', () => {
  for (const text of ['9.9.9.9', '127.0.0.1:5353', '2620:fe::fe', '[2620:fe::fe]', '[::1]:53']) {
    it(`may be '${text}'`, () => assert.equal(isServerAddress(text), true))
  }
  for (const text of ['', 'dns.example', '9.9.9', '9.9.9.9:', '9.9.9.9:0', '9.9.9.9:65536', '[9.9.9.9', '::1]:53', '9.9.9.9 ']) {
    it(`is not '${text}'`, () => assert.equal(isServerAddress(text), false))
  }
})
