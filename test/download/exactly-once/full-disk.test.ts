/** No space left: the run ends with 5 and keeps what it has; when there is room, the same command finishes. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import type { Ended } from '../../support/child-program.js'
import { type Assignment, assign, FEW } from './assignment.js'
import type { Mixture } from './hostile-list.js'
import { noSmallDisk, smallDisk } from '../../support/small-disk.js'
import { oneOf, someTests } from '../../support/thorough.js'

interface Full {
  readonly job: Assignment
  readonly ended: Ended
}

/** Runs into a full disk, and again without any more room; then gives it room and finishes. */
async function fillUp(t: TestContext, style: string, full: string, mixture: Mixture, roomy = 'size=64m'): Promise<Full> {
  const disk = smallDisk(t, full)
  const job = await assign(t, { mixture, style, out: join(disk.path, 'out'), delay: 0.002 })
  const ended = await job.life('obstructed', () => job.run())
  assert.equal(ended.code, 5, ended.stderr)
  assert.match(ended.stderr, /space|full/i)
  assert.match(ended.stderr, /same command/i, 'it does not say how to continue')
  assert.ok(job.recorded < job.lines.length)
  disk.remount(roomy)
  await job.finish()
  return { job, ended }
}

describe('on a disk that is full', { skip: noSmallDisk, concurrency: 2 }, () => {
  for (const style of oneOf(['async', 'threads', 'processes'])) {
    test(`a run in style ${style} ends with 5, and the same command finishes when there is room`, async (t) => {
      const { job } = await fillUp(t, style, 'size=1m', { ...FEW, small: 10, medium: 16 })
      assert.ok(job.requests.length > job.lines.length, 'nothing was lost to the full disk')
    })
  }

  someTests(2, (drawn) => {
    drawn('a file that is larger than the room there is ends the run, not the file alone', async (t) => {
      await fillUp(t, 'async', 'size=1m', { ...FEW, large: 1, drip: 20_000_000 })
    })

    drawn('no room for one more file, though there is for bytes, is the same', async (t) => {
      await fillUp(t, 'async', 'size=64m,nr_inodes=40', { ...FEW, small: 60 }, 'nr_inodes=1000')
    })

    drawn('no room for a record is the same: what has no record is asked for again, and nothing else', async (t) => {
      const disk = smallDisk(t, 'size=1m')
      // Files of no byte take no block; only the journal grows.
      const job = await assign(t, { mixture: { ...FEW, empty: 400, small: 0, medium: 0 }, out: join(disk.path, 'out') })
      const filler = join(disk.path, 'filler')
      // A journal of 400 records is some 100 KB.
      writeFileSync(filler, Buffer.alloc(1_048_576 - 12 * 4_096))
      const ended = await job.life('obstructed', () => job.carryOut())
      assert.equal(ended.code, 5, ended.stderr)
      assert.ok(job.recorded > 0, 'not one record had room')
      disk.remount('size=64m')
      await job.finish()
    })

    drawn('no room for anything ends the run with 5 before the first request', async (t) => {
      const disk = smallDisk(t, 'size=64k')
      writeFileSync(join(disk.path, 'filler'), Buffer.alloc(65_536))
      const job = await assign(t, { out: join(disk.path, 'out') })
      const ended = await job.carryOut()
      assert.equal(ended.code, 5, ended.stderr)
      assert.equal(job.site.log.total, 0)
      disk.remount('size=64m')
      await job.finish()
    })
  })
})
