import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { test } from 'node:test'
import { Screen } from '../support/screen.js'

const { progressBar, progressLine } = (await import(
  new URL('../../../dist/report/progress-bar.js', import.meta.url).href
)) as typeof import('../../src/report/progress-bar.js')

// The book's own example of a finished bar.
test('a finished bar reads as the book shows it', () => {
  assert.equal(progressLine(20, 20, 20 / 5.4, 47), `100%|${'█'.repeat(10)}| 20/20 [00:03<00:00,  5.40it/s]`)
})

test('a bar at the start knows no rate and no time left', () => {
  assert.equal(progressLine(0, 20, 0, 38), `  0%|${' '.repeat(10)}| 0/20 [00:00<?, ?it/s]`)
})

const filled = (count: number): string => progressLine(count, 80, 10, 47).slice(5, 15)

test('a bar is filled to an eighth of a character', () => {
  assert.equal(filled(1), '▏         ')
  assert.equal(filled(4), '▌         ')
  assert.equal(filled(8), '█         ')
  assert.equal(filled(9), '█▏        ')
  assert.equal(filled(47), '█████▉    ')
  assert.equal(filled(80), '██████████')
})

test('a rate below one a second is told as seconds each', () => {
  assert.match(progressLine(2, 20, 5, 60), /\[00:05<00:45, {2}2\.50s\/it\]$/)
})

test('hours are told as hours', () => {
  assert.match(progressLine(1, 3, 3661, 80), /\[1:01:01<2:02:02, 3661\.00s\/it\]$/)
})

test('a line is exactly as wide as asked, whatever it holds', () => {
  for (const width of [40, 60, 79, 200]) {
    for (const [count, total, elapsed] of [
      [0, 20, 0],
      [7, 20, 1.5],
      [20, 20, 3.7],
      [676, 676, 100],
    ] as const) {
      assert.equal(progressLine(count, total, elapsed, width).length, width)
    }
  }
})

test('a line never exceeds a narrow terminal', () => {
  assert.equal(progressLine(20, 20, 3.7, 20).length, 20)
})

test('nothing to do is done', () => {
  assert.match(progressLine(0, 0, 0, 60), /^100%\|/)
})

/** What is drawn on a terminal of `columns`, one string a drawing. */
function terminal(columns: number): { columns: number; write(text: string): void; drawings: string[] } {
  const drawings: string[] = []
  return { columns, drawings, write: (text) => void drawings.push(text) }
}

test('an empty bar is drawn at once', () => {
  const stream = terminal(60)
  const bar = progressBar({ total: 20, stream })
  assert.match(stream.drawings[0]!, /^\r {2}0%\| +\| 0\/20 \[00:00<\?, \?it\/s\]$/)
  bar.close()
})

test('the last drawing shows all items and stays on its line', () => {
  const stream = terminal(60)
  let time = 0
  const bar = progressBar({ total: 20, stream, now: () => time })
  for (let i = 0; i < 20; i += 1) {
    time += 185
    bar.update()
  }
  bar.close()
  assert.equal(stream.drawings.at(-1), '\n')
  assert.match(stream.drawings.at(-2)!, /^\r100%\|█+\| 20\/20 \[00:03<00:00, {2}5\.41it\/s\]$/)
})

test('a bar that is closed early shows how far it came', () => {
  const stream = terminal(60)
  const bar = progressBar({ total: 20, stream })
  for (let i = 0; i < 7; i += 1) bar.update()
  bar.close()
  assert.match(stream.drawings.at(-2)!, / 7\/20 /)
  assert.equal(stream.drawings.at(-1), '\n')
})

test('a bar is drawn again while nothing is done', async () => {
  const drawn = new EventEmitter()
  const bar = progressBar({ total: 20, stream: { columns: 60, write: (text: string) => drawn.emit('drawing', text) } })
  // Its timer does not hold the program; this one does.
  const held = setTimeout(() => {}, 5000)
  await once(drawn, 'drawing')
  await once(drawn, 'drawing')
  clearTimeout(held)
  bar.close()
})

test('a terminal that becomes narrower has one bar, and nothing above it is lost', () => {
  for (const columns of [79, 60, 40, 15]) {
    const screen = new Screen(80, 10)
    screen.write('$ halyard\n')
    const bar = progressBar({ total: 1, stream: screen, now: () => 0 })
    screen.resize(columns)
    bar.close()
    assert.equal(screen.text, `$ halyard\n${progressLine(0, 1, 0, columns - 1)}`, `${columns} columns`)
  }
})

test('a terminal that becomes wider has one bar', () => {
  const screen = new Screen(40, 10)
  const bar = progressBar({ total: 1, stream: screen, now: () => 0 })
  screen.columns = 80
  bar.close()
  assert.equal(screen.text, progressLine(0, 1, 0, 79))
})

test('a bar has no control character but the carriage return', () => {
  const stream = terminal(80)
  const bar = progressBar({ total: 3, stream })
  bar.update()
  bar.close()
  // oxlint-disable-next-line no-control-regex -- controls are the subject
  assert.doesNotMatch(stream.drawings.join('').replaceAll('\r', '').trimEnd(), /[\u0000-\u001f\u007f-\u009f]/)
})
