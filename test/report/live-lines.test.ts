import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Screen } from '../support/screen.js'

const { LiveLines } = (await import(
  new URL('../../../dist/report/index.js', import.meta.url).href
)) as typeof import('../../src/report/index.js')

/** Lines on a screen that already shows a shell's prompt. */
function live(t: TestContext, lines: (columns: number, rows: number) => readonly string[], columns = 20) {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const screen = new Screen(columns, 10)
  screen.write('$ halyard\n')
  const liveLines = new LiveLines({ stream: screen, lines })
  t.after(() => liveLines.close())
  return { screen, liveLines, tick: (ms: number) => t.mock.timers.tick(ms) }
}

test('the lines are drawn over one another', (t) => {
  let n = 0
  const { screen, tick } = live(t, () => [`first ${n}`, `second ${n}`])
  assert.equal(screen.text, '$ halyard\nfirst 0\nsecond 0')
  n = 1
  tick(100)
  assert.equal(screen.text, '$ halyard\nfirst 1\nsecond 1')
})

test('fewer and shorter lines leave nothing of the ones before', (t) => {
  let lines = ['a long line', 'another', 'and a third']
  const { screen, tick } = live(t, () => lines)
  lines = ['short']
  tick(100)
  assert.equal(screen.text, '$ halyard\nshort')
  lines = ['more', 'again']
  tick(100)
  assert.equal(screen.text, '$ halyard\nmore\nagain')
})

test('they are drawn at most ten times a second, each time in one piece', (t) => {
  const { screen, tick } = live(t, () => ['x', 'y'])
  const before = screen.writes.length
  tick(1_000)
  assert.equal(screen.writes.length - before, 10)
})

test('lines that are printed between them do not make them be drawn more often, and come with the next drawing', (t) => {
  const { screen, liveLines, tick } = live(t, () => ['live'])
  const before = screen.writes.length
  const numbers = Array.from({ length: 100 }, (_, i) => String(i))
  for (const number of numbers) {
    liveLines.print(`${number}\n`)
    tick(10)
  }
  assert.equal(screen.writes.length - before, 10)
  assert.equal(screen.text, `$ halyard\n${numbers.join('\n')}\nlive`)
})

test('what is printed stays above them', (t) => {
  const { screen, liveLines, tick } = live(t, () => ['live'])
  liveLines.print('one\n')
  liveLines.print('two\n')
  tick(500)
  assert.equal(screen.text, '$ halyard\none\ntwo\nlive')
})

test('closing rubs them out, and is done once', (t) => {
  const { screen, liveLines, tick } = live(t, () => ['live', 'too'])
  liveLines.print('stays\n')
  liveLines.close()
  liveLines.close()
  tick(1_000)
  assert.equal(screen.text, '$ halyard\nstays')
  assert.equal(screen.listeners, 0)
  liveLines.print('later\n')
  assert.equal(screen.text, '$ halyard\nstays\nlater')
})

test('a terminal that becomes narrower is drawn anew at once, and nothing above is lost', (t) => {
  const { screen } = live(t, (columns) => ['x'.repeat(columns), 'y'.repeat(columns)])
  screen.resize(8)
  assert.equal(screen.text, '$ halyar\nd\nxxxxxx\nyyyyyy')
})

test('a Ctrl-C that the terminal shows behind the last line leaves nothing behind', (t) => {
  const { screen, liveLines, tick } = live(t, (columns) => ['x'.repeat(columns), 'y'.repeat(columns)])
  screen.write('^C')
  liveLines.print('Stopping\n')
  tick(100)
  assert.equal(screen.text, `$ halyard\nStopping\n${'x'.repeat(18)}\n${'y'.repeat(18)}`)
})

test('a terminal that does not tell its size counts as one of 80 columns and 24 rows', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const sizes: number[][] = []
  const stream = { columns: 0, rows: undefined, write: () => true, on: () => stream, off: () => stream }
  const lines = (columns: number, rows: number): string[] => {
    sizes.push([columns, rows])
    return []
  }
  new LiveLines({ stream, lines }).close()
  assert.deepEqual(sizes, [[78, 24]])
})

test('the cursor is never hidden, so that nothing needs to be restored', (t) => {
  const { screen, liveLines, tick } = live(t, () => ['live'])
  tick(300)
  liveLines.close()
  assert.doesNotMatch(screen.writes.join(''), /\?25|\?1049/)
})
