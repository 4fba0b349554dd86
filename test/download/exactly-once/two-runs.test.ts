/** One folder, one run at a time: whoever comes second refuses and touches nothing. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { halyard } from '../../support/halyard.js'
import { oneOf } from '../../support/thorough.js'
import { assign, FEW } from './assignment.js'

describe('two runs in one folder', () => {
  test('the second refuses with exit code 6, also when it is told to start over, asks for nothing and touches nothing; the first goes on', async (t) => {
    const job = await assign(t, { mixture: { ...FEW, large: 1, drip: 600_000 } })
    const fresh = await assign(t, { out: job.out, args: ['--fresh'] })
    // So that the program of the second is there when the first begins.
    await halyard(t, ['--version'])
    const first = job.start()
    // All but the large file, which takes five seconds.
    await job.site.log.waitFor(({ n, outcome }) => n > 40 && outcome === 'complete')
    const requests = job.site.log.total
    for (const second of [await job.carryOut(), await fresh.carryOut()]) {
      assert.equal(second.code, 6, second.stderr)
      assert.match(second.stderr, new RegExp(`\\b${first.pid}\\b`), 'it does not say who is at work')
    }
    assert.deepEqual([job.site.log.total, fresh.site.log.total], [requests, 0])
    const { code, stderr } = await first.ended
    assert.equal(code, 0, stderr)
    job.isDone()
    assert.equal(job.site.log.total, 41)
  })

  for (const isFirst of oneOf([true, false])) {
    test(`of three that start at the same moment${isFirst ? '' : ', after one that was killed,'} one does the job and two refuse`, async (t) => {
      const job = await assign(t, { delay: 0.5 })
      if (!isFirst)
        await job.life('killed', async () => {
          const killed = job.start()
          await job.site.log.waitFor(({ outcome }) => outcome === 'complete')
          killed.killGroup('SIGKILL')
          await killed.ended
        })
      const ends = await job.life('finished', () => Promise.all([1, 2, 3].map(() => job.start().ended)))
      assert.deepEqual(
        ends.map(({ code }) => Number(code)).sort((a, b) => a - b),
        [0, 6, 6],
        ends.map(({ stderr }) => stderr).join('\n'),
      )
      job.isDone()
      if (isFirst) assert.equal(job.site.log.total, job.lines.length)
    })
  }
})
