/** A worker process that is stopped while its parent is killed, and wakes in the middle of the next run, with all of its file received. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, statSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { childrenOf, isAlive, within } from '../../support/os-processes.js'
import { assign, FEW } from './assignment.js'

const noStopping = process.platform === 'win32' ? 'Windows has no SIGSTOP' : false

test(
  'a worker process that outlives its run harms neither the files nor the records of the next',
  { skip: noStopping },
  async (t) => {
    // 100 KB at a pace that leaves time to look; small enough to be begun anew after a kill, and to wait in the socket of who sleeps.
    const job = await assign(t, { mixture: { ...FEW, empty: 0, small: 0, medium: 1, mediumDrip: 50_000 }, style: 'processes' })
    const first = job.start()
    assert.ok(await within(20_000, () => (partIn(job.out)?.size ?? 0) > 50_000), 'the first run writes nothing')
    const old = partIn(job.out)?.ino
    const children = childrenOf(first.pid)
    t.after(() => {
      for (const pid of children.filter(isAlive)) process.kill(pid, 'SIGKILL')
    })
    for (const pid of children) process.kill(pid, 'SIGSTOP')
    // The rest comes into the socket of the sleeper, before it can learn that its parent is gone.
    await job.site.log.waitFor(({ outcome }) => outcome === 'complete')
    first.kill('SIGKILL')

    const second = job.start()
    const isBegunAnew = (): boolean => {
      const part = partIn(job.out)
      return part !== undefined && part.ino !== old && part.size > 10_000
    }
    assert.ok(await within(20_000, isBegunAnew), 'the second run writes nothing')
    for (const pid of children) process.kill(pid, 'SIGCONT')
    assert.ok(await within(5_000, () => !children.some(isAlive)), 'the worker of the first run did not end')
    assert.deepEqual(job.folder.complaints(), [])

    const { code, stderr } = await second.ended
    assert.equal(code, 0, stderr)
    job.isDone()
  },
)

function partIn(folder: string): Stats | undefined {
  const name = existsSync(folder) ? readdirSync(folder).find((file) => file.endsWith('.part')) : undefined
  return name === undefined ? undefined : statSync(join(folder, name), { throwIfNoEntry: false })
}
