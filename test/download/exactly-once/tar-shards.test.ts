/** Tar shards, killed at any moment and on a full disk: what holds for files holds for samples. */
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { test } from 'node:test'
import { noSmallDisk, smallDisk } from '../../support/small-disk.js'
import { oneOf } from '../../support/thorough.js'
import { assign, FEW } from './assignment.js'
import { describeRound, fight } from './campaign.js'
import type { Mixture } from './hostile-list.js'

/** Shorter than that of files: what is to be hit is the putting together, which small shards do all the time. */
const MIXTURE: Mixture = {
  empty: 4,
  small: 70,
  medium: 12,
  large: 2,
  missing: 6,
  busyFirst: 4,
  invalid: 6,
  colliding: 8,
  twice: 4,
  drip: 3_000_000,
}
const seed = Number(process.env['KILL_SEED'] ?? randomInt(1_000_000))

const STYLES = ['async', 'threads', 'processes'] as const

/** Who plays a run again takes the one of its style. The longer proof is `long.js --shard-size 23`. */
for (const style of process.env['KILL_SEED'] === undefined ? oneOf(STYLES) : STYLES) {
  test(`tar shards (${style}), killed at random moments (KILL_SEED=${seed}): every line recorded once, every shard whole, nothing asked for twice in vain`, async () => {
    const campaign = await fight({ style, kills: 3, seed, shardSize: 23, mixture: MIXTURE })
    const told = campaign.rounds.map(describeRound).join('\n')
    assert.deepEqual(campaign.complaints, [], told)
    assert.ok(campaign.kills >= 3, told)
  })
}

test(
  'tar shards on a disk that is full: the run ends with 5, and the same command finishes when there is room',
  { skip: noSmallDisk },
  async (t) => {
    const disk = smallDisk(t, 'size=2m')
    const mixture = { ...FEW, small: 20, medium: 24 }
    const job = await assign(t, { mixture, shardSize: 20, out: join(disk.path, 'out'), delay: 0.002 })
    const ended = await job.life('obstructed', () => job.run())
    assert.equal(ended.code, 5, ended.stderr)
    assert.match(ended.stderr, /space/)
    assert.ok(job.recorded < job.lines.length)
    disk.remount('size=64m')
    await job.finish()
  },
)
