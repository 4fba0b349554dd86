import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { allOf, told, untilFailure } from './read-source.js'
import { openSource } from './source-modules.js'

type Written = Parameters<typeof parquetWriteBuffer>[0]

function write(folder: string, options: Written, change: (bytes: Buffer) => Buffer = (bytes) => bytes): string {
  const path = join(folder, 'list.parquet')
  writeFileSync(path, change(Buffer.from(parquetWriteBuffer(options))))
  return path
}

const COLUMNS: Written['columnData'] = [
  { name: 'caption', data: ['a', 'b', 'c'], type: 'STRING' },
  { name: 'URL', data: ['http://h/1', null, 'http://h/3'], type: 'STRING' },
  { name: 'md5', data: ['00ff', null, null], type: 'STRING' },
  { name: 'alt', data: ['http://m/1 http://m/2', null, null], type: 'STRING' },
]

describe('a parquet list', () => {
  test('has columns by name, rows by number, and rows without URL as bad entries', async (t) => {
    const path = write(temporaryFolder(t), { columnData: COLUMNS, rowGroupSize: 2 })
    const columns = { hashCol: 'md5', mirrorsCol: 'alt', nameCol: 'caption' }
    const [first, second, third] = await allOf(await openSource({ inputs: [path], columns }))
    assert.deepEqual(first, {
      input: { url: 'http://h/1', name: 'a', hash: 'md5:00ff', mirrors: ['http://m/1', 'http://m/2'] },
      line: 1,
    })
    assert.deepEqual(second, { text: 'row 2', problem: { code: 'INVALID_ROW', message: "no 'URL' in it" }, line: 2 })
    assert.deepEqual(third, { input: { url: 'http://h/3', name: 'c' }, line: 3 })
  })

  test('may be compressed by snappy, gzip or brotli', async (t) => {
    const compressors = { GZIP: (bytes: Uint8Array) => gzipSync(bytes), BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes) }
    for (const codec of ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'BROTLI'] as const) {
      const data = Array.from({ length: 500 }, (_, index) => `http://h/${index}`)
      const path = write(temporaryFolder(t), { columnData: [{ name: 'url', data, type: 'STRING' }], codec, compressors })
      assert.equal((await allOf(await openSource({ inputs: [path] }))).length, 500, codec)
    }
  })

  test('without the column asked for is refused, with the columns it has', async (t) => {
    const path = write(temporaryFolder(t), { columnData: COLUMNS })
    await assert.rejects(allOf(await openSource({ inputs: [path], columns: { urlCol: 'link' } })), {
      code: 'ERR_SOURCE',
      message: /has no column 'link'; its columns are 'caption', 'URL'/,
    })
  })

  test('that is broken ends with ERR_SOURCE that names it', async (t) => {
    const changes: ((bytes: Buffer) => Buffer)[] = [
      (bytes) => bytes.subarray(0, -1),
      (bytes) => bytes.subarray(0, 3),
      () => Buffer.alloc(0),
      () => Buffer.from('http://h/1\n'),
      (bytes) => Buffer.concat([bytes.subarray(0, -8), Buffer.from([0xff, 0xff, 0xff, 0x7f]), bytes.subarray(-4)]),
      (bytes) => Buffer.concat([Buffer.alloc(bytes.length - 300, 0xaa), bytes.subarray(-300)]),
    ]
    for (const change of changes) {
      const path = write(temporaryFolder(t), { columnData: COLUMNS }, change)
      const { error } = await untilFailure(await openSource({ inputs: [path] }))
      assert.equal(error.code, 'ERR_SOURCE', error.stack)
      assert.match(error.message, /list\.parquet/)
    }
  })

  test('gives the row groups before a broken one', async (t) => {
    const data = Array.from({ length: 300 }, (_, index) => `http://h/${index}`)
    const path = write(
      temporaryFolder(t),
      { columnData: [{ name: 'url', data, type: 'STRING', encoding: 'PLAIN' }], codec: 'UNCOMPRESSED', rowGroupSize: 100 },
      (bytes) => {
        bytes.fill(0xff, bytes.indexOf('http://h/200') - 16, bytes.indexOf('http://h/200'))
        return bytes
      },
    )
    const { entries, error } = await untilFailure(await openSource({ inputs: [path] }))
    assert.equal(error.code, 'ERR_SOURCE')
    assert.equal(told(entries).at(-1), '200 http://h/199')
  })

  test('cannot come from standard input, a pipe or gzip', async (t) => {
    const { Readable } = await import('node:stream')
    const gz = join(temporaryFolder(t), 'list.parquet.gz')
    writeFileSync(gz, gzipSync(''))
    await assert.rejects(openSource({ inputs: ['-'], format: 'parquet', stdin: Readable.from([]) }), {
      code: 'ERR_SOURCE',
      message: /standard input/,
    })
    await assert.rejects(openSource({ inputs: [gz] }), { code: 'ERR_SOURCE', message: /gzip/ })
  })
})
