/** Killed at any moment, the same command again finishes the job: no line lost, none twice, no file in part. The longer proof is `long.js`. */
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { describe, test } from 'node:test'
import { type Campaign, type CampaignOptions, describeRound, fight } from './campaign.js'

const PROGRAMS = new URL('../../fixtures/programs/', import.meta.url)

/** With those of tar-shards.test.ts at least 50 in all; most where a life costs least. In one style with a journal of many files, and many checkpoints. */
const CAMPAIGNS: Readonly<Record<string, Pick<CampaignOptions, 'kills' | 'program'>>> = {
  async: { kills: 42, program: { file: new URL('small-books.js', PROGRAMS), env: {} } },
  threads: { kills: 3 },
  processes: { kills: 2 },
}

/** KILL_SEED=N plays a run again that failed: it is in the message. */
const seed = Number(process.env['KILL_SEED'] ?? randomInt(1_000_000))

describe(`killed at random moments (KILL_SEED=${seed})`, { concurrency: 3 }, () => {
  for (const [style, { kills, program }] of Object.entries(CAMPAIGNS)) {
    test(`a run in style ${style} ends with every line recorded once, every file whole, and nothing asked for twice in vain`, async () => {
      const campaign: Campaign = await fight({ style, kills, seed, ...(program && { program }) })
      const told = campaign.rounds.map(describeRound).join('\n')
      assert.deepEqual(campaign.complaints, [], told)
      assert.ok(campaign.kills >= kills, told)
      // Of a few kills none may meet a large file that has begun to come.
      if (kills > 20) assert.ok(campaign.continued > 0, `no file was continued where it was cut off:\n${told}`)
    })
  }
})
