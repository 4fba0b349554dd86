import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fourRuns, labels, simulatedRun } from '../support/simulated-runs.js'

const { finding } = (await import(
  new URL('../../../dist/timeline/finding.js', import.meta.url).href
)) as typeof import('../../src/timeline/finding.js')
const noun = { one: 'flag', many: 'flags' }

test('the finding sets one at a time against the fastest of the others', () => {
  assert.deepEqual(finding(fourRuns(labels(20)), noun), {
    title: '20 flags: 8.04 s one at a time, 0.41 s with 20 at a time',
    reason:
      'Sequential spends 99 % of its time waiting for the server, 20 times in a row. ' +
      'Async, threads and processes wait for 20 answers at the same time.',
  })
})

test('more at once than there are flags is not claimed', () => {
  assert.match(finding(fourRuns(labels(5)), noun).title, /^5 flags: .* with 5 at a time$/)
})

test('a job that hardly waits is not explained by waiting', () => {
  assert.equal(finding(fourRuns(labels(20), { delay: 1, body: 300 }), noun).reason, '')
})

test('without a sequential run the styles are listed', () => {
  const [, async, threads] = fourRuns(labels(20))
  assert.deepEqual(finding([async!, threads!], noun), { title: '20 flags: async 0.41 s, threads 0.47 s', reason: '' })
})

test('a failed style is never the fastest, and if all failed that is the finding', () => {
  const [sequential, async, threads] = fourRuns(labels(20))
  assert.match(finding([sequential!, { ...async!, failure: 'x' }, threads!], noun).title, /0\.47 s with 20 at a time$/)
  assert.equal(finding([{ ...async!, failure: 'x' }], noun).title, '20 flags: no style came to its end')
})

test('one flag is one flag', () => {
  assert.match(finding([simulatedRun('sequential', ['BR'])], noun).title, /^1 flag: sequential 0\.41 s$/)
})

test('all of its time is not claimed while the least of it was something else', () => {
  const run = simulatedRun('sequential', labels(20), { delay: 1000, body: 0.1 })
  assert.match(finding([run, { ...run, name: 'async', concurrency: 20 }], noun).reason, /^Sequential spends 99 % of its time/)
})
