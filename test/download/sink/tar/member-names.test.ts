/** Names of samples: readers group members by what stands before the first dot. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { memberTemplate } from './tar-modules.js'

const CASES: readonly (readonly [template: string, path: string, name: string | undefined, member: string])[] = [
  ['{index:09}', 'a/flag.gif', undefined, '000000012.gif'],
  ['{index:09}', 'a/flag.gif?v=2', 'brazil.png', '000000012.png'],
  ['{index:09}', 'flags.tar.gz', undefined, '000000012.tar.gz'],
  ['{index:09}', 'flag', undefined, '000000012.bin'],
  ['{index:09}', '', undefined, '000000012.html'],
  ['{index:09}', 'facts.json', undefined, '000000012.body.json'],
  ['{index:09}', 'facts.JSON', undefined, '000000012.body.JSON'],
  ['{index:09}{ext}', 'flag.gif', undefined, '000000012.gif'],
  ['{base}', 'flag.v1.2.gif', undefined, 'flag_v1_2.gif'],
  ['{base}', 'flag', undefined, 'flag.bin'],
  ['{base}', 'flag.gif', 'south/brazil.large.png', 'south/brazil_large.png'],
  ['{host}/{stem}', 'flag.gif', undefined, 'h.example/flag.gif'],
  ['{index}-{host}', 'flag.gif', undefined, '12-h.example'],
]

describe('the name of a sample', () => {
  for (const [template, path, name, member] of CASES) {
    test(`${template} of ${path}${name === undefined ? '' : `, called ${name}`} is ${member}`, () => {
      const url = `https://h.example/${path}`
      assert.equal(memberTemplate(template)({ id: 12, url, ...(name === undefined ? {} : { name }) }), member)
    })
  }

  test('has no dot in its key, and is unique by its number as that of a file is', () => {
    assert.equal(memberTemplate('{index:09}').unique, true)
    assert.equal(memberTemplate('{index}.{stem}').unique, true)
    assert.equal(memberTemplate('{stem}').unique, false)
  })
})
