import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { StepProgressOptions } from '../../src/report/index.js'

const { StepProgress } = (await import(
  new URL('../../../dist/report/index.js', import.meta.url).href
)) as typeof import('../../src/report/index.js')

function record(options: Partial<StepProgressOptions>, body: (progress: InstanceType<typeof StepProgress>) => void): string {
  let written = ''
  const stream = { write: (text: string) => (written += text) }
  const noun = { one: 'flag', many: 'flags' }
  body(new StepProgress({ stream, steps: ['sequential', 'async'], total: 20, noun, ...options }))
  return written
}

function abandoned(progress: InstanceType<typeof StepProgress>): void {
  progress.begin('sequential')
  progress.abandon()
}

function bothSteps(progress: InstanceType<typeof StepProgress>): void {
  progress.begin('sequential')
  progress.advance(10)
  progress.end(8140)
  progress.begin('async')
  progress.end(434, 'the pool broke')
}

test('where nobody looks there is one whole line per step, when it is over', () => {
  assert.equal(record({}, bothSteps), 'sequential  20 flags in 8.14 s\nasync       failed: the pool broke\n')
})

test('on a terminal the line of the step grows in place, and never wraps', () => {
  const drawings = record({ live: true, columns: 40 }, bothSteps)
    .split(/[\r\n]+/)
    .filter((line) => line !== '')
  assert.deepEqual(
    drawings.map((line) => line.trimEnd()),
    [
      'sequential  ░░░░░░░░░░░░░░░░░░░░░  0/20',
      'sequential  ██████████▓░░░░░░░░░░ 10/20'.replace('▓', '█'),
      'sequential  20 flags in 8.14 s',
      'async       ░░░░░░░░░░░░░░░░░░░░░  0/20',
      'async       failed: the pool broke',
    ],
  )
  for (const line of drawings) assert.equal(line.length, 39)
})

test('where the locale is not UTF-8 the bar is ASCII', () => {
  assert.match(record({ live: true, ascii: true }, bothSteps), /^[\r\n -~]*$/)
})

test('a step that is given up leaves its line on the terminal, and nothing elsewhere', () => {
  assert.equal(record({}, abandoned), '')
  assert.match(record({ live: true }, abandoned), /0\/20 *\n$/)
})
