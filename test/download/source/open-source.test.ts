import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Readable } from 'node:stream'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { allOf, told, writeList } from './read-source.js'
import { openSource } from './source-modules.js'

describe('openSource', () => {
  test('chooses the reader by the ending, and reads anything else as lines', async (t) => {
    const folder = temporaryFolder(t)
    const lists: readonly (readonly [string, string])[] = [
      ['a.txt', 'http://h/'],
      ['a.CSV', 'url\nhttp://h/'],
      ['a.tsv', 'url\nhttp://h/'],
      ['a.tab', 'url\nhttp://h/'],
      ['a.jsonl', '{"url":"http://h/"}'],
      ['a.ndjson', '{"url":"http://h/"}'],
      ['a.meta4', '<metalink><file name=""><url>http://h/</url></file></metalink>'],
      ['a.xml', '<urlset><url><loc>http://h/</loc></url></urlset>'],
      ['a.list', 'http://h/'],
      ['a', 'http://h/'],
      ['.csv', 'http://h/'],
      ['a.constructor', 'http://h/'],
    ]
    for (const [name, content] of lists) {
      const [entry] = await allOf(await openSource({ inputs: [writeList(folder, name, content)] }))
      assert.deepEqual(entry !== undefined && 'input' in entry && entry.input, { url: 'http://h/' }, name)
    }
  })

  test('believes the format it is told more than the ending', async (t) => {
    const path = writeList(temporaryFolder(t), 'a.csv', 'http://h/a,b\n')
    assert.deepEqual(told(await allOf(await openSource({ inputs: [path], format: 'txt' }))), ['1 http://h/a,b'])
  })

  test('reads URLs first and then the inputs in their order, each entry with the name of its list when there are several', async (t) => {
    const folder = temporaryFolder(t)
    const first = writeList(folder, 'b.txt', 'http://h/b1\nhttp://h/b2')
    const second = writeList(folder, 'a.jsonl', '{"url":"http://h/a"}\n[]')
    const source = await openSource({
      urls: ['http://h/{x,y}'],
      inputs: [first, '-', second],
      stdin: Readable.from(['http://h/s']),
    })
    assert.deepEqual(
      (await allOf(source)).map((entry) => [entry.list, entry.line, 'input' in entry ? entry.input.url : entry.problem.code]),
      [
        [undefined, undefined, 'http://h/x'],
        [undefined, undefined, 'http://h/y'],
        [first, 1, 'http://h/b1'],
        [first, 2, 'http://h/b2'],
        ['standard input', 1, 'http://h/s'],
        [second, 1, 'http://h/a'],
        [second, 2, 'INVALID_ROW'],
      ],
    )
  })

  test('names no list where there is only one', async (t) => {
    const [entry] = await allOf(await openSource({ inputs: [writeList(temporaryFolder(t), 'a.txt', 'http://h/')] }))
    assert.deepEqual(entry, { input: { url: 'http://h/' }, line: 1 })
  })

  test('refuses what cannot be read before anything is requested', async (t) => {
    const folder = temporaryFolder(t)
    mkdirSync(join(folder, 'sub'))
    const refused: readonly (readonly [Parameters<typeof openSource>[0], string, RegExp])[] = [
      [{}, 'ERR_OPTIONS', /nothing to download/],
      [{ urls: ['http://h/{'] }, 'ERR_OPTIONS', /http:\/\/h\/\{.*position 10/],
      [{ urls: ['http://me:s3cr3t@h/?key=s3cr3t{'] }, 'ERR_OPTIONS', /^(?!.*s3cr3t)/],
      [{ inputs: [join(folder, 'none.txt')] }, 'ERR_SOURCE', /none\.txt.*ENOENT/],
      [{ inputs: [join(folder, 'sub')] }, 'ERR_SOURCE', /is a folder/],
      [{ inputs: ['-', '-'], stdin: Readable.from([]) }, 'ERR_OPTIONS', /only once/],
      [{ inputs: ['-'] }, 'ERR_OPTIONS', /standard input/],
    ]
    for (const [options, code, message] of refused) await assert.rejects(openSource(options), { code, message })
  })

  test('knows the size of files and not that of pipes', async (t) => {
    const path = writeList(temporaryFolder(t), 'a.txt', 'http://h/')
    assert.equal((await openSource({ inputs: [path] })).size, 9)
    assert.equal((await openSource({ inputs: [path, path] })).size, 18)
    assert.equal((await openSource({ inputs: [path, '-'], stdin: Readable.from([]) })).size, undefined)
  })

  test(
    'reads a named pipe, which has neither size nor fingerprint',
    { skip: process.platform === 'win32' ? 'no named pipes' : false },
    async (t) => {
      const path = join(temporaryFolder(t), 'pipe')
      assert.equal(spawnSync('mkfifo', [path]).status, 0)
      const source = await openSource({ inputs: [path] })
      assert.equal(source.size, undefined)
      assert.equal(await source.fingerprint(), undefined)
      const { execFile } = await import('node:child_process')
      execFile('sh', ['-c', `echo http://h/1 > '${path}'`])
      assert.deepEqual(told(await allOf(source)), ['1 http://h/1'])
    },
  )
})

describe('the fingerprint of a list in a file', () => {
  test('is that of its content and of the way it is read, not of its name', async (t) => {
    const folder = temporaryFolder(t)
    const print = async (name: string, content: string, options: object = {}): Promise<string | undefined> =>
      (await openSource({ ...options, inputs: [writeList(folder, name, content)] })).fingerprint()
    const same = await print('a.txt', 'url\nhttp://h/')
    assert.equal(await print('b.txt', 'url\nhttp://h/'), same)
    const others = [
      await print('a.txt', 'url\nhttp://i/'),
      await print('a.csv', 'url\nhttp://h/'),
      await print('a.csv', 'url\nhttp://h/', { columns: { urlCol: 'URL' } }),
      await print('a.txt', 'url\nhttp://h/', { urls: ['http://h/'] }),
    ]
    assert.equal(new Set([same, ...others]).size, 5)
    const ordered = { columns: { urlCol: 'a', nameCol: 'b' } }
    const reordered = { columns: { nameCol: 'b', urlCol: 'a' } }
    assert.equal(await print('a.csv', 'a,b', ordered), await print('a.csv', 'a,b', reordered))
  })

  test('of 100 GB takes a moment, and tells lists apart by size, begin, end and samples', async (t) => {
    const path = join(temporaryFolder(t), 'large.txt')
    const size = 100 * 2 ** 30
    const fd = openSync(path, 'w')
    t.after(() => closeSync(fd))
    ftruncateSync(fd, size)
    const print = async (): Promise<string | undefined> => (await openSource({ inputs: [path] })).fingerprint()
    const prints = [await print()]
    const gap = Math.floor((size - 2 * 2 ** 20) / 17)
    for (const at of [0, 2 ** 20 - 1, size - 1, size - 2 ** 20, 2 ** 20 + gap]) {
      writeSync(fd, 'x', at)
      prints.push(await print())
    }
    ftruncateSync(fd, size + 1)
    prints.push(await print())
    assert.equal(new Set(prints).size, prints.length)
  })
})
