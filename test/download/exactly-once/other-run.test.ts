/** A folder belongs to one list and one way to download it: another is refused, with the reason, before anything happens. */
import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { halyard } from '../../support/halyard.js'
import { type Assignment, assign, FEW } from './assignment.js'

/** Names, sizes, times of change and inodes of everything in a folder but its lock, which comes and goes. */
function stateOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^lock(?:\.\d+)?$/.test(entry.name))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const { size, mtimeMs, ino } = statSync(path)
      return `${path} ${size} ${mtimeMs} ${ino}`
    })
    .sort()
}

/** A run that was killed half-way. */
async function halfDone(job: Assignment): Promise<void> {
  await job.life('killed', async () => {
    const program = job.start()
    await job.site.log.waitFor(({ n, outcome }) => n > 20 && outcome === 'complete')
    program.killGroup('SIGKILL')
    await program.ended
  })
}

const differences: readonly [what: string, change: (job: Assignment) => readonly string[] | undefined, reason: RegExp][] = [
  [
    'a line was added to the list',
    (job) => {
      appendFileSync(job.list, `${job.site.url}/n/1.bin\n`)
      return undefined
    },
    /list/i,
  ],
  [
    'a line in the middle of the list is another of the same length',
    (job) => {
      const text = readFileSync(job.list, 'utf8')
      writeFileSync(job.list, text.replace('/n/10.bin', '/n/99.bin'))
      return undefined
    },
    /list/i,
  ],
  [
    'the list is shorter',
    (job) => {
      writeFileSync(job.list, readFileSync(job.list, 'utf8').split('\n').slice(0, -3).join('\n'))
      return undefined
    },
    /list/i,
  ],
  ['the names are made in another way', () => ['--name', '{index:04}{ext}'], /name/i],
  ['bodies are decoded', () => ['--decode'], /decode/i],
  ['collisions are treated in another way', () => ['--on-collision', 'skip'], /collision/i],
]

describe('a folder that holds another run', () => {
  const ends: (() => Promise<void> | void)[] = []
  after(async () => {
    for (const end of ends.toReversed()) await end()
  })
  let job: Assignment
  before(async () => {
    job = await assign({ after: (end) => void ends.push(end) }, { mixture: { ...FEW, small: 60 }, delay: 0.01 })
    await halfDone(job)
  })

  for (const [what, change, reason] of differences) {
    test(`is refused with exit code 6 when ${what}; the message says so, and nothing happens`, async (t) => {
      const list = readFileSync(job.list)
      const was = stateOf(job.out)
      const requests = job.site.log.total
      const args = change(job) ?? []
      const refused = await halyard(t, [...job.command, ...args])
      writeFileSync(job.list, list)
      assert.equal(refused.code, 6, refused.stderr)
      assert.match(refused.stderr, reason)
      assert.match(refused.stderr, /--fresh/, 'it does not say what to do')
      assert.equal(job.site.log.total, requests)
      assert.deepEqual(stateOf(job.out), was)
    })
  }

  test('is continued, after all that was refused, with other options that change no result: how many at once, in which style, how patiently, how shown', async (t) => {
    const args = [
      '-j',
      '2',
      '--style',
      'threads',
      '--retries',
      '1',
      '--timeout',
      '60',
      '--progress',
      'json',
      '-A',
      'somebody else',
    ]
    const ended = await job.life('finished', () => halyard(t, [...job.command, ...args]))
    assert.equal(ended.code, 0, ended.stderr)
    job.isDone()
  })
})
