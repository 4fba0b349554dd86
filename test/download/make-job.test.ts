import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { urlToHttpOptions } from 'node:url'
import * as fc from 'fast-check'
import type { JobInput } from '../../src/download/job.js'
import { CONFUSING_URLS } from './confusing-urls.js'
import { makeJob, redactUrl } from './job-modules.js'
import { runs } from '../support/thorough.js'

const URL_OK = 'https://host.example/file'

function made(input: JobInput): Extract<ReturnType<typeof makeJob>, { ok: true }> {
  const result = makeJob(input)
  assert.ok(result.ok, result.ok ? '' : result.problem.message)
  return result
}

function refused(input: JobInput, code: string): string {
  const result = makeJob(input)
  assert.ok(!result.ok, 'expected a problem')
  assert.equal(result.problem.code, code)
  return result.problem.message
}

describe('makeJob and the URL:', () => {
  for (const [written, expected] of CONFUSING_URLS) {
    test(`${JSON.stringify(written)} means ${expected} to everyone`, () => {
      if (expected.startsWith('INVALID_')) {
        refused({ url: written }, expected)
        return
      }
      const { url } = made({ url: written })
      assert.equal(new URL(url).hostname, expected, 'what is requested')
      assert.equal(urlToHttpOptions(new URL(url)).hostname, expected.replaceAll(/[[\]]/g, ''), 'what is connected to')
      assert.equal(new URL(redactUrl(url)).hostname, expected, 'what is logged')
      assert.equal(new URL(url).href, url, 'reading it again changes nothing')
    })
  }

  test('a fragment is dropped, userinfo and query are kept', () => {
    assert.equal(made({ url: 'https://u:p@host.example/a b?q=1#frag?x=#y' }).url, 'https://u:p@host.example/a%20b?q=1')
    assert.equal(made({ url: 'http://host.example#' }).url, 'http://host.example/')
  })

  test('a forgotten scheme is said to be so, another one is named', () => {
    assert.match(refused({ url: 'example.com/x' }, 'INVALID_URL'), /https:\/\//)
    assert.match(refused({ url: 'example.com:8080/x' }, 'INVALID_URL'), /https:\/\//)
    assert.match(refused({ url: 'ftp://host.example/x' }, 'INVALID_SCHEME'), /ftp/)
  })

  test('a URL of more than 64 KB is refused', () => {
    refused({ url: `${URL_OK}?${'x'.repeat(65_536)}` }, 'INVALID_LONG')
  })

  test('what is accepted is always http or https, without fragment, blanks and control characters', () => {
    const fragments = [
      'http:',
      'https:',
      '/',
      '\\',
      '@',
      '#',
      '?',
      '%',
      '[',
      ']',
      ':',
      'a',
      '.',
      ' ',
      '\t',
      '\n',
      '\0',
      'é',
      'ftp:',
    ]
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...fragments), fc.string()), { maxLength: 12 }), (parts) => {
        const result = makeJob({ url: parts.join('') })
        if (result.ok) assert.match(result.url, /^https?:\/\/[^/ ][!-"$-~]*$/)
      }),
      runs(2_000),
    )
  })

  test('no message shows a password', () => {
    for (const url of ['http://me:s3cr3t@[::1/', 'me:s3cr3t@host.example', 's3cr3t:8080', 'http://me:s3cr3t@host:x/']) {
      const result = makeJob({ url })
      assert.ok(!result.ok && !result.problem.message.includes('s3cr3t'), url)
    }
  })
})

describe('makeJob and the checksum:', () => {
  const digits = { sha256: 64, sha384: 96, sha512: 128, sha1: 40, md5: 32 }
  for (const [algorithm, count] of Object.entries(digits)) {
    test(`${algorithm} has ${count} digits, in any case, with or without a dash`, () => {
      const hash = `${algorithm}:${'ab'.repeat(count / 2)}`
      const dashed = `${algorithm.toUpperCase().replace('SHA', 'SHA-')}:${'AB'.repeat(count / 2)}`
      assert.equal(made({ url: URL_OK, hash }).hash, hash)
      assert.equal(made({ url: URL_OK, hash: dashed }).hash, hash)
      refused({ url: URL_OK, hash: hash.slice(0, -1) }, 'INVALID_HASH')
      refused({ url: URL_OK, hash: `${hash}0` }, 'INVALID_HASH')
    })
  }
  for (const hash of ['00', 'crc32:00000000', 'sha256', 'sha256:', `sha256:${'g'.repeat(64)}`, '__proto__:00', 'constructor:0']) {
    test(`${JSON.stringify(hash)} is no checksum`, () => {
      refused({ url: URL_OK, hash }, 'INVALID_HASH')
    })
  }
})

describe('makeJob and the rest:', () => {
  test('mirrors are checked and normalised like the URL, and none is there twice', () => {
    const mirrors = ['HTTP://m.example/a#x', URL_OK, 'http://m.example/a', 'http://n.example']
    assert.deepEqual(made({ url: URL_OK, mirrors }).mirrors, ['http://m.example/a', 'http://n.example/'])
    assert.match(refused({ url: URL_OK, mirrors: ['http://m.example', 'file:///etc/passwd'] }, 'INVALID_SCHEME'), /mirror 2/)
    refused({ url: URL_OK, mirrors: ['http://m.example/\r\nX: y'] }, 'INVALID_BYTES')
    assert.ok(!('mirrors' in made({ url: URL_OK, mirrors: [URL_OK] })))
  })

  test('a name is passed on as it is, for the sink to clean, unless it holds control characters', () => {
    assert.equal(made({ url: URL_OK, name: '../../etc/passwd' }).name, '../../etc/passwd')
    assert.ok(!('name' in made({ url: URL_OK, name: '' })))
    for (const name of ['a\nb', 'a\0', '\u001b[31m', 'a\u0085']) refused({ url: URL_OK, name }, 'INVALID_BYTES')
  })

  test('a size is a whole number of bytes', () => {
    assert.equal(made({ url: URL_OK, size: 0 }).size, 0)
    for (const size of [-1, 1.5, Number.NaN, Infinity, 2 ** 53]) refused({ url: URL_OK, size }, 'INVALID_ROW')
  })

  test('headers are passed on without a prototype', () => {
    const headers = JSON.parse('{"Accept":" image/gif ","__proto__":"x","X-Café":"y"}') as Record<string, string>
    refused({ url: URL_OK, headers }, 'INVALID_HEADER')
    delete headers['X-Café']
    const sent = made({ url: URL_OK, headers }).headers
    assert.ok(sent !== undefined)
    assert.equal(Object.getPrototypeOf(sent), null)
    assert.deepEqual(Object.entries(sent), [
      ['Accept', 'image/gif'],
      ['__proto__', 'x'],
    ])
    assert.equal(({} as Record<string, unknown>).x, undefined)
  })

  for (const name of [
    'Host',
    'content-length',
    'Transfer-Encoding',
    'connection',
    'Range',
    'If-Range',
    'TE',
    'Upgrade',
    'Proxy-Authorization',
  ]) {
    test(`the header ${name} is not for lists to set`, () => {
      assert.ok(refused({ url: URL_OK, headers: { [name]: '1' } }, 'INVALID_HEADER').includes(name))
    })
  }

  for (const name of ['', 'a b', 'a:b', 'a(', 'é']) {
    test(`${JSON.stringify(name)} is no name of a header`, () => {
      refused({ url: URL_OK, headers: { [name]: '1' } }, 'INVALID_HEADER')
    })
  }

  test('no header can end the line it is on, and no message shows its value', () => {
    for (const ending of ['\r\nHost: evil.example', '\n', '\r', '\0', '\u0085']) {
      const message = refused({ url: URL_OK, headers: { 'X-Token': `s3cr3t${ending}` } }, 'INVALID_BYTES')
      assert.ok(!message.includes('s3cr3t'))
      refused({ url: URL_OK, headers: { [`X-Token${ending}`]: '1' } }, 'INVALID_BYTES')
    }
    refused({ url: URL_OK, headers: { 'X-Token': '日本' } }, 'INVALID_HEADER')
  })

  test('nothing that is accepted holds a control character', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '\0', '\t', ':', '%0d', 'é', ' ') })
    fc.assert(
      fc.property(text, text, text, fc.dictionary(text, text), (path, name, mirror, headers) => {
        const result = makeJob({ url: `http://h.example/${path}`, name, mirrors: [`http://m.example/${mirror}`], headers })
        if (!result.ok) return
        const texts = Object.values(result).flatMap((value) => Object.entries(value as object).flat())
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(texts.join(''), /[\u0000-\u001f]/)
      }),
      runs(1_000),
    )
  })
})
