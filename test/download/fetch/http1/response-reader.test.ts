import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Head } from '../../../../src/download/fetch/http1/head.js'
import { someOf } from '../../../support/thorough.js'

const { ResponseReader, MAX_HEAD } = (await import(
  new URL('../../../../../dist/download/fetch/http1/response-reader.js', import.meta.url).href
)) as typeof import('../../../../src/download/fetch/http1/response-reader.js')

/** `\n` for the end of a line; latin1. */
const bytesOf = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')
const OK = 'HTTP/1.1 200 OK\n'
const CHUNKED = `${OK}Transfer-Encoding: chunked\n\n`

/** What a reader made of some bytes. */
class Reading {
  readonly #reader = new ResponseReader(this)
  readonly #bodies: Buffer[] = []
  readonly statuses: number[] = []
  begins = 0
  ending: string | undefined

  /** @param end whether the connection ends then */
  constructor(pieces: Iterable<Buffer>, end: boolean) {
    this.#reader.begin()
    try {
      for (const piece of pieces) this.#reader.push(piece)
      if (end && this.ending === undefined && !this.#reader.end()) this.ending = 'cut'
    } catch (error) {
      this.ending = (error as { code?: string }).code ?? String(error)
    }
  }

  get told(): unknown {
    return [this.statuses, Buffer.concat(this.#bodies).toString('latin1'), this.ending]
  }

  begun(): void {
    this.begins += 1
  }

  head({ status }: Head): void {
    this.statuses.push(status)
  }

  body(chunk: Buffer): void {
    assert.ok(chunk.length > 0)
    this.#bodies.push(chunk)
  }

  complete(more: boolean): void {
    assert.equal(this.ending, undefined, 'told once')
    this.ending = more ? 'whole, and more' : 'whole'
  }
}

const told = (text: string, end = false): unknown => new Reading([bytesOf(text)], end).told

describe('An answer is read alike, however it is cut', () => {
  const answers: readonly (readonly [name: string, answer: string, statuses: number[], body: string, ending: string])[] = [
    ['with a length', `${OK}Content-Length: 5\n\nhello`, [200], 'hello', 'whole'],
    ['without a byte', `${OK}Content-Length: 0\n\n`, [200], '', 'whole'],
    ['of status 204', `HTTP/1.1 204 None\n\n`, [204], '', 'whole'],
    ['of status 304, with the length of the file', `HTTP/1.1 304 Same\nContent-Length: 500\n\n`, [304], '', 'whole'],
    ['in one chunk', `${CHUNKED}5\nhello\n0\n\n`, [200], 'hello', 'whole'],
    ['in chunks', `${CHUNKED}1\nh\n04\nello\nB\n, world, \n\n1;a=b\n!\n000;c="d;e"\n\n`, [200], 'hello, world, \r\n!', 'whole'],
    ['in chunks, with trailers', `${CHUNKED}5\nhello\n0\nX-Sum: 1\nContent-Length: 7\n\n`, [200], 'hello', 'whole'],
    ['until the end', `${OK}\nhello\n\n`, [200], 'hello\r\n\r\n', 'whole'],
    ['until the end, without a byte', `${OK}\n`, [200], '', 'whole'],
    [
      'after others',
      `HTTP/1.1 100 Go\n\nHTTP/1.1 103 Hints\nContent-Length: 3\n\n${OK}Content-Length: 2\n\nok`,
      [100, 103, 200],
      'ok',
      'whole',
    ],
    [
      'with a body that looks like an answer',
      `${OK}Content-Length: 19\n\nHTTP/1.1 404 No\n\n`,
      [200],
      'HTTP/1.1 404 No\r\n\r\n',
      'whole',
    ],
    ['cut in the head', `${OK}Content-Len`, [], '', 'cut'],
    ['cut in the body', `${OK}Content-Length: 6\n\nhello`, [200], 'hello', 'cut'],
    ['cut between chunks', `${CHUNKED}5\nhello\n`, [200], 'hello', 'cut'],
    ['cut in a chunk', `${CHUNKED}9\nhello`, [200], 'hello', 'cut'],
    ['cut in the size', `${CHUNKED}5`, [200], '', 'cut'],
    ['cut in the trailers', `${CHUNKED}0\nX: y\n`, [200], '', 'cut'],
    ['refused in the head', `${OK}X y\n\n`, [], '', 'BAD_RESPONSE'],
    ['refused in the first byte', `X`, [], '', 'BAD_RESPONSE'],
    ['refused in a chunk', `${CHUNKED}3\nhello\n0\n\n`, [200], 'hel', 'BAD_RESPONSE'],
    ['refused in a trailer', `${CHUNKED}0\nX y\n\n`, [200], '', 'BAD_RESPONSE'],
  ]
  for (const [name, answer, ...expected] of answers) {
    it(name, () => {
      const bytes = bytesOf(answer)
      assert.deepEqual(new Reading([bytes], true).told, expected)
      for (let cut = 1; cut < bytes.length; cut += 1) {
        const cuts = new Reading([bytes.subarray(0, cut), bytes.subarray(cut)], true)
        assert.deepEqual(cuts.told, expected, `cut at ${cut}`)
      }
      const dripped = new Reading(
        Array.from(bytes, (byte) => Buffer.of(byte)),
        true,
      )
      assert.deepEqual(dripped.told, expected, 'byte by byte')
      assert.equal(dripped.begins, Math.max(1, expected[0].length))
    })
  }

  it('hands on bytes of a body where they lie', () => {
    const whole = bytesOf(`${OK}Content-Length: 5\n\nhello`)
    const bodies: Buffer[] = []
    const reader = new ResponseReader({ begun() {}, head() {}, body: (chunk) => void bodies.push(chunk), complete() {} })
    reader.begin()
    reader.push(whole)
    assert.equal(bodies[0]?.buffer, whole.buffer)
  })
})

describe('What follows an answer', () => {
  for (const answer of [
    `${OK}Content-Length: 5\n\nhello`,
    `${CHUNKED}5\nhello\n0\n\n`,
    `${OK}Content-Length: 0\n\n`,
    `HTTP/1.1 204 None\n\n`,
    `HTTP/1.1 304 Same\nContent-Length: 1\n\n`,
  ]) {
    it(`is no part of it, and is told of: ${JSON.stringify(answer.slice(0, 40))}`, () => {
      const [statuses, body] = told(answer) as [number[], string]
      for (const more of ['\n', 'x', answer]) assert.deepEqual(told(`${answer}${more}`), [statuses, body, 'whole, and more'])
    })
  }

  it('is not read before another answer is expected', () => {
    let heads = 0
    const target = { begun() {}, head: () => void (heads += 1), body() {}, complete() {} }
    const reader = new ResponseReader(target)
    reader.push(bytesOf(`${OK}Content-Length: 0\n\n`))
    assert.equal(heads, 0)
    reader.begin()
    reader.push(bytesOf(`${OK}Content-Length: 0\n\n`))
    reader.push(bytesOf(`${OK}Content-Length: 0\n\n`))
    assert.equal(heads, 1)
  })
})

describe('A target that has enough', () => {
  const answer = bytesOf(`HTTP/1.1 103 Early\n\n${CHUNKED}2\nhe\n3\nllo\n0\n\n`)
  for (const [where, expected] of [
    ['103', ['103']],
    ['200', ['103', '200']],
    ['he', ['103', '200', 'he']],
    ['llo', ['103', '200', 'he', 'llo']],
  ] as const) {
    it(`is told nothing more after ${where}`, () => {
      const heard: string[] = []
      const hear = (text: string): void => {
        heard.push(text)
        if (text === where) reader.stop()
      }
      const reader = new ResponseReader({
        begun() {},
        head: ({ status }) => hear(`${status}`),
        body: (chunk) => hear(chunk.toString()),
        complete: () => hear('whole'),
      })
      reader.begin()
      reader.push(answer)
      assert.deepEqual(heard, expected)
      assert.equal(reader.end(), false)
    })
  }

  it('with the last byte, or by throwing, is not told that it was the last', () => {
    for (const enough of ['stop', 'throw'] as const) {
      let completed = false
      const reader = new ResponseReader({
        begun() {},
        head() {},
        body: () => {
          if (enough === 'throw') throw new Error('enough')
          reader.stop()
        },
        complete: () => void (completed = true),
      })
      reader.begin()
      const push = (): void => reader.push(bytesOf(`${OK}Content-Length: 2\n\nok`))
      if (enough === 'throw') assert.throws(push, /enough/)
      else push()
      assert.equal(completed, false)
    }
  })
})

describe('Chunks', () => {
  for (const [name, coded] of [
    ['of negative size', '-5\nhello\n0\n\n'],
    ['with a sign', '+5\nhello\n0\n\n'],
    ['without a size', '\nhello\n0\n\n'],
    ['of no size, but an extension', ';x=y\nhello\n0\n\n'],
    ['of a size in another notation', '0x5\nhello\n0\n\n'],
    ['of a size with a space before it', ' 5\nhello\n0\n\n'],
    ['of a size with a space behind it', '5 \nhello\n0\n\n'],
    ['of a size past 2^53', '20000000000000\nhello\n0\n\n'],
    ['of a size past 2^64', '10000000000000005\nhello\n0\n\n'],
    ['with a quote that has no end', '5;a="b\nhello\n0\n\n'],
    ['with a quote behind a word', '5;a=b"c"\nhello\n0\n\n'],
    ['with an extension without a name', '5;\nhello\n0\n\n'],
    ['with CR alone in the extension', '5;a\rb\nhello\n0\n\n'],
    ['with NUL in the extension', '5;\0\nhello\n0\n\n'],
    ['shorter than their size', '6\nhello\n0\n\n'],
    ['longer than their size', '4\nhello\n0\n\n'],
    ['that continue a trailer', '0\nX: y\n z\n\n'],
    ['with a trailer of two colons and a space before the first', '0\nX : y\n\n'],
  ] as const) {
    it(`${name} are refused`, () => assert.equal((told(`${CHUNKED}${coded}`) as unknown[])[2], 'BAD_RESPONSE'))
  }
  for (const [name, coded] of [
    ['behind the size', '5\nhello\r\n0\r\n\r\n'],
    ['behind the chunk', '5\r\nhello\n0\r\n\r\n'],
    ['behind the last size', '5\r\nhello\r\n0\n\r\n'],
    ['at the very end', '5\r\nhello\r\n0\r\n\n'],
    ['behind a trailer', '5\r\nhello\r\n0\r\nX: y\n\r\n'],
  ] as const) {
    it(`with LF alone ${name} are refused`, () => {
      const bytes = Buffer.concat([bytesOf(CHUNKED), Buffer.from(coded)])
      for (const pieces of [[bytes], Array.from(bytes, (byte) => Buffer.of(byte))])
        assert.equal(new Reading(pieces, true).ending, 'BAD_RESPONSE')
    })
  }
})

const filled = (bytes: number): string => `${OK}X: ${'x'.repeat(bytes - 20)}\n\n`
const inPieces = (text: string, size: number): Buffer[] => {
  const bytes = bytesOf(text)
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size))
}

describe('Limits', () => {
  for (const size of someOf(2, [1, 1000, 65_537, 1_000_000])) {
    it(`of a head are the same in pieces of ${size} bytes`, () => {
      assert.deepEqual(new Reading(inPieces(filled(MAX_HEAD), size), false).statuses, [200])
      for (const bytes of [MAX_HEAD + 1, MAX_HEAD + 2, MAX_HEAD + 3, MAX_HEAD + 4, MAX_HEAD + 5, 10 * MAX_HEAD])
        assert.equal(new Reading(inPieces(filled(bytes), size), false).ending, 'HEADERS_TOO_LARGE')
    })
  }

  it('hold for a head that never ends, and for trailers', () => {
    const text = Buffer.from('x'.repeat(1000))
    let pushed = 0
    const endless = function* more(begin: string): Generator<Buffer> {
      yield bytesOf(begin)
      for (pushed = 0; pushed < 1000; pushed += 1) yield text
    }
    assert.equal(new Reading(endless(`${OK}X: `), false).ending, 'HEADERS_TOO_LARGE')
    assert.ok(pushed < 70)
    assert.equal(new Reading(endless(`${CHUNKED}5;`), false).ending, 'BAD_RESPONSE')
    assert.ok(pushed < 20)
    const trailers = new Reading(
      [bytesOf(`${CHUNKED}0\n`), ...Array.from({ length: 100 }, () => bytesOf(`X: ${'x'.repeat(1000)}\n`))],
      false,
    )
    assert.equal(trailers.ending, 'HEADERS_TOO_LARGE')
  })

  it('are known before the line ends: what is not HTTP is not waited for', () => {
    assert.equal(new Reading([Buffer.from('SSH-')], false).ending, 'BAD_RESPONSE')
    assert.equal(new Reading([Buffer.from('HTTP/1.1 200 OK\nX')], false).ending, 'BAD_RESPONSE')
    assert.equal(new Reading([Buffer.from('HTTP/2')], false).ending, 'BAD_RESPONSE')
  })

  it('make nothing quadratic: a head of 64 KB, byte by byte', () => {
    const before = process.cpuUsage()
    assert.deepEqual(new Reading(inPieces(filled(MAX_HEAD), 1), false).statuses, [200])
    assert.ok(process.cpuUsage(before).user < 3_000_000)
  })
})
