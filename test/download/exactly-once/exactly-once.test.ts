/** Killed at any moment, the same command again finishes the job: no line lost, none twice, no file in part. The longer proof is `long.js`. */
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { describe, test } from 'node:test'
import { type Campaign, describeRound, fight } from './campaign.js'

/** At least 50 in all; most where a life costs least. */
const KILLS: Readonly<Record<string, number>> = { async: 34, threads: 8, processes: 8 }

/** KILL_SEED=N plays a run again that failed: it is in the message. */
const seed = Number(process.env['KILL_SEED'] ?? randomInt(1_000_000))

describe(`killed at random moments (KILL_SEED=${seed})`, { concurrency: 3 }, () => {
  for (const [style, kills] of Object.entries(KILLS)) {
    test(`a run in style ${style} ends with every line recorded once, every file whole, and nothing asked for twice in vain`, async () => {
      const campaign: Campaign = await fight({ style, kills, seed })
      const told = campaign.rounds.map(describeRound).join('\n')
      assert.deepEqual(campaign.complaints, [], told)
      assert.ok(campaign.kills >= kills, told)
      assert.ok(campaign.continued > 0, `no file was continued where it was cut off:\n${told}`)
    })
  }
})
