import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { randomFrom } from '../../support/random.js'
import { allOf, readList, told, untilFailure, writeList } from './read-source.js'
import { openSource } from './source-modules.js'

const random = randomFrom(47)
const LINES = Array.from({ length: 20_000 }, (_, index) => `http://h/${random()}/${index}`)
const ZIPPED = gzipSync(LINES.join('\n'))

describe('a list in gzip', () => {
  test('is read by its first bytes, whatever its name, and from standard input in pieces of one byte', async (t) => {
    const zipped = gzipSync('\ufeffhttp://h/1\nhttp://h/2\n')
    for (const name of ['l.txt', 'l.gz', 'l.txt.GZ']) {
      assert.deepEqual(told(await readList(temporaryFolder(t), name, zipped)), ['1 http://h/1', '2 http://h/2'])
    }
    const stdin = Readable.from(Array.from(zipped, (byte) => Buffer.from([byte])))
    assert.equal((await allOf(await openSource({ inputs: ['-'], stdin }))).length, 2)
  })

  test('keeps the format of the name before .gz', async (t) => {
    assert.deepEqual(told(await readList(temporaryFolder(t), 'l.csv.gz', gzipSync('id,url\n1,http://h/1\n'))), ['2 http://h/1'])
  })

  test('may have several members', async (t) => {
    const zipped = Buffer.concat([gzipSync('http://h/1\nhttp'), gzipSync('://h/2\n')])
    assert.deepEqual(told(await readList(temporaryFolder(t), 'l.gz', zipped)), ['1 http://h/1', '2 http://h/2'])
  })

  for (const cut of [1, 8, 9, 1_000, 100_000, ZIPPED.length - 11]) {
    test(`without its last ${cut} bytes gives every whole line before the cut, no half one, and then ERR_SOURCE`, async (t) => {
      const path = writeList(temporaryFolder(t), 'cut.txt.gz', ZIPPED.subarray(0, -cut))
      const { entries, error } = await untilFailure(await openSource({ inputs: [path] }))
      assert.equal(error.code, 'ERR_SOURCE')
      assert.match(error.message, /cut\.txt\.gz.*cut or broken/)
      assert.deepEqual(
        told(entries),
        LINES.slice(0, entries.length).map((url, index) => `${index + 1} ${url}`),
      )
      // Deflate holds back at most its last block.
      const missing = LINES.length - entries.length
      assert.ok(missing >= 1 && missing <= (cut / ZIPPED.length) * LINES.length + 3_000, `${missing} missing`)
    })
  }

  test('with a wrong byte gives what is before it, and then ERR_SOURCE', async (t) => {
    const broken = Buffer.from(ZIPPED)
    broken.fill(0xff, 200_000, 200_100)
    const { entries, error } = await untilFailure(await openSource({ inputs: [writeList(temporaryFolder(t), 'b.gz', broken)] }))
    assert.equal(error.code, 'ERR_SOURCE')
    assert.ok(entries.length > 0 && entries.length < LINES.length)
  })

  test('that is no gzip though its name says so is refused', async (t) => {
    await assert.rejects(readList(temporaryFolder(t), 'l.txt.gz', 'http://h/1\n'), { code: 'ERR_SOURCE', message: /l\.txt\.gz/ })
    await assert.rejects(readList(temporaryFolder(t), 'l.txt.gz', ''), { code: 'ERR_SOURCE', message: /l\.txt\.gz/ })
  })
})
