/** The journal cut anywhere in its last record: each of these crashes must be read as "not written" and made good. */
import assert from 'node:assert/strict'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { downloadMany } from 'halyard'
import { type Assignment, assign, FEW } from './assignment.js'
import { tenth } from '../../support/thorough.js'

const TINY = { ...FEW, empty: 1, small: 4, medium: 0 }

/** Cuts the journal after so many bytes, runs again, and looks whether all is as it was. */
async function cutAndFinish(job: Assignment, whole: Buffer, length: number, again: () => Promise<void>): Promise<void> {
  writeFileSync(journalOf(job), whole)
  truncateSync(journalOf(job), length)
  const requests = job.site.log.total
  await again()
  assert.equal(
    job.site.log.total - requests,
    1,
    `cut after ${length} of ${whole.length} bytes: the last line alone is asked for again`,
  )
  job.isDone()
}

const journalOf = (job: Assignment): string => join(job.out, '.halyard', 'journal.jsonl')

test('a journal cut anywhere in its last record is made whole by the same call', async (t) => {
  const job = await assign(t, { mixture: TINY })
  const urls = job.lines.map(({ text }) => text)
  const again = async (): Promise<void> => {
    const summary = await downloadMany(urls, { output: job.out, style: 'async', concurrency: 1 }).summary
    assert.equal(summary.failed, 0)
  }
  await again()
  job.isDone()
  const whole = readFileSync(journalOf(job))
  const begin = whole.lastIndexOf('\n', whole.length - 2) + 1
  for (const length of tenth(Array.from({ length: whole.length - begin }, (_, n) => begin + n))) {
    await cutAndFinish(job, whole, length, again)
  }
})

test('a journal cut anywhere in its last record is made whole by the same command', async (t) => {
  const job = await assign(t, { mixture: TINY, args: ['-j', '1'] })
  const again = async (): Promise<void> => {
    const { code, stderr } = await job.carryOut()
    assert.equal(code, 0, stderr)
  }
  await again()
  const whole = readFileSync(journalOf(job))
  const begin = whole.lastIndexOf('\n', whole.length - 2) + 1
  for (const length of [begin, begin + 1, Math.floor((begin + whole.length) / 2), whole.length - 1]) {
    await cutAndFinish(job, whole, length, again)
  }
})
