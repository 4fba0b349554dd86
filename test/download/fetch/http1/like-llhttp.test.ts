/**
 * Two readers of the same bytes: ours, and llhttp by way of undici. Answers that are nearly right are sent to both. Where they disagree, one
 * of them could be led to take a part of one answer for another.
 */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as fc from 'fast-check'
import type { Lines } from '../../../../src/download/fetch/lines.js'
import { ask, direct } from '../../../support/asking.js'
import { startRawServer } from '../../../support/raw-server.js'
import { thoroughly } from '../../../support/thorough.js'

const dist = '../../../../../dist/download/fetch'
const load = async <T>(file: string): Promise<T> => (await import(new URL(`${dist}/${file}.js`, import.meta.url).href)) as T
const { Http1Lines } = await load<typeof import('../../../../src/download/fetch/http1/http1-lines.js')>('http1/http1-lines')
const { UndiciLines } = await load<typeof import('../../../../src/download/fetch/http2/undici-lines.js')>('http2/undici-lines')
const { OpenLines } = await load<typeof import('../../../../src/download/fetch/open-lines.js')>('open-lines')

const now = (): number => performance.now()
/** More of them by hand: `RUNS=20000 SEED=1 npm test -- llhttp`. */
const RUNS = Number(process.env.RUNS ?? thoroughly(400, 100))
const SEED = Number(process.env.SEED ?? 9112)

const OK = 'HTTP/1.1 200 OK\n'
/** `\n` for the end of a line. */
const answers = [
  `${OK}Content-Length: 5\nServer: x\n\nhello`,
  `${OK}Transfer-Encoding: chunked\n\n5\nhello\n0\n\n`,
  `${OK}transfer-encoding: Chunked\nX: y\n\n2\nhe\n3;a=b;c="d e"\nllo\n0\nX-Sum: 1\nX: y\n\n`,
  `${OK}X: y\n\nhello`,
  `${OK}Content-Length: 5\nConnection: close\n\nhello`,
  `HTTP/1.0 200 OK\nContent-Length: 5\nConnection: keep-alive\n\nhello`,
  `HTTP/1.1 204 None\nX: y\n\n`,
  `HTTP/1.1 304 Same\nContent-Length: 7\n\n`,
  `HTTP/1.1 404 Not Found\nContent-Length: 5\n\nsorry`,
  `HTTP/1.1 103 Early\nLink: </x>\n\n${OK}Content-Length: 5\n\nhello`,
  `${OK}Content-Length: 5\n\nhelloHTTP/1.1 200 OK\nContent-Length: 2\n\nno`,
].map((text) => text.replaceAll('\n', '\r\n'))

const signs = '\r|\n|\r\n|\r\n\r\n|\n\n|\0| |\t| \t|:|;|,|=|"|\\|-|+|0|1|5|f|x|0x|\x7f|\x80|\xa0|\xff'
const words = 'HTTP/1.1 200 OK\r\n|HTTP/1.0 |HTTP/1.1 |HTTP/2.0 |100|204|304|0\r\n\r\n|5\r\nhello\r\n| folded\r\n|\tfolded\r\n'
const values = 'chunked|chunked\t|5\t|\t5|gzip, |, chunked|close|keep-alive'
const fields =
  'Content-Length: 5|Content-Length: 0|Content-Length:|Transfer-Encoding: chunked|Transfer-Encoding: identity|Connection: close|X: y'
const bits = [signs, words, values, fields.replaceAll('|', '\r\n|').concat('\r\n')].flatMap((list) => list.split('|'))

/** One change: this many characters at this place give way to that. */
const change = fc.record({
  at: fc.nat(150),
  cut: fc.constantFrom(0, 0, 0, 1, 2, 17),
  put: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('', ...bits) },
    fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  ),
})
const mutated = fc.tuple(fc.constantFrom(...answers), fc.array(change, { minLength: 0, maxLength: 3 })).map(([text, changes]) =>
  changes.reduce((before, { at, cut, put }) => {
    const place = at % (before.length + 1)
    return `${before.slice(0, place)}${put}${before.slice(place + cut)}`
  }, text),
)

/** What we read and undici does not, though it may be read in one way only. */
const ONLY_WE: readonly (readonly [why: string, found: RegExp])[] = [
  ['undici refuses an answer of status 100 to a request that did not ask for one', /HTTP\/1\.[01] 100/],
  ['undici waits for the bytes that a 304 says the file has', /HTTP\/1\.[01] 304[^]*content-length/i],
  ['llhttp reads nothing after an answer of status 1xx that says close', /HTTP\/1\.[01] 1\d\d[^]*connection: close[^]*HTTP\//i],
]

/** What we refuse, and llhttp lets pass. */
const ONLY_THEY: readonly (readonly [why: string, found: RegExp])[] = [
  ['an empty line before an answer', /(?:^|\r\n\r\n)[\r\n]+HTTP\//],
  ['a control character in the reason', /HTTP\/1\.[01] \d{3}[^\n]*(?:[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n))/],
  ['a transfer coding in HTTP/1.0', /HTTP\/1\.0[^]*transfer-encoding/i],
  ['a tab around what says how long it is', /(?:content-length|transfer-encoding):[^\r\n]*\t/i],
  ['a chunk extension with a quote behind a word, or an escape that is none', /\n[\da-f]+;[^\r\n]*["\\]/i],
]

interface Read {
  readonly status: number
  readonly body: string
  readonly ending: string
}

it('what we take for a whole answer llhttp reads alike, and what only one of the two does is on a list', async (t) => {
  let sent = ''
  const server = await startRawServer(t, ({ socket }) => socket.end(sent, 'latin1'))
  const [ours, theirs] = [new Http1Lines(direct, 1, new OpenLines(), now), new UndiciLines(direct, 1, new OpenLines(), now)]
  t.after(() => Promise.all([ours.destroy(), theirs.destroy()]))
  const read = async (lines: Lines): Promise<Read> => {
    for (;;) {
      const asked = ask(lines, server.url)
      const ending = await asked.over
      if (ending !== 'stale') return { status: asked.status, body: asked.body, ending }
    }
  }
  await fc.assert(
    fc.asyncProperty(mutated, async (text) => {
      sent = text
      const [we, they] = await Promise.all([read(ours), read(theirs)])
      if (we.ending === 'whole') {
        if (!ONLY_WE.some(([, found]) => found.test(text))) assert.deepEqual(they, we)
      } else if (they.ending === 'whole') {
        assert.ok(
          ONLY_THEY.some(([, found]) => found.test(text)),
          `only llhttp reads it: ${we.ending}, but ${they.status} ${JSON.stringify(they.body)}`,
        )
      }
    }),
    { numRuns: RUNS, seed: SEED },
  )
})
