import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { hostileName } from './hostile-names.js'
import { runs } from '../../support/thorough.js'

const { compileTemplate } = (await import(
  new URL('../../../../dist/download/naming/template.js', import.meta.url).href
)) as typeof import('../../../src/download/naming/template.js')

const URL_OF_CN = 'http://user:pw@Flags.example:8080/world/cn/cn.gif?size=2&x=/y'

describe('each field', () => {
  const cases: readonly [template: string, name: string][] = [
    ['{base}', 'cn.gif'],
    ['{stem}', 'cn'],
    ['{stem}{ext}', 'cn.gif'],
    ['x{ext}', 'x.gif'],
    ['{cc}.gif', 'CN.gif'],
    ['{path}', 'world/cn/cn.gif'],
    ['{host}/{path}', 'Flags.example_8080/world/cn/cn.gif'],
    ['{index}-{base}', '7-cn.gif'],
    ['{index:06}-{stem}{ext}', '000007-cn.gif'],
    ['{name}', 'cn.gif'],
    ['{hash:8}{ext}', `${createHash('sha256').update(URL_OF_CN).digest('hex').slice(0, 8)}.gif`],
    ['{hash}', createHash('sha256').update(URL_OF_CN).digest('hex')],
    ['{stem}-{query}', 'cn-size=2&x=_y'],
    ['all/{base}', 'all/cn.gif'],
    ['{{{base}}}', '{cn.gif}'],
    ['}{base}', '}cn.gif'],
    ['../{base}', '_/cn.gif'],
    ['/{base}', 'cn.gif'],
  ]
  for (const [template, name] of cases) {
    test(`${template} makes ${name}`, () => assert.equal(compileTemplate(template)({ id: 7, url: URL_OF_CN }), name))
  }
})

describe('the base name of a URL', () => {
  const cases: readonly [url: string, name: string, path?: string][] = [
    ['https://h/', 'index.html'],
    ['https://h', 'index.html'],
    ['https://h?x=1', 'index.html'],
    ['https://h/a/', 'index.html', 'a/index.html'],
    ['https://h/a/?q=b/c.gif', 'index.html', 'a/index.html'],
    ['https://h/a/b.gif?x=1', 'b.gif', 'a/b.gif'],
    ['https://h/a/b.gif?x=http://evil/y', 'b.gif', 'a/b.gif'],
    ['https://h/a.gif#b?c', 'a.gif', 'a.gif'],
    ['https://h/..%2f..%2fetc%2fpasswd', '_._.._etc_passwd', '_._.._etc_passwd'],
    ['https://h/..%5c..%5cx', '_._.._x'],
    ['https://h/a%2fb/c%2Fd.gif', 'c_d.gif', 'a_b/c_d.gif'],
    ['https://h/%2e%2e/x', 'x', '_/x'],
    ['https://h/%00%0d%0a.gif', '___.gif'],
    ['https://h/caf%C3%A9.gif', 'café.gif'],
    ['https://h/cafe%CC%81.gif', 'café.gif'],
    ['https://h/caf%E9.gif', 'caf%E9.gif'],
    ['https://h/100%25.gif', '100%.gif'],
    ['https://h/100%.gif', '100%.gif'],
    ['https://h/%252e%252e%252fx', '%2e%2e%2fx'],
    ['https://h/.bash_profile', '_bash_profile'],
    ['https://h/-rf', '_rf'],
    ['https://h/C:x', 'C_x'],
    ['https://h//a///b', 'b', 'a/b'],
    ['https://h/x.tar.gz', 'x.tar.gz'],
  ]
  for (const [url, name, path] of cases) {
    test(`${url} gives ${name}`, () => {
      assert.equal(compileTemplate('{base}')({ id: 0, url }), name)
      if (path !== undefined) assert.equal(compileTemplate('{path}')({ id: 0, url }), path)
    })
  }

  test('stem and extension together are the base, whatever it is', () => {
    const [base, both] = [compileTemplate('{base}'), compileTemplate('{stem}{ext}')]
    fc.assert(
      fc.property(hostileName, (raw) => {
        const url = `https://h/${encodeURIComponent(raw.replace(/\p{Cs}/gu, ''))}`
        assert.equal(both({ id: 0, url }), base({ id: 0, url }))
      }),
    )
  })
})

describe('the name the list gives', () => {
  const facts = { id: 4, url: 'https://h/a.gif', name: '../flags/Brazil.gif' }

  test('wins over the template, and is cleaned', () => {
    assert.equal(compileTemplate('{base}')(facts), '_/flags/Brazil.gif')
    assert.equal(compileTemplate('{host}/{base}')(facts), '_/flags/Brazil.gif')
  })

  test('is put where the template asks for it', () => {
    assert.equal(compileTemplate('x/{name}')(facts), 'x/_/flags/Brazil.gif')
  })

  test('yields to a template that numbers the files, so that its names stay unique', () => {
    assert.equal(compileTemplate('{index:03}{ext}')(facts), '004.gif')
    assert.equal(compileTemplate('{index}-{name}')(facts), '4-../flags/Brazil.gif'.replace('4-..', '4-'))
  })

  test('may be anything: it never leaves the root', () => {
    const template = compileTemplate('{base}')
    fc.assert(
      fc.property(hostileName, (name) => {
        const path = template({ ...facts, name })
        assert.ok(path !== '' && path.split('/').every((part) => part !== '' && part !== '..' && part !== '.'), path)
      }),
      runs(10_000),
    )
  })
})

describe('a template is unique', () => {
  for (const template of [
    '{index}',
    '{index:06}-{base}',
    '{index:06}{ext}',
    '{path}/{index}_{stem}',
    '{index}/{path}',
    'a/{index}-{stem}-x{ext}',
    '{index}-{path}',
    '{index}-{name}',
  ]) {
    test(`when the number opens a component and is set off: ${template}`, () =>
      assert.equal(compileTemplate(template).unique, true))
  }
  for (const template of [
    '{base}',
    '{index}{base}',
    '{index}{ext}{base}',
    '{index}2{ext}',
    'x{index}',
    '{stem}-{index}',
    '{host}/{index}-{path}',
    '{hash}',
    '{index}\u200b{stem}',
  ]) {
    test(`and not otherwise: ${template}`, () => assert.equal(compileTemplate(template).unique, false))
  }

  test('and then no two names are equal, even to a file system that ignores case, however hostile the URLs', () => {
    const templates = [
      '{index}',
      '{index:06}-{base}',
      '{index:02}{ext}',
      '{path}/{index}_{stem}',
      '{index}/{path}',
      '{index}-{name}',
    ].map(compileTemplate)
    fc.assert(
      fc.property(fc.array(hostileName, { minLength: 2, maxLength: 12 }), fc.constantFrom(...templates), (raws, template) => {
        const names = raws.flatMap((raw, index) => {
          const url = `https://h/${encodeURIComponent(raw.replace(/\p{Cs}/gu, '')).replaceAll('%2F', '/')}`
          // Numbers one of which begins with the other.
          return [index, index * 10 + 1, 100 + index * 10].map((id) => template({ id, url, name: raw }))
        })
        const ids = new Set(raws.flatMap((_, index) => [index, index * 10 + 1, 100 + index * 10]))
        assert.ok(new Set(names.map((name) => name.toUpperCase().toLowerCase())).size >= ids.size)
      }),
      runs(500),
    )
  })
})

describe('a template that makes no sense is refused with', () => {
  const cases: readonly [template: string, message: RegExp][] = [
    ['{basename}', /unknown field \{basename\}; known are \{index\}.*\{query\} at character 1\./],
    ['a-{constructor}', /unknown field \{constructor\};.* at character 3\./],
    ['{}', /unknown field \{\}/],
    ['x{base', /a brace at character 2 that is not closed/],
    ['{index:6}', /the format ':6' of \{index\}; write \{index:06\} at character 1/],
    ['{index:06d}', /the format ':06d'/],
    ['{hash:65}', /the format ':65' of \{hash\}; write \{hash:8\}/],
    ['{base:3}', /the format ':3' of \{base\}; \{base\} takes none/],
    ['', /is empty/],
    ['{host}/', /ends with a slash/],
  ]
  for (const [template, message] of cases) {
    test(`a clear message: '${template}'`, () => {
      assert.throws(() => compileTemplate(template), { name: 'RunError', code: 'ERR_OPTIONS', message })
    })
  }
})
