/** An output that may not be written: exit code 5, nothing lost, and the same command continues when it may. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MAIN_URL } from '../../support/main-url.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { type Assignment, assign, FEW } from './assignment.js'
import { noSmallDisk, smallDisk } from '../../support/small-disk.js'
import { someTests } from '../../support/thorough.js'

const MANY = { ...FEW, small: 60 }

const NOBODY = 65_534
const AS_NOBODY = {
  execPath: 'setpriv',
  execArgv: [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', process.execPath],
}
/** Root may write anywhere; so its run is somebody else's. */
const isRoot = process.getuid?.() === 0

/** Why the run cannot be somebody else's, for `skip`. */
function noSomebody(): string | false {
  if (!isRoot) return false
  const { status } = spawnSync(AS_NOBODY.execPath, [...AS_NOBODY.execArgv, fileURLToPath(MAIN_URL), '--version'])
  return status === 0 ? false : 'root may write anywhere, and nobody else may run the program here'
}

async function killedAfter(job: Assignment, answers: number): Promise<void> {
  await job.life('killed', async () => {
    const program = job.start()
    await job.site.log.waitFor(({ n, outcome }) => n > answers && outcome === 'complete')
    program.killGroup('SIGKILL')
    await program.ended
  })
}

describe('an output that may not be written', () => {
  someTests(2, (drawn) => {
    drawn('ends the run with 5 before the first request, and says which folder', { skip: noSmallDisk }, async (t) => {
      const disk = smallDisk(t, 'size=8m')
      disk.remount('ro')
      const job = await assign(t, { out: join(disk.path, 'out') })
      const ended = await job.carryOut()
      assert.equal(ended.code, 5, ended.stderr)
      assert.ok(ended.stderr.includes(job.out), ended.stderr)
      assert.equal(job.site.log.total, 0)
      disk.remount('rw')
      await job.finish()
    })

    drawn('ends a run that is to be continued with 5, and changes nothing', { skip: noSmallDisk }, async (t) => {
      const disk = smallDisk(t, 'size=8m')
      const job = await assign(t, { mixture: MANY, out: join(disk.path, 'out'), delay: 0.005 })
      await killedAfter(job, 30)
      const { recorded, requests } = job
      disk.remount('ro')
      const ended = await job.carryOut()
      assert.equal(ended.code, 5, ended.stderr)
      assert.equal(job.requests.length, requests.length)
      assert.equal(job.recorded, recorded)
      disk.remount('rw')
      await job.finish()
    })

    drawn(
      'ends a run under way with 5 when it is taken away, and the same command continues when it is back',
      { skip: noSomebody() },
      async (t) => {
        const place = temporaryFolder(t)
        const out = join(place, 'out')
        mkdirSync(out)
        const job = await assign(t, { mixture: MANY, out, delay: 0.01 })
        if (isRoot) for (const path of [place, out]) chownSync(path, NOBODY, NOBODY)
        chmodSync(join(job.list, '..'), 0o755)
        const somebody = isRoot ? AS_NOBODY : {}
        const ended = await job.life('obstructed', async () => {
          const program = job.start(somebody)
          await job.site.log.waitFor(({ n, outcome }) => n > 50 && outcome === 'complete')
          chmodSync(out, 0o555)
          const end = await program.ended
          // Or the folder could not be removed after the test.
          chmodSync(out, 0o755)
          return end
        })
        assert.equal(ended.code, 5, ended.stderr)
        assert.match(ended.stderr, /permission|denied|may not/i)
        assert.ok(job.recorded >= 40)
        const again = await job.life('finished', () => job.run(somebody))
        assert.equal(again.code, 0, again.stderr)
        job.isDone()
      },
    )

    drawn('that is a file and no folder ends the run with 5, and the file stays', async (t) => {
      const out = join(temporaryFolder(t), 'out')
      writeFileSync(out, 'precious')
      const job = await assign(t, { out })
      const ended = await job.carryOut()
      assert.equal(ended.code, 5, ended.stderr)
      assert.ok(ended.stderr.includes(out), ended.stderr)
      assert.equal(job.site.log.total, 0)
    })
  })
})
