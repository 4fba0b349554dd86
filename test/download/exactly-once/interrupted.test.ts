/** Ctrl-C and SIGTERM: the run ends soon and in order, and loses only what was not yet answered. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Ended } from '../../support/child-program.js'
import { oneOf, someTests } from '../../support/thorough.js'
import { type Assignment, assign, FEW } from './assignment.js'

const MANY = { ...FEW, small: 50, medium: 6, colliding: 6 }

/** Starts the run, and signals it after so many answers. */
async function interrupted(job: Assignment, signal: NodeJS.Signals, answers: number): Promise<Ended & { readonly ms: number }> {
  const program = job.start()
  const answered = job.requests.length + answers
  await job.site.log.waitFor(({ n, outcome }) => n >= answered && outcome === 'complete')
  const begun = performance.now()
  // Ctrl-C reaches every process of the terminal, a service manager's SIGTERM only the first.
  if (signal === 'SIGINT') program.killGroup(signal)
  else program.kill(signal)
  const ended = await program.ended
  return { ...ended, ms: performance.now() - begun }
}

describe('an interrupted run', { concurrency: 2 }, () => {
  const TERM = ['SIGTERM', 1, 143] as const
  const CTRL_C = ['SIGINT', 20, 130] as const
  // In one process both signals come by the same way.
  for (const [style, signals] of oneOf([
    ['sequential', [CTRL_C]],
    ['async', [TERM, CTRL_C]],
    ['threads', [CTRL_C]],
    ['processes', [TERM, CTRL_C]],
  ] as const)) {
    test(`in style ${style} ends in order after ${signals.map(([signal]) => signal).join(' and ')}, and the same command continues`, async (t) => {
      const job = await assign(t, { mixture: MANY, style, delay: '0.01-0.05' })
      for (const [signal, answers, code] of signals) {
        const { ms, ...ended } = await job.life('interrupted', () => interrupted(job, signal, answers))
        assert.equal(ended.code, code, ended.stderr)
        assert.ok(ms < 5_000, `it took ${ms} ms`)
        assert.ok(job.recorded > 0, 'what was in flight was not recorded')
        assert.match(ended.stderr, /halyard get .*-o/s, 'it does not say how to continue')
      }
      await job.finish()
    })
  }

  someTests(1, (drawn) => {
    drawn('ends within five seconds though a file would take longer, and continues that file', async (t) => {
      const job = await assign(t, { mixture: { ...FEW, large: 1, drip: 400_000 } })
      const ended = await job.life('interrupted', () => interrupted(job, 'SIGINT', 41))
      assert.equal(ended.code, 130, ended.stderr)
      assert.ok(ended.ms < 5_000, `it took ${ended.ms} ms`)
      assert.equal(job.recorded, 40)
      await job.finish()
      const last = job.requests.at(-1)
      assert.equal(last?.status, 206)
      assert.match(last.headers['if-range'] ?? '', /^"/)
    })

    drawn('ends at once after the second Ctrl-C, and the same command continues', async (t) => {
      const job = await assign(t, { mixture: { ...FEW, large: 1, drip: 1_500_000 } })
      const ended = await job.life('killed', async () => {
        const program = job.start()
        await job.site.log.waitFor(({ n, outcome }) => n > 40 && outcome === 'complete')
        const begun = performance.now()
        program.killGroup('SIGINT')
        const again = setTimeout(() => program.killGroup('SIGINT'), 200)
        const end = await program.ended
        clearTimeout(again)
        return { ...end, ms: performance.now() - begun }
      })
      // A shell shows both as 130.
      assert.ok(ended.code === 130 || ended.signal === 'SIGINT', ended.stderr)
      assert.ok(ended.ms < 2_000, `it took ${ended.ms} ms`)
      await job.finish()
    })
  })
})
