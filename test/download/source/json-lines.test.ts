import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { makeJob } from '../job-modules.js'
import { readList, told } from './read-source.js'

describe('a jsonl list', () => {
  test('may say everything of a download', async (t) => {
    const line = {
      url: 'http://h/1',
      name: 'a.gif',
      hash: 'sha256:00',
      size: 5,
      mirrors: ['http://m/1'],
      headers: { Accept: 'image/gif' },
      other: [1, { deep: true }],
    }
    const [entry] = await readList(temporaryFolder(t), 'l.jsonl', `${JSON.stringify(line)}\r\n`)
    assert.ok(entry !== undefined && 'input' in entry)
    const { other: _, ...input } = line
    assert.deepEqual({ ...entry.input, headers: { ...entry.input.headers } }, input)
  })

  test('has null for what is absent, blank lines, and keys in other case', async (t) => {
    const list = '{"url":"http://h/1","name":null,"headers":null}\n\n  {"URL":"http://h/3","Name":"n"}  \n'
    assert.deepEqual(await readList(temporaryFolder(t), 'l.ndjson', list), [
      { input: { url: 'http://h/1' }, line: 1 },
      { input: { url: 'http://h/3', name: 'n' }, line: 3 },
    ])
  })

  test('may have other keys, by the options of columns', async (t) => {
    const columns = { urlCol: 'link', nameCol: 'key', hashCol: 'md5', mirrorsCol: 'alt' }
    const list = '{"link":"http://h/1","key":"k","md5":"00ff","alt":["http://m"],"url":"http://no"}\n'
    assert.deepEqual(await readList(temporaryFolder(t), 'l.jsonl', list, { columns }), [
      { input: { url: 'http://h/1', name: 'k', hash: 'md5:00ff', mirrors: ['http://m'] }, line: 1 },
    ])
  })

  const BAD = [
    '{',
    '[]',
    'null',
    '"http://h/"',
    '5',
    '{}',
    '{"url":5}',
    '{"url":null}',
    '{"url":["http://h/"]}',
    '{"url":"http://h/","name":5}',
    '{"url":"http://h/","hash":{}}',
    '{"url":"http://h/","size":"5"}',
    '{"url":"http://h/","size":-1}',
    '{"url":"http://h/","size":1.5}',
    '{"url":"http://h/","size":1e300}',
    '{"url":"http://h/","mirrors":"http://m/"}',
    '{"url":"http://h/","mirrors":[5]}',
    '{"url":"http://h/","headers":[]}',
    '{"url":"http://h/","headers":{"a":1}}',
    '{"__proto__":{"url":"http://evil/"}}',
    '{"constructor":{"url":"http://evil/"}}',
    '{"url":"http://h/"}{"url":"http://h/"}',
    '{"url":"http://h/\0"}',
  ]
  test('has what is no such object as bad entries, and goes on', async (t) => {
    const entries = await readList(temporaryFolder(t), 'l.jsonl', [...BAD, '{"url":"http://h/last"}'].join('\n'))
    assert.deepEqual(told(entries), [...BAD.map((_, index) => `${index + 1} INVALID_ROW`), `${BAD.length + 1} http://h/last`])
  })

  test('cannot reach a prototype by any key', async (t) => {
    const list = [
      '{"url":"http://h/1","__proto__":{"polluted":1,"name":"evil"},"constructor":{"prototype":{"polluted":1}}}',
      '{"url":"http://h/2","headers":{"__proto__":"x","constructor":"y","toString":"z"}}',
      '{"url":"http://h/3","mirrors":["__proto__"],"hash":"__proto__:00"}',
    ]
    const entries = await readList(temporaryFolder(t), 'l.jsonl', list.join('\n'))
    assert.deepEqual(entries[0], { input: { url: 'http://h/1' }, line: 1 })
    const made = entries.map((entry) => ('input' in entry ? makeJob(entry.input) : entry))
    assert.deepEqual(Object.entries((made[1] as { headers: object }).headers), [
      ['__proto__', 'x'],
      ['constructor', 'y'],
      ['toString', 'z'],
    ])
    assert.equal(({} as Record<string, unknown>).polluted, undefined)
    assert.equal(Object.prototype.toString.call({}), '[object Object]')
  })

  test('with keys of Object.prototype as columns finds nothing', async (t) => {
    for (const urlCol of ['toString', 'constructor', '__proto__', 'hasOwnProperty']) {
      assert.deepEqual(told(await readList(temporaryFolder(t), 'l.jsonl', '{"url":"http://h/"}', { columns: { urlCol } })), [
        '1 INVALID_ROW',
      ])
    }
  })

  test('shows no headers of a bad line', async (t) => {
    const entries = await readList(temporaryFolder(t), 'l.jsonl', '{"url":"http://h/","headers":{"Authorization":"s3cr3t"}\n')
    assert.ok(!JSON.stringify(entries).includes('s3cr3t'))
  })

  test('nested a hundred thousand deep is a bad line', async (t) => {
    const list = `${'['.repeat(30_000)}\n{"url":"http://h/2","x":${'['.repeat(20_000)}${']'.repeat(20_000)}}\n`
    const [first] = told(await readList(temporaryFolder(t), 'l.jsonl', list))
    assert.equal(first, '1 INVALID_ROW')
  })
})
