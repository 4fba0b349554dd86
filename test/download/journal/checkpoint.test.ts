/** A journal of many files, and the checkpoint that spares reading them: whatever becomes of it, the journal says the same. */
import assert from 'node:assert/strict'
import { appendFileSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Outcome } from '../../../src/download/outcome.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { crashAt } from './crash-at.js'
import { allFiles, exportResults, FileJournal, layoutOf, readOutcomes } from './journal-modules.js'
import { run, runJson, session } from './sessions.js'

const STATUSES = ['ok', 'ok', 'error', 'not-found', 'ok', 'invalid'] as const
const LINES = 60
/** Four records, or five. */
const SMALL = { fileSize: 500 }

/** Not in the order of the list. */
const outcomeOf = (n: number): Outcome => {
  const id = (n * 7) % LINES
  const status = STATUSES[n % STATUSES.length]!
  const url = `https://host-${n % 4}.example/${id}`
  if (status === 'ok') return { id, url, status, file: `${id}.gif`, bytes: id, sha256: 'ab'.repeat(10) }
  return { id, url, status, code: status === 'error' ? `HTTP_50${n % 3}` : 'HTTP_404' } as Outcome
}
const all = Array.from({ length: LINES }, (_, n) => outcomeOf(n))

type Journal = InstanceType<typeof FileJournal>

/** Everything a journal knows. */
const known = (journal: Journal): unknown => ({
  tally: journal.tally,
  done: all.map((_, id) => journal.done(id)),
  firstUndone: journal.firstUndone(),
  failures: journal.failures.save(),
})

interface Books {
  readonly path: string
  readonly checkpoint: string
  readonly output: string
}

/** A journal with the first `count` records, closed; flushed after each, so that files are closed as early as can be. */
async function books(t: TestContext, count: number): Promise<Books> {
  const output = temporaryFolder(t)
  await session(output, run, SMALL, (_, { journal }) => {
    for (const outcome of all.slice(0, count)) {
      journal.record(outcome)
      journal.flush()
    }
  })
  const { journal, checkpoint } = layoutOf(output)
  return { path: journal, checkpoint, output }
}

const open = ({ path, checkpoint }: Books): Journal => new FileJournal(path, { checkpoint, ...SMALL })

/** To look only: with files of the usual size it is not worth a checkpoint, which a disk takes its time for. */
const look = ({ path, checkpoint }: Books): Journal => new FileJournal(path, { checkpoint })

/** What there is to know, read without any checkpoint. */
async function truth({ path }: Books): Promise<unknown> {
  const journal = new FileJournal(path)
  const found = known(journal)
  await journal.close()
  return found
}

test('full files are closed under a number, and all of them together are the journal', async (t) => {
  const place = await books(t, LINES)
  const files = allFiles(place.path)
  assert.ok(files.length > 5, files.join(' '))
  for (const file of files) assert.ok(statSync(file).size < 750 && readFileSync(file, 'utf8').endsWith('}\n'), file)
  assert.ok(statSync(place.checkpoint).size > 0)
  const read: Outcome[] = []
  for await (const batch of readOutcomes(place.output)) read.push(...batch)
  assert.deepEqual(read, all)
  const journal = open(place)
  assert.deepEqual(known(journal), await truth(place))
  assert.equal(journal.tally.records, LINES)
  assert.deepEqual(journal.failures.byCode[0], ['HTTP_404', 20])
  assert.throws(() => journal.record(all[3]!), { code: 'ERR_JOURNAL' })
  await journal.close()
})

test('results come in the order of the list, from whichever file', async (t) => {
  const { output } = await books(t, LINES)
  const file = join(output, 'results.jsonl')
  assert.deepEqual(await exportResults(output, file), { records: LINES, order: 'list' })
  const ids = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as Outcome).id)
  assert.deepEqual(ids, [...all.keys()])
})

test('with a checkpoint closed files are not read', async (t) => {
  const place = await books(t, LINES)
  const [first] = allFiles(place.path)
  const size = statSync(first!).size
  // Nobody could read it now.
  writeFileSync(first!, 'x'.repeat(size))
  const journal = open(place)
  assert.equal(journal.tally.records, LINES)
  await journal.close()
})

test('a checkpoint that is cut, changed, old, of another journal or missing changes nothing', async (t) => {
  const place = await books(t, 40)
  const old = readFileSync(place.checkpoint)
  const later = open(place)
  for (const outcome of all.slice(40, 55)) {
    later.record(outcome)
    later.flush()
  }
  await later.close()
  const right = await truth(place)
  const whole = readFileSync(place.checkpoint)
  const other = await books(t, 50)
  const step = Math.ceil(whole.length / 150)
  const variants: [what: string, bytes: Buffer | undefined][] = [
    ['old', old],
    ['of another journal', readFileSync(other.checkpoint)],
    ['missing', undefined],
    ['empty', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(whole.length)],
  ]
  for (let at = 0; at < whole.length; at += at < 400 ? 7 : step) {
    variants.push([`cut at ${at}`, whole.subarray(0, at)])
    const changed = Buffer.from(whole)
    changed[at]! ^= 1
    variants.push([`changed at ${at}`, changed])
  }
  for (const [what, bytes] of variants) {
    if (bytes === undefined) rmSync(place.checkpoint)
    else writeFileSync(place.checkpoint, bytes)
    const journal = look(place)
    assert.deepEqual(known(journal), right, what)
    await journal.close()
  }
})

test('cut at every byte of its last file, or edited, a journal is what is left of it, whatever the checkpoint says', async (t) => {
  const place = await books(t, LINES)
  const checkpoint = readFileSync(place.checkpoint)
  const last = allFiles(place.path).at(-1)!
  const whole = readFileSync(last)
  const first = allFiles(place.path)[0]!
  const lines = readFileSync(first, 'utf8').split('\n')
  const check = async (what: string): Promise<void> => {
    writeFileSync(place.checkpoint, checkpoint)
    const reopened = look(place)
    assert.deepEqual(known(reopened), await truth(place), what)
    await reopened.close()
  }
  for (let cut = 0; cut <= whole.length; cut++) {
    writeFileSync(last, whole.subarray(0, cut))
    await check(`cut at ${cut}`)
  }
  writeFileSync(first, lines.slice(1).join('\n'))
  await check('the first line was removed')
  rmSync(first)
  await check('the first file was removed')
})

test('a run that crashes at any change of the disk has every record that was flushed, once', async (t) => {
  for (let nth = 1, crashed = true; crashed; nth++) {
    const output = temporaryFolder(t)
    const { state, journal: path, checkpoint } = layoutOf(output)
    await session(output, run)
    let flushed = 0
    crashed = crashAt(nth, () => {
      const journal = new FileJournal(path, { checkpoint, fileSize: 300 })
      for (const outcome of all.slice(0, 7)) {
        journal.record(outcome)
        journal.flush()
        flushed += 1
      }
      void journal.close().catch(() => undefined)
    })
    await nextTurn()
    const journal = new FileJournal(path, { checkpoint, fileSize: 300 })
    const { records } = journal.tally
    assert.ok(records === flushed || records === flushed + 1, `${records} records, ${flushed} flushed, crash ${nth}`)
    for (const outcome of all.slice(0, 12)) if (!journal.done(outcome.id)) journal.record(outcome)
    await journal.close()
    const read: Outcome[] = []
    for await (const batch of readOutcomes(output)) read.push(...batch)
    assert.deepEqual(read, all.slice(0, 12), `crash ${nth}`)
    assert.equal(existsSync(`${checkpoint}.new`), false)
    assert.ok(nth < 200, readdirSync(state).join(' '))
  }
})

test('what failed is taken out of every file, and recorded again', async (t) => {
  const place = await books(t, LINES)
  await session(place.output, run, { ...SMALL, retryFailed: true }, (_, { journal, retried, resumed }) => {
    assert.deepEqual([retried, resumed], [10, 50])
    for (const outcome of all) if (!journal.done(outcome.id)) journal.record({ ...outcome, status: 'ok' })
  })
  await session(place.output, run, SMALL, (_, { journal }) => {
    assert.deepEqual([journal.tally.records, journal.tally.byStatus.error], [LINES, 0])
    assert.deepEqual(journal.failures.byCode, [['HTTP_404', 20]])
  })
})

test('a refresh sets every file aside and knows what is in them; its end removes them, and --fresh removes all', async (t) => {
  const { output } = await books(t, LINES)
  const { state, previous } = layoutOf(output)
  await session(output, run, { ...SMALL, refresh: true }, (folder, { journal, previous: before, resumed }) => {
    assert.equal(resumed, 0)
    for (const { id, status, bytes } of all) assert.equal(before?.known(id)?.bytes, status === 'ok' ? bytes : undefined)
    for (const outcome of all) journal.record(outcome)
    journal.flush()
    folder.finish(LINES)
  })
  assert.deepEqual(allFiles(previous), [])
  assert.equal(runJson(output).finished?.lines, LINES)
  await session(output, run, { ...SMALL, fresh: true })
  assert.deepEqual(readdirSync(state).toSorted(), ['existing.jsonl', 'journal.jsonl', 'run.json'])
})

test('a reader that opened the journal before a file was closed sees all that was there, once', async (t) => {
  const place = await books(t, 30)
  const reading = readOutcomes(place.output)
  const read: Outcome[] = [...(await reading.next()).value!]
  const journal = open(place)
  for (const outcome of all.slice(30)) {
    journal.record(outcome)
    journal.flush()
  }
  await journal.close()
  for await (const batch of reading) read.push(...batch)
  assert.deepEqual(read.slice(0, 30), all.slice(0, 30))
  assert.equal(new Set(read.map(({ id }) => id)).size, read.length)
})

test('a copy of a folder goes on with its checkpoint', async (t) => {
  const place = await books(t, LINES)
  const copy = temporaryFolder(t)
  const target = { path: join(copy, 'journal.jsonl'), checkpoint: join(copy, 'checkpoint'), output: copy }
  for (const file of [...allFiles(place.path), place.checkpoint])
    copyFileSync(file, file.replace(layoutOf(place.output).state, copy))
  const [first] = allFiles(target.path)
  writeFileSync(first!, 'x'.repeat(statSync(first!).size))
  appendFileSync(target.path, '{"id":1')
  const journal = open(target)
  assert.equal(journal.tally.records, LINES)
  await journal.close()
})
