/** One folder, one run at a time: whoever comes second refuses and touches nothing. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assign, FEW } from './assignment.js'

describe('two runs in one folder', () => {
  test('the second refuses with exit code 6, asks for nothing and touches nothing, and the first goes on', async (t) => {
    const job = await assign(t, { mixture: { ...FEW, large: 1, drip: 1_500_000 } })
    const first = job.start()
    // All but the large file, which takes two seconds.
    await job.site.log.waitFor(({ n, outcome }) => n > 40 && outcome === 'complete')
    const requests = job.site.log.total
    const second = await job.run()
    assert.equal(second.code, 6, second.stderr)
    assert.match(second.stderr, new RegExp(`\\b${first.pid}\\b`), 'it does not say who is at work')
    assert.equal(job.site.log.total, requests)
    const { code, stderr } = await first.ended
    assert.equal(code, 0, stderr)
    job.isDone()
    assert.equal(job.site.log.total, 41)
  })

  test('a second one that is told to start over refuses as well', async (t) => {
    const job = await assign(t, { mixture: { ...FEW, small: 4, large: 1, drip: 1_500_000 } })
    const again = await assign(t, { out: job.out, args: ['--fresh'] })
    const first = job.start()
    await job.site.log.waitFor(({ status }) => status === 200)
    const second = await again.run()
    assert.equal(second.code, 6, second.stderr)
    assert.equal((await first.ended).code, 0)
    job.isDone()
  })

  test('of four that start at the same moment one does the job and three refuse', async (t) => {
    const job = await assign(t, { mixture: { ...FEW, small: 100 }, delay: 0.2 })
    const ends = await Promise.all([1, 2, 3, 4].map(() => job.start().ended))
    assert.deepEqual(
      ends.map(({ code }) => Number(code)).sort((a, b) => a - b),
      [0, 6, 6, 6],
      ends.map(({ stderr }) => stderr).join('\n'),
    )
    job.isDone()
    assert.equal(job.site.log.total, job.lines.length)
  })

  test('of four that come after one that was killed one does the job and three refuse', async (t) => {
    const job = await assign(t, { mixture: { ...FEW, small: 200 }, delay: 0.2 })
    await job.life('killed', async () => {
      const killed = job.start()
      await job.site.log.waitFor(({ outcome }) => outcome === 'complete')
      killed.killGroup('SIGKILL')
      await killed.ended
    })
    const ends = await job.life('finished', () => Promise.all([1, 2, 3, 4].map(() => job.start().ended)))
    assert.deepEqual(
      ends.map(({ code }) => Number(code)).sort((a, b) => a - b),
      [0, 6, 6, 6],
      ends.map(({ stderr }) => stderr).join('\n'),
    )
    job.isDone()
  })
})
