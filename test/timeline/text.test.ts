import assert from 'node:assert/strict'
import { stripVTControlCharacters } from 'node:util'
import { test } from 'node:test'
import { fourRuns, labels, simulatedRun } from '../support/simulated-runs.js'

const { timelineText } = (await import(
  new URL('../../../dist/timeline/index.js', import.meta.url).href
)) as typeof import('../../src/timeline/index.js')

const noun = { one: 'flag', many: 'flags' }
const widest = (columns: number): number =>
  Math.max(...linesOf(timelineText(fourRuns(labels(20)), { columns })).map(({ length }) => length))
const linesOf = (text: string): string[] => text.split('\n')

test('one at a time is a staircase, all at once a wall, on one axis', () => {
  const [sequential, async] = fourRuns(labels(20))
  assert.deepEqual(linesOf(timelineText([sequential!, async!], { noun })), [
    'sequential  one at a time',
    '  AA AB AC AD ▒▒█▒▒█▒▒█▒▒█',
    '  AE AF AG AH ···········▒▒▒█▒▒█▒█▒▒█',
    '  AI AJ AK AL ······················▒▒▒█▒▒█▒▒█▒▒█',
    '  AM AN AO AP ··································▒▒▒█▒█▒▒█▒▒█',
    '  AQ AR AS AT ·············································▒▒▒█▒▒█▒▒█▒█ 8.04 s',
    '',
    'async  20 at once',
    '  AA AB AC AD ▒▒█',
    '  AE AF AG AH ▒▒█',
    '  AI AJ AK AL ▒▒█',
    '  AM AN AO AP ▒▒█',
    '  AQ AR AS AT ▒▒█ 0.41 s  19.9 × faster',
    '',
    '              0             2 s           4 s            6 s           8 s',
    '',
    '  · waiting its turn  ▒ the server is asked  █ it arrives',
    '',
  ])
})

test('no line is wider than the terminal, from 30 columns to 200, with and without errors', () => {
  const failure = 'BrokenProcessPoolError: a process in the process pool was terminated abruptly'
  for (const columns of [30, 40, 60, 79, 80, 81, 120, 200]) {
    for (const n of [1, 3, 20, 194]) {
      const runs = fourRuns(labels(n), { status: (_, i) => (i % 4 === 1 ? 'error' : 'ok') })
      for (const line of linesOf(
        timelineText([...runs, { ...runs[1]!, name: 'cluster', bars: [], failure }], { columns, noun }),
      )) {
        assert.ok(line.length <= columns, `${columns}: ${line}`)
      }
    }
  }
})

test('a wider terminal gets a longer axis', () => {
  assert.ok(widest(120) > widest(80) && widest(80) > widest(60))
})

test('where the locale is not UTF-8 every character is ASCII, also of names that are not', () => {
  const runs = [...fourRuns(labels(194)), simulatedRun('Côte', ['Réunion', '日本'])]
  assert.match(timelineText(runs, { ascii: true, noun }), /^[\n -~]*$/)
  assert.match(timelineText(runs, { ascii: true, noun }), /AA\.\.BM #+\n/)
  assert.match(timelineText(runs, { ascii: true, noun }), /C\?te/)
})

test('colours are there only when asked for, and change nothing but colour', () => {
  const runs = fourRuns(labels(20), { status: (_, i) => (i === 3 ? 'error' : 'ok') })
  const plain = timelineText(runs, { noun })
  assert.ok(!plain.includes('\u001B'))
  const coloured = timelineText(runs, { noun, color: true })
  assert.ok(coloured.includes('\u001B[31mx\u001B[0m'))
  assert.equal(stripVTControlCharacters(coloured), plain)
})

test('a failing flag ends in a mark of its own, is counted in the heading and explained in the key', () => {
  const run = simulatedRun('sequential', labels(4), { status: (_, i) => (i === 1 ? 'error' : i === 2 ? 'not-found' : 'ok') })
  const [heading, first, second, third] = linesOf(timelineText([run], { noun, columns: 70 }))
  assert.equal(heading, 'sequential  one at a time, 1 flag not found, 1 error (HTTP 418)')
  assert.match(first!, /^ {2}AA ▒+█$/)
  assert.match(second!, /^ {2}AB ·+▒+x$/)
  assert.match(third!, /^ {2}AC ·+▒+o$/)
  assert.match(timelineText([run], { noun }), /o not found {2}x error\n$/)
})

test('the starting of workers shows where it is long enough for a column', () => {
  const slow = simulatedRun('processes', labels(4), { concurrency: 4, ready: 400 })
  assert.match(linesOf(timelineText([slow]))[1]!, /^ {2}AA \/+▒+█$/)
})

test('connecting shows where it is long enough for a column', () => {
  assert.match(linesOf(timelineText([simulatedRun('sequential', ['A'], { connect: 200 })]))[1]!, /^ {2}A -+▒+█ 0\.60 s$/)
})

test('a run that came to nothing is one line with its reason', () => {
  const [run] = fourRuns(labels(20))
  const text = timelineText([run!, { name: 'threads', concurrency: 20, elapsed: 0, bars: [], failure: 'the pool broke' }])
  assert.match(text, /\nthreads {2}failed: the pool broke\n\n/)
})

test('as many lines as asked for hold all flags, each in exactly one line', () => {
  const run = simulatedRun('sequential', labels(20))
  for (const lines of [1, 3, 7, 20, 50]) {
    const drawn = linesOf(timelineText([run], { lines, columns: 200 }))
      .slice(1)
      .filter((line) => /^ {2}[A-Z]/.test(line))
    assert.equal(drawn.length, Math.min(lines, 20))
    assert.equal(drawn.join('').match(/█/g)?.length, 20)
  }
})

test('control characters from outside do not reach the terminal', () => {
  const run = simulatedRun('evil\u001B[2J', ['\u001B]0;title\u0007', 'a\nb'])
  assert.doesNotMatch(timelineText([{ ...run, how: '\u009B31m' }], { noun }).replaceAll('\n', ''), /\p{Cc}/u)
})

test('wide characters count as the two columns they take', () => {
  const lines = linesOf(timelineText([simulatedRun('sequential', ['日本', 'AB'])], { columns: 60 }))
  assert.equal(lines[1]!.indexOf('▒') + 2, lines[2]!.indexOf('·'))
})

test('times that are no numbers are refused', () => {
  const run = simulatedRun('a', ['A'])
  assert.throws(() => timelineText([{ ...run, ready: NaN }]), /`runs\[0\]\.ready`/)
})

test('the key explains the marks that were drawn and no others, on as many lines as it needs', () => {
  const plain = timelineText([simulatedRun('sequential', labels(4))], { columns: 44 })
  assert.deepEqual(plain.trimEnd().split('\n').slice(-2), ['  · waiting its turn  ▒ the server is asked', '  █ it arrives'])
  const slow = simulatedRun('threads', labels(8), {
    concurrency: 2,
    ready: 300,
    connect: 300,
    status: (_, i) => (i === 0 ? 'error' : 'ok'),
  })
  const key = timelineText([slow]).trimEnd().split('\n\n').at(-1)!
  assert.deepEqual(key.trim().split(/\s{2,}/), [
    '· waiting its turn',
    '/ workers start',
    '- connecting',
    '▒ the server is asked',
    '█ it arrives',
    'x error',
  ])
})
