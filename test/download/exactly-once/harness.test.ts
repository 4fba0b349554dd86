/** The tests of the test: a downloader that is right passes, and each flaw is found. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { within } from '../../support/os-processes.js'
import { randomFrom } from '../../support/random.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { oneOf } from '../../support/thorough.js'
import { Folder } from './folder.js'
import { hostileList, LARGE, type Mixture } from './hostile-list.js'
import { playRound, type Round } from './round.js'
import { startSite } from './site.js'

const FRAIL = new URL('../../fixtures/programs/frail-get.js', import.meta.url)

const mixture: Mixture = {
  empty: 10,
  small: 150,
  medium: 20,
  large: 4,
  missing: 10,
  busyFirst: 5,
  invalid: 6,
  colliding: 20,
  twice: 5,
  drip: 6_000_000,
}

async function play(flaw: string): Promise<Round> {
  await using site = await startSite('0.002-0.02')
  return await playRound({
    site,
    style: 'async',
    seed: 3,
    mixture,
    kills: 4,
    span: 500,
    events: 80,
    concurrency: 16,
    patience: 20_000,
    program: { file: FRAIL, env: { FLAW: flaw } },
  })
}

describe('the harness of exactly once', { concurrency: 4 }, () => {
  test('has nothing to say against a small downloader that is right, killed four times', async () => {
    const round = await play('none')
    assert.deepEqual(round.complaints, [], round.trace.join('\n'))
    assert.equal(round.kills, 4)
    assert.ok(round.lost > 0, 'no kill met a request in flight')
    assert.ok(round.repeated <= round.lost)
  })

  const flaws: readonly [flaw: string, what: string, complaint: RegExp][] = [
    ['writes-in-place', 'writes under the final name', /bytes under its final name/],
    ['records-first', 'records a file before it is there', /recorded as ok, and .* is not there/],
    ['forgets', 'begins anew each time', /records that were there have changed or gone/],
    ['writes-late', 'keeps a hundred records in memory', /requests left no record; at most 32 may/],
    ['litters', 'leaves its part files', /was left over/],
    ['ignores-letters', 'takes a name that differs only in its letters', /no line of the list is called \d+\.bin/i],
    ['spoils', 'changes a few bytes', /right size and wrong bytes/],
    ['records-twice', 'records a line twice', /has two records/],
    ['skips', 'forgets a line', /was requested 1 times for 0|left no record|has no record/],
    ['crowds', 'has more in flight than it may', /requests left no record; at most 32 may/],
  ]
  for (const [flaw, what, complaint] of oneOf(flaws)) {
    test(`finds a downloader that ${what}`, async () => {
      const round = await play(flaw)
      assert.match(round.complaints.join('\n'), complaint, round.trace.join('\n'))
    })
  }
})

const noCurl = spawnSync('curl', ['--version']).error === undefined ? false : 'there is no curl to be killed'

test('finds what curl leaves under the final name when it is killed', { skip: noCurl }, async (t) => {
  const out = temporaryFolder(t)
  await using site = await startSite()
  const { lines, plans } = hostileList(site.url, { ...mixture, large: 8, drip: 1_000_000 }, randomFrom(1))
  site.add(plans)
  const files = lines.filter(({ file }) => file !== undefined)
  const config = join(temporaryFolder(t), 'config')
  writeFileSync(config, files.map(({ text, file = '' }) => `url = "${text}"\noutput = "${join(out, file)}"\n`).join(''))
  const curl = spawn('curl', ['-sZ', '--parallel-max', '300', '-K', config], { stdio: 'ignore' })
  const ended = once(curl, 'exit')
  // One of the large files comes, for three seconds.
  const large = files.filter(({ bytes }) => bytes === LARGE).map(({ file = '' }) => join(out, file))
  const isComing = (): boolean => large.some((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LARGE / 10)
  assert.ok(await within(10_000, isComing), 'curl asks for nothing')
  curl.kill('SIGKILL')
  await ended
  assert.match(new Folder(out, lines).complaints().join('\n'), /bytes under its final name/)
})
