import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { readList, told } from './read-source.js'
import { runs } from '../../support/thorough.js'

const ALL = { urlCol: 'url', nameCol: 'name', hashCol: 'sha256', mirrorsCol: 'mirrors' }

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

describe('a csv list', () => {
  test('has its columns by name, in any case and order', async (t) => {
    const list = 'Mirrors,ignored,SHA256,URL,name\nhttp://m/1|http://m/2 http://m/3,x,ABCD, http://h/1 ,a b.gif\n,,,http://h/2,\n'
    assert.deepEqual(await readList(temporaryFolder(t), 'l.csv', list, { columns: ALL }), [
      {
        input: { url: 'http://h/1', name: 'a b.gif', hash: 'sha256:ABCD', mirrors: ['http://m/1', 'http://m/2', 'http://m/3'] },
        line: 2,
      },
      { input: { url: 'http://h/2' }, line: 3 },
    ])
  })

  test('uses only the URL unless it is told other columns', async (t) => {
    const list = 'url,name,hash\nhttp://h/1,Jane,abc\n'
    assert.deepEqual(await readList(temporaryFolder(t), 'l.csv', list), [{ input: { url: 'http://h/1' }, line: 2 }])
  })

  test('without the column asked for is refused, with the columns it has', async (t) => {
    const read = (columns: object): Promise<unknown> =>
      readList(temporaryFolder(t), 'l.csv', 'id,link\n1,http://h/1\n', { columns })
    await assert.rejects(read({}), { code: 'ERR_SOURCE', message: /l\.csv has no column 'url'; its columns are 'id', 'link'/ })
    await assert.rejects(read({ urlCol: 'link', nameCol: 'file' }), { code: 'ERR_SOURCE', message: /'file'/ })
    await assert.rejects(read({ urlCol: '__proto__' }), { code: 'ERR_SOURCE' })
  })

  test('without a header row is refused, with a hint, and shows no password', async (t) => {
    const error = await readList(temporaryFolder(t), 'l.csv', 'http://me:s3cr3t@h/1?token=s3cr3t\n').catch(
      (cause: unknown) => cause,
    )
    assert.ok(error instanceof Error)
    assert.match(error.message, /--input-format txt/)
    assert.ok(!error.message.includes('s3cr3t'))
  })

  test('has quotes around cells, doubled inside, and line breaks and commas in them', async (t) => {
    const list = 'url,name\r\n"http://h/1","a, ""b"""\r\nhttp://h/2,"two\nlines, and ""quotes"""\n\nhttp://h/6,x'
    const entries = await readList(temporaryFolder(t), 'l.csv', list, { columns: { nameCol: 'name' } })
    assert.deepEqual(
      entries.map((entry) => ('input' in entry ? [entry.line, entry.input.url, entry.input.name] : [])),
      [
        [2, 'http://h/1', 'a, "b"'],
        [3, 'http://h/2', 'two\nlines, and "quotes"'],
        [6, 'http://h/6', 'x'],
      ],
    )
  })

  test('has ragged rows, rows without URL and unreadable quotes as bad entries, one for each line', async (t) => {
    const rows = ['url,a', 'http://h/2', 'http://h/3,x,y', ',x', 'http://h/5,"x" y', 'http://h/6,x"y"', 'http://h/7,z']
    assert.deepEqual(told(await readList(temporaryFolder(t), 'l.csv', rows.join('\n'))), [
      '2 INVALID_ROW',
      '3 INVALID_ROW',
      '4 INVALID_ROW',
      '5 INVALID_ROW',
      '6 INVALID_ROW',
      '7 http://h/7',
    ])
  })

  test('with a quote that is never closed loses that line and no other', async (t) => {
    const many = Array.from({ length: 5_000 }, (_, index) => `http://h/${index},x`)
    const entries = await readList(temporaryFolder(t), 'l.csv', `url,a\nhttp://h/bad,"x\n${many.join('\n')}\n`)
    assert.deepEqual(told(entries), ['2 INVALID_ROW', ...many.map((_, index) => `${index + 3} http://h/${index}`)])
  })

  test('with a stray quote in every line still has every line once', async (t) => {
    const many = Array.from({ length: 3_000 }, (_, index) => `http://h/${index},5" pipe`)
    const entries = await readList(temporaryFolder(t), 'l.csv', `url,a\n${many.join('\n')}\nhttp://h/last,x`)
    assert.deepEqual(told(entries), [...many.map((_, index) => `${index + 2} INVALID_ROW`), '3002 http://h/last'])
  })

  test('has lines that are too long or not UTF-8 as bad entries, in a quoted cell too', async (t) => {
    const list = Buffer.concat([
      Buffer.from(`url,a\nhttp://h/2,${'x'.repeat(70_000)}\nhttp://h/3,"open\n${','.repeat(70_000)}\nhttp://h/5,y\nhttp://h/6,`),
      Buffer.from([0xff, 0x0a]),
      Buffer.from('http://h/7,z'),
    ])
    assert.deepEqual(told(await readList(temporaryFolder(t), 'l.csv', list)), [
      '2 INVALID_LONG',
      '3 INVALID_ROW',
      '4 INVALID_LONG',
      '5 http://h/5',
      '6 INVALID_ENCODING',
      '7 http://h/7',
    ])
  })

  test('with an unreadable header is refused', async (t) => {
    for (const list of ['"url,a\nhttp://h/1,x\n', `url${',x'.repeat(40_000)}\nhttp://h/1\n`, 'u"rl,a\nhttp://h/1,x\n']) {
      await assert.rejects(readList(temporaryFolder(t), 'l.csv', list), { code: 'ERR_SOURCE', message: /l\.csv.*header/ })
    }
  })

  test('reads back every table that is written as the standard says', async (t) => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', "'", 'é', '=', '\t') })
    const folder = temporaryFolder(t)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), async (rows) => {
        const lines = rows.map(([a, b], index) => `http://h/${index},${quoted(a)},${quoted(b)}`)
        const entries = await readList(folder, 'l.csv', `url,a,name\n${lines.join('\n')}\n`, { columns: { nameCol: 'name' } })
        assert.deepEqual(
          entries.map((entry) => ('input' in entry ? [entry.input.url, entry.input.name ?? ''] : entry)),
          rows.map(([, name], index) => [`http://h/${index}`, name]),
        )
      }),
      runs(300),
    )
  })
})

describe('a tsv list', () => {
  test('has tabs between cells, and quotes mean nothing', async (t) => {
    const list = 'caption\turl\n"a\thttp://h/1\nb "c"\thttp://h/2\nd\thttp://h/3\tx\n'
    assert.deepEqual(told(await readList(temporaryFolder(t), 'l.tsv', list)), ['2 http://h/1', '3 http://h/2', '4 INVALID_ROW'])
  })
})
