import assert from 'node:assert/strict'
import { tally } from '../../fixtures/workers/tallying.js'
import { Tally } from '../../support/tally.js'
import { testPools } from '../../support/worker-pools.js'

testPools(
  'a call that is aborted while its worker is still starting never begins, and its place is free',
  async ({ t, take }) => {
    const pool = take()
    const begun = new Tally(t)
    const aborted = pool.submit(tally, begun.path, 'aborted')
    assert.equal(aborted.state, 'running')
    // Once it has been sent: before that it is merely taken out of the envelope.
    await new Promise(setImmediate)
    assert.equal(aborted.abort('too late'), true)
    await pool.submit(tally, begun.path, 'next')
    assert.deepEqual(begun.lines, ['next'])
    assert.equal(pool.stats.busy, 0)
  },
)
