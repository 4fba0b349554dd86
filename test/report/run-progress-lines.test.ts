import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunView } from '../../src/report/index.js'

const { progressLines } = (await import(
  new URL('../../../dist/report/index.js', import.meta.url).href
)) as typeof import('../../src/report/index.js')
const { columnWidth } = (await import(
  new URL('../../../dist/report/text-width.js', import.meta.url).href
)) as typeof import('../../src/report/text-width.js')

const MB = 1e6
const NOW = 12_000

const transfer = (id: number, begin: number, url: string, bytes = 0, total?: number): RunView['inFlight'][number] => ({
  id,
  url,
  file: String(id),
  attempt: id === 7 ? 2 : 1,
  begin,
  bytes,
  ...(total === undefined ? {} : { total }),
})

const view: RunView = {
  done: 2_431,
  total: 20_000,
  resumed: 0,
  byStatus: { ok: 2_417, unchanged: 0, skipped: 0, 'not-found': 4, error: 10, invalid: 0 },
  failed: 14,
  bytes: 43.1 * MB,
  bytesPerSecond: 3.4 * MB,
  linesPerSecond: 45.23,
  elapsed: NOW,
  left: 200_000,
  inFlight: [
    transfer(3, 0, 'https://example.org/flags/a-name-that-goes-on/and-on/and-on/without-an-end/br.gif', 1.2 * MB, 3.4 * MB),
    transfer(7, 8_000, 'https://example.org/in.gif', 512),
    transfer(9, 11_900, 'https://example.org/too-quick-to-be-shown.gif'),
  ],
  waiting: 3,
  hosts: [{ host: 'slow.example', state: 'cooling', until: NOW + 42_000 }],
}

test('at 80 columns there is the whole of it, what it waits for, and what takes longest', () => {
  assert.deepEqual(progressLines(view, NOW, { columns: 80, rows: 24, ascii: false }), [
    ' 12 %  ███░░░░░░░░░░░░░░░░░░░░░░░░░░░  2,431 of 20,000  14 failed',
    '3.4 MB/s  3:20 left  45 lines/s  43.1 MB  12 s so far',
    '3 to be tried again  slow.example asked us to wait (42 s)',
    '  12 s  example.org/flags/a-name-t…d-on/without-an-end/br.gif  1.2 MB of 3.4 MB',
    '4.00 s  example.org/in.gif                                     512 B, attempt 2',
  ])
})

test('at 40 columns the most important is still there', () => {
  const lines = progressLines(view, NOW, { columns: 40, rows: 24, ascii: false })
  assert.equal(lines[0], ' 12 %  2,431 of 20,000  14 failed')
  assert.equal(lines[1], '3.4 MB/s  3:20 left  45 lines/s')
})

test('without a known length there is no share, no bar and no time left', () => {
  const { total: _, left: __, ...unknown } = view
  const [head, pace] = progressLines(unknown, NOW, { columns: 80, rows: 24, ascii: false })
  assert.equal(head, '2,431 done  14 failed')
  assert.equal(pace, '3.4 MB/s  12 s  45 lines/s  43.1 MB')
})

const HOSTILE = [
  'https://example.org/\u001b[2J\u001b]0;title\u0007\u009b31m\r\n\u202egnp.exe',
  `https://例え.jp/${'漢字'.repeat(40)}.gif`,
  `https://example.org/${'e\u0301'.repeat(100)}`,
  '😀'.repeat(60),
]
const hostile: RunView = { ...view, inFlight: HOSTILE.map((url, id) => transfer(id, 0, url, id)) }

test('no size of the terminal makes lines too wide or too many', () => {
  for (let columns = 1; columns <= 130; columns += 1) {
    for (const rows of [1, 2, 3, 5, 24]) {
      const lines = progressLines(hostile, NOW, { columns, rows, ascii: columns % 2 === 0 })
      assert.ok(lines.length <= Math.max(1, rows - 1), `${lines.length} lines for ${rows} rows`)
      for (const line of lines) assert.ok(columnWidth(line) <= Math.max(1, columns - 1), `${columns} columns: ${line}`)
    }
  }
})

test('nothing in a URL or the name of a host reaches the terminal as a command', () => {
  const lines = progressLines({ ...hostile, hosts: [{ host: 'x\u001b[31m', state: 'down' }] }, NOW, {
    columns: 200,
    rows: 24,
    ascii: false,
  })
  assert.doesNotMatch(lines.join(''), /[\p{Cc}\p{Cf}]/u)
})

test('a locale without Unicode gets ASCII', () => {
  for (const line of progressLines(hostile, NOW, { columns: 100, rows: 24, ascii: true })) assert.match(line, /^[\x20-\x7e]*$/)
})

test('an empty list is done', () => {
  const [head] = progressLines({ ...view, done: 0, total: 0, failed: 0 }, NOW, { columns: 80, rows: 24, ascii: true })
  assert.match(head!, /^100 % {2}#+ {2}0 of 0$/)
})

test('100 % is all of it, not nearly all', () => {
  const [head] = progressLines({ ...view, done: 19_999 }, NOW, { columns: 80, rows: 24, ascii: true })
  assert.match(head!, /^ 99 % {2}#+\. {2}19,999 of 20,000/)
})
