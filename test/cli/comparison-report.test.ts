import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Comparison, Download, StyleRun } from '../../src/compare/index.js'

const { failuresText, filesText, resultText, timelineRuns } = (await import(
  new URL('../../../dist/cli/comparison-report.js', import.meta.url).href
)) as typeof import('../../src/cli/comparison-report.js')

const PLAIN = { live: false, columns: 80, color: false, ascii: false }
const download = (cc: string, start: number, more: Partial<Download> = {}): Download => ({
  cc,
  start,
  firstByte: start + 400,
  end: start + 401,
  status: 'ok',
  bytes: 100,
  worker: 'w_0',
  thread: '1.0',
  ...more,
})
const run = (style: StyleRun['style'], more: Partial<StyleRun> = {}): StyleRun => ({
  style,
  concurrency: style === 'sequential' ? 1 : 2,
  elapsed: style === 'sequential' ? 810 : 410,
  downloads: style === 'sequential' ? [download('BR', 0), download('CN', 402)] : [download('BR', 0), download('CN', 1)],
  carriers: 1,
  faster: style === 'sequential' ? 1 : 1.976,
  ofIdeal: 0.98,
  ...more,
})
const files = { count: 4, bytes: 400, same: ['BR', 'CN'], differing: [], missing: [] }
const both: Comparison = { runs: [run('sequential'), run('async')], files }

test('the result is the finding, the table, what its columns mean, and the timeline', () => {
  const paragraphs = resultText(both, PLAIN).split('\n\n')
  assert.equal(
    paragraphs[0],
    '2 flags: 0.81 s one at a time, 0.41 s with 2 at a time\n' +
      'Sequential spends 98 % of its time waiting for the server, 2 times in a row.\n' +
      'Async waits for 2 answers at the same time.',
  )
  assert.match(paragraphs[1]!, /^style .*\nsequential .* 0\.81 +1\.0 +98 %\nasync .* 0\.41 +2\.0 +98 %$/)
  assert.match(paragraphs[2]!, /^seconds: .*\nof ideal: .*$/)
  assert.match(paragraphs[3]!, /^sequential {2}one at a time\n {2}BR ▒+█\n {2}CN ·+▒+█ 0\.81 s$/)
  assert.match(paragraphs[4]!, /^async {2}2 at once on one event loop\n/)
})

test('no line of it is wider than the terminal', () => {
  for (const columns of [60, 80, 132]) {
    for (const line of resultText(both, { ...PLAIN, columns }).split('\n')) assert.ok(line.length <= columns, line)
  }
})

test('only ASCII and no colours where there is nothing else, colours where there are', () => {
  assert.match(resultText(both, { ...PLAIN, ascii: true }), /^[\n -~]*$/)
  assert.ok(resultText(both, { ...PLAIN, color: true }).startsWith('\u001B[1m2 flags'))
})

test('each style says how it ran: one at a time, on one loop, on so many threads, in so many processes', () => {
  const hows = [
    run('sequential'),
    run('async'),
    run('threads', { carriers: 2 }),
    run('threads'),
    run('processes', { carriers: 2 }),
    run('processes'),
  ]
  assert.deepEqual(
    timelineRuns(hows).map(({ how }) => how),
    [
      'one at a time',
      '2 at once on one event loop',
      '2 at once on 2 threads',
      '2 at once on 1 thread',
      '2 at once in 2 processes',
      '2 at once in 1 process',
    ],
  )
  assert.equal(timelineRuns([run('threads', { carriers: 0, downloads: [], failure: 'x' })])[0]!.how, '2 at once')
})

function named(more: StyleRun): unknown[] {
  return timelineRuns([more]).flatMap(({ bars }) => bars.map(({ carrier }) => carrier))
}

test('what carried a call is named where there are several, in the order they began', () => {
  const one = download('BR', 5, { thread: '1.2' })
  const other = download('CN', 0, { thread: '1.1' })
  const two = { downloads: [one, other], carriers: 2 }
  assert.deepEqual(named(run('threads', two)), ['t2', 't1'])
  assert.deepEqual(named(run('processes', two)), ['p2', 'p1'])
  assert.deepEqual(named(run('threads')), [undefined, undefined])
})

test('the sequential run is not called faster than itself in the picture', () => {
  assert.deepEqual(
    timelineRuns(both.runs).map(({ faster }) => faster),
    [undefined, 1.976],
  )
})

test('the files are counted, and said to be the same when all are', () => {
  assert.equal(
    filesText(both, ['out/sequential/', 'out/async/'], ['out/a.svg'], 80),
    '4 files, 400 B, in out/sequential/ out/async/\nEvery flag is the same, byte for byte, in all 2 styles.\nPicture: out/a.svg\n',
  )
})

test('a flag that one style did not get keeps the sentence about all of them away', () => {
  const missed = run('async', { downloads: [download('BR', 0), download('CN', 0, { status: 'error' })] })
  const text = filesText({ runs: [run('sequential'), missed], files: { ...files, count: 3, same: ['BR'] } }, ['a/'], [], 80)
  assert.match(text, /^1 flag the same, byte for byte, in every style that got it\.$/m)
})

test('differences and files that are not there are shouted', () => {
  const text = filesText(
    { ...both, files: { count: 3, bytes: 300, same: [], differing: ['CN'], missing: ['async/br.gif'] } },
    ['a/'],
    [],
    80,
  )
  assert.match(text, /^DIFFERENT between styles: CN\nNOT THERE although written: async\/br\.gif$/m)
  assert.doesNotMatch(text, /same/)
})

test('flags that failed for the same reason share a line', () => {
  const status = 'error'
  const downloads = [
    download('BR', 0, { status, note: 'HTTP 418' }),
    download('CN', 0),
    download('DE', 0, { status, note: 'timeout' }),
    download('FR', 0, { status, note: 'HTTP 418' }),
  ]
  assert.equal(failuresText([run('sequential'), run('async', { downloads })], 80), 'async: HTTP 418: BR FR\nasync: timeout: DE\n')
})

test('start-up is explained only where the table has it', () => {
  const threads = run('threads', { ready: 70 })
  assert.match(resultText({ ...both, runs: [...both.runs, threads] }, PLAIN), /^start-up: /m)
  assert.doesNotMatch(resultText(both, PLAIN), /^start-up: /m)
})
