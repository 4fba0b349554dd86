import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { PassThrough, Readable } from 'node:stream'
import * as fc from 'fast-check'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { makeJob } from '../job-modules.js'
import { allOf, readList, told } from './read-source.js'
import { openSource } from './source-modules.js'
import { runs } from '../../support/thorough.js'

const bytes = (...parts: (string | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))

const urlOf = (length: number): string => `http://h/${'x'.repeat(length - 9)}`

const readPieces = async (chunks: Buffer[]): Promise<string[]> =>
  told(await allOf(await openSource({ inputs: ['-'], stdin: Readable.from(chunks) })))

describe('a list of one URL a line', () => {
  test('has comments, blank lines, both line ends, blanks around URLs and no last line end', async (t) => {
    const list = '# first\r\nhttp://h/1\r\n\n \t \n  http://h/2\t \n   # http://h/no\nhttp://h/#3\nhttp://h/4'
    assert.deepEqual(told(await readList(temporaryFolder(t), 'l.txt', list)), [
      '2 http://h/1',
      '5 http://h/2',
      '7 http://h/#3',
      '8 http://h/4',
    ])
  })

  test('is never read as CSV', async (t) => {
    const list = '"http://h/a,b",x\nhttp://h/{a,b}\n'
    assert.deepEqual(told(await readList(temporaryFolder(t), 'l.txt', list)), ['1 "http://h/a,b",x', '2 http://h/{a,b}'])
  })

  test('loses a byte order mark at its begin and nowhere else', async (t) => {
    assert.deepEqual(told(await readList(temporaryFolder(t), 'l.txt', '\ufeffhttp://h/1\n\ufeffhttp://h/2')), [
      '1 http://h/1',
      '2 \ufeffhttp://h/2',
    ])
  })

  test('that is UTF-16 is refused as a whole, with the command that converts it', async (t) => {
    for (const list of [
      bytes([0xff, 0xfe], Buffer.from('http://h/', 'utf16le').toString('latin1')),
      bytes([0xfe, 0xff, 0, 0x68]),
    ]) {
      await assert.rejects(readList(temporaryFolder(t), 'l.txt', list), {
        code: 'ERR_SOURCE',
        message: /l\.txt is UTF-16.*iconv/,
      })
    }
  })

  test('has bad lines as entries with their numbers, and the lines between them are read', async (t) => {
    const list = bytes(
      'http://h/1\n',
      'x'.repeat(65_537),
      '\nhttp://h/3\n',
      'http://h/',
      [0xff, 0x0a],
      'http://h/5\n',
      [0xc3],
      '\nhttp://h/7',
    )
    assert.deepEqual(told(await readList(temporaryFolder(t), 'l.txt', list)), [
      '1 http://h/1',
      '2 INVALID_LONG',
      '3 http://h/3',
      '4 INVALID_ENCODING',
      '5 http://h/5',
      '6 INVALID_ENCODING',
      '7 http://h/7',
    ])
  })

  test('passes control characters inside a line on to makeJob, which refuses them with the number of the line', async (t) => {
    const list = 'http://h/1\0\nhttp://h/\r2\nhttp://h/\u001b[31m3\nhttp://h/\t4\nhttp://h/\u007f5\nhttp://h/6\r\r\n'
    const entries = await readList(temporaryFolder(t), 'l.txt', list)
    const codes = entries.map((entry) => {
      assert.ok('input' in entry)
      const made = makeJob(entry.input)
      return `${entry.line} ${made.ok ? 'ok' : made.problem.code}`
    })
    assert.deepEqual(
      codes,
      [1, 2, 3, 4, 5, 6].map((line) => `${line} INVALID_BYTES`),
    )
  })

  test('takes lines of 64 KB and not of a byte more, with either line end', async (t) => {
    for (const end of ['\n', '\r\n', '']) {
      assert.equal(told(await readList(temporaryFolder(t), 'l.txt', `${urlOf(65_536)}${end}`))[0], `1 ${urlOf(65_536)}`)
      assert.deepEqual(told(await readList(temporaryFolder(t), 'l.txt', `${urlOf(65_537)}${end}`)), ['1 INVALID_LONG'])
    }
  })

  test('counts 64 KB in bytes, not in characters', async (t) => {
    assert.deepEqual(told(await readList(temporaryFolder(t), 'l.txt', 'é'.repeat(32_769))), ['1 INVALID_LONG'])
  })

  test('ignores comments however long and in whatever encoding', async (t) => {
    const list = bytes(`# ${'x'.repeat(200_000)}\n`, '  # caf', [0xe9], '\nhttp://h/1\n')
    assert.deepEqual(told(await readList(temporaryFolder(t), 'l.txt', list)), ['3 http://h/1'])
  })

  test('with old Macintosh line ends is one bad line, and says how to convert it', async (t) => {
    const [entry] = await readList(temporaryFolder(t), 'l.txt', 'http://h/1\rhttp://h/2\r')
    assert.ok(entry !== undefined && 'input' in entry)
    const made = makeJob(entry.input)
    assert.match(made.ok ? '' : made.problem.message, /tr "\\r" "\\n"/)
  })

  test('reads the same wherever the chunks of a stream are cut', async () => {
    const line = fc.constantFrom('http://h/1', '# c', '', 'é', '\r', ' x ', 'y'.repeat(40))
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.integer({ min: 1, max: 12 })), fc.boolean(), async (lines, cuts, mark) => {
        const whole = Buffer.from(`${mark ? '\ufeff' : ''}${lines.join('\n')}`)
        const pieces: Buffer[] = []
        let from = 0
        for (const cut of [...cuts, whole.length]) {
          if (from < whole.length) pieces.push(whole.subarray(from, from + cut))
          from += cut
        }
        assert.deepEqual(await readPieces(pieces), await readPieces(whole.length === 0 ? [] : [whole]))
      }),
      runs(200),
    )
  })

  test('from a slow pipe gives each line when it has come', async () => {
    const stdin = new PassThrough()
    const batches = (await openSource({ inputs: ['-'], stdin })).batches()[Symbol.asyncIterator]()
    for (const line of ['http://h/1', 'http://h/2', 'not a url']) {
      stdin.write(`${line}\nhttp://h/unfin`)
      const { value } = (await batches.next()) as IteratorYieldResult<readonly { input: { url: string } }[]>
      assert.equal(value[0]?.input.url.endsWith(line), true)
    }
    stdin.end()
    assert.equal((await batches.next()).value.length, 1)
    assert.equal((await batches.next()).done, true)
  })

  test('from a pipe that stays silent ends when it is aborted', async () => {
    const stdin = new PassThrough()
    const controller = new AbortController()
    const reason = new Error('enough')
    const next = (await openSource({ inputs: ['-'], stdin })).batches(controller.signal)[Symbol.asyncIterator]().next()
    controller.abort(reason)
    await assert.rejects(next, reason)
    if (!stdin.closed) await once(stdin, 'close')
  })

  test('from a pipe that breaks ends with ERR_SOURCE after what has come', async () => {
    const stdin = new Readable({ read() {} })
    const source = await openSource({ inputs: ['-'], stdin })
    const batches = source.batches()[Symbol.asyncIterator]()
    stdin.push('http://h/1\nhttp://h/2')
    assert.equal((await batches.next()).value.length, 1)
    stdin.destroy(new Error('pipe broke'))
    await assert.rejects(batches.next(), { code: 'ERR_SOURCE', message: /standard input.*pipe broke/ })
  })
})
