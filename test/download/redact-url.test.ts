import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { excerpt, redactUrl, secretParameters } from './job-modules.js'
import { runs } from '../support/thorough.js'

const SHOWN: readonly (readonly [string, string])[] = [
  ['https://host.example/a/b.gif', 'https://host.example/a/b.gif'],
  ['https://host.example/a?b=1&c=@d', 'https://host.example/a?b=1&c=@d'],
  ['https://host.example/@user/x', 'https://host.example/@user/x'],
  ['https://me:pw@host.example/', 'https://***@host.example/'],
  ['https://me@host.example/', 'https://***@host.example/'],
  ['http://a@b:c@host.example/x', 'http://***@host.example/x'],
  ['http:me:pw@host.example/', 'http://***@host.example/'],
  ['http:/\\me:pw@host.example/', 'http://***@host.example/'],
  ['http://me:p/w@host.example/', 'http://***@host.example/'],
  ['me:p//w@host.example/x', 'me:***@host.example/x'],
  ['https://host.example/?Token=abc&b=1', 'https://host.example/?Token=***&b=1'],
  ['https://host.example/?a=1&X-Amz-Signature=abc#f', 'https://host.example/?a=1&X-Amz-Signature=***#f'],
  ['https://host.example/?to%6Ben=abc', 'https://host.example/?to%6Ben=***'],
  ['https://host.example/?key=a;b;c=d&e=f', 'https://host.example/?key=***&e=f'],
  ['https://host.example/?a=1;token=abc', 'https://host.example/?a=1;token=***'],
  ['https://host.example/cb#access_token=abc&b=1', 'https://host.example/cb#access_token=***&b=1'],
  ['https://host.example/?monkey=1&keys=2&token', 'https://host.example/?monkey=1&keys=2&token'],
  ['https://host.example/?token=a=b=c', 'https://host.example/?token=***'],
  ['https://host.example/?token=', 'https://host.example/?token=***'],
  ['GET https://me:pw@host.example/?sig=abc failed', 'GET https://***@host.example/?sig=*** failed'],
  ['https://host.example/?next=http://me:pw@other.example/', 'https://host.example/?next=http://***@other.example/'],
  ['not a URL at all', 'not a URL at all'],
  ['https://host.example/\u001b[31m\u202e', 'https://host.example/\ufffd[31m\ufffd'],
  ['', ''],
]

/** The name with some letters in the other case. */
const anyCase = (name: string): fc.Arbitrary<string> =>
  fc
    .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
    .map((upper) => name.replaceAll(/./g, (char, index: number) => (upper[index] === true ? char.toUpperCase() : char)))

describe('redactUrl', () => {
  for (const [url, shown] of SHOWN) {
    test(`shows ${JSON.stringify(url)} as ${JSON.stringify(shown)}`, () => {
      assert.equal(redactUrl(url), shown)
    })
  }

  test('hides the parameters it is told and no others', () => {
    assert.equal(redactUrl('http://h.example/?TICKET=a&token=b', ['Ticket']), 'http://h.example/?TICKET=***&token=b')
    assert.equal(redactUrl('http://u:p@h.example/?token=b', []), 'http://***@h.example/?token=b')
  })

  const secret = fc.stringMatching(/^[A-Z0-9]{12}$/).map((text) => `s3cr3t${text}`)
  const noise = fc.string({ unit: fc.constantFrom('a', 'b', '/', '?', '&', '=', ';', ' ', '%', '.', ':', 'é', '\t', '"', '#x') })
  const secretName = fc.constantFrom(...secretParameters()).chain(anyCase)

  test('never shows the password of a URL', () => {
    const password = fc.string({ unit: fc.constantFrom('a', ':', '@', '%40', ';', '$', '-', '!') })
    fc.assert(
      fc.property(
        fc.constantFrom('http://', 'https://', 'HTTPS:/', 'http:', 'http:\\\\'),
        password,
        secret,
        password,
        noise,
        (scheme, before, hidden, after, rest) => {
          for (const url of [
            `${scheme}me${before}:${hidden}${after}@host.example/${rest}`,
            `${scheme}${hidden}@host.example/${rest}`,
          ]) {
            assert.ok(!redactUrl(url).includes(hidden), url)
            if (URL.canParse(url)) assert.ok(!redactUrl(new URL(url).href).includes(hidden), url)
          }
        },
      ),
      runs(2_000),
    )
  })

  test('never shows the value of a secret parameter', () => {
    fc.assert(
      fc.property(
        noise,
        secretName,
        secret,
        noise,
        fc.constantFrom('?', '&', ';', '#'),
        (path, name, hidden, rest, delimiter) => {
          const url = `https://host.example/${path}?x=1${delimiter}${name}=${hidden}&${rest}`
          assert.ok(!redactUrl(url).includes(hidden), url)
          assert.ok(!redactUrl(new URL(url).href).includes(hidden), url)
        },
      ),
      runs(2_000),
    )
  })

  test('never shows the password of what is almost a URL', () => {
    const broken = fc.string({ unit: fc.constantFrom('a', ':', '/', '?', '#', '%', '\\', '[', '@') })
    fc.assert(
      fc.property(fc.constantFrom('http://', '', 'x://', '//', 'http:///'), secret, broken, (scheme, hidden, after) => {
        const url = `${scheme}me:${hidden}${after}@host.example`
        // A slash, ? or # ends the authority of what does parse: then this is no userinfo but the host's own part of the line.
        if (!URL.canParse(url) || new URL(url).password.includes(hidden)) assert.ok(!redactUrl(url).includes(hidden), url)
      }),
      runs(2_000),
    )
  })

  test('never throws, and shows nothing that could move a cursor', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff)), (codes) => {
        const text = String.fromCharCode(...codes)
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(redactUrl(text), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
      }),
    )
  })

  test('keeps the host of every URL', () => {
    fc.assert(
      fc.property(fc.constantFrom('http', 'https'), fc.domain(), noise, (scheme, host, rest) => {
        const url = `${scheme}://${host}/${rest}`
        assert.equal(new URL(redactUrl(url)).host, new URL(url).host)
      }),
    )
  })

  test('takes a time that grows with the length of the text and not with its square', () => {
    for (const unit of ['@', '=', '?token=', '//', '"', ' ', 'a:', '&key=x@', '//a@', '%74']) {
      const text = unit.repeat(200_000)
      const begin = performance.now()
      redactUrl(text)
      redactUrl(`http://${text}`)
      assert.ok(performance.now() - begin < 2_000, `${unit}: ${String(performance.now() - begin)} ms`)
    }
  })
})

describe('an excerpt', () => {
  test('is cut to 200 characters and has no control characters, bidi marks or halves of characters', () => {
    assert.equal(excerpt('x'.repeat(1_000)).length, 200)
    assert.equal(excerpt(' a\u001b]0;x\n'), 'a\ufffd]0;x')
  })
})
