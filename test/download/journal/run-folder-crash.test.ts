/** A crash before every change of the disk that beginning and ending a run makes. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { BeginOptions } from '../../../src/download/journal/run-folder.js'
import type { RunDescription } from '../../../src/download/journal/run-record.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { everyThird } from '../../support/thorough.js'
import { crashAt } from './crash-at.js'
import { layoutOf, openRunFolder, thisProcess } from './journal-modules.js'
import { finishedRun, ids, now, otherRun, recordAll, run, runJson, session } from './sessions.js'

/** A process that is dead, so that its lock can be taken over. */
const dead = { ...thisProcess(), pid: 2 ** 30 }

/** Crashes `act` at each of its changes, or at every third, and each time hands the folder that is left to `check`. */
async function crashEverywhere(
  t: TestContext,
  prepare: () => Promise<string>,
  act: (output: string) => void,
  check: (output: string, where: string) => Promise<void>,
): Promise<void> {
  const { first, step } = everyThird()
  let nth = first
  for (; ; nth += step) {
    const output = await prepare()
    if (!crashAt(nth, () => act(output))) break
    await check(output, `crashed before change ${nth}`)
    const left = readdirSync(layoutOf(output).state)
      .filter((name) => name.startsWith('lock'))
      // One that was killed before it had written who it is: nobody can tell that it is dead.
      .filter((name) => statSync(join(layoutOf(output).state, name)).size > 0)
    assert.deepEqual(left, [], 'nothing of the lock of the one that crashed stays')
  }
  t.diagnostic(`${nth - 1} places to crash, each ${step === 1 ? 'tried' : 'third tried'}`)
  assert.ok(nth > 5)
}

function beginAndDie(output: string, description: RunDescription, options: BeginOptions): void {
  openRunFolder(output, { now, me: dead }).begin(description, options)
}

test('a new run that crashes at any moment can be begun again', async (t) => {
  await crashEverywhere(
    t,
    async () => join(temporaryFolder(t), 'out'),
    (output) => beginAndDie(output, otherRun, { existing: () => ['a', 'b'] }),
    async (output, where) => {
      await session(output, run, { existing: () => ['c'] }, (folder, begun) => {
        assert.equal(begun.resumed, 0, where)
        recordAll(folder, begun)
      }).catch((error: unknown) => {
        // It was far enough to be a run.
        assert.equal((error as { code?: string }).code, 'ERR_DIFFERENT_RUN', where)
        assert.deepEqual([...openAndClose(output).names], ['a', 'b'], where)
      })
    },
  )
})

function openAndClose(output: string): { readonly names: string[] } {
  const folder = openRunFolder(output)
  const names = [...folder.existingNames()]
  folder.close()
  return { names }
}

test('a --fresh that crashes at any moment leaves the old run whole, or none of it', async (t) => {
  const outcomes = new Set<string>()
  await crashEverywhere(
    t,
    () => finishedRun(t),
    (output) => beginAndDie(output, otherRun, { fresh: true, existing: () => ['now.gif'] }),
    async (output, where) => {
      // Somebody comes back to the old run, which may have the folder again as nothing came of the new one; and then to that, without --fresh.
      for (const description of [run, otherRun]) {
        await session(output, description, { existing: () => ['later.gif'] }, (folder, { resumed }) => {
          const names = [...folder.existingNames()].join()
          outcomes.add(`${description === run ? 'old' : 'new'}: ${resumed} ${names}`)
        }).catch((error: unknown) => assert.equal((error as { code?: string }).code, 'ERR_DIFFERENT_RUN', where))
      }
    },
  )
  assert.deepEqual([...outcomes].toSorted(), ['new: 0 later.gif', 'old: 0 later.gif', 'old: 5 old.gif'])
})

test('a --refresh that crashes at any moment has everything that was known, or was not begun', async (t) => {
  await crashEverywhere(
    t,
    () => finishedRun(t),
    (output) => beginAndDie(output, run, { refresh: true }),
    async (output, where) => {
      await session(output, run, {}, (_, { resumed, previous }) => {
        if (previous === undefined) assert.equal(resumed, 5, where)
        else assert.deepEqual([resumed, previous.known(0)?.bytes, previous.known(1)?.bytes], [0, 0, 1], where)
      })
      await session(output, run, { refresh: true }, (_, { resumed, previous }) => {
        assert.deepEqual([resumed, previous?.known(0)?.bytes, previous?.known(1)?.bytes], [0, 0, 1], where)
      })
    },
  )
})

test('a --retry-failed that crashes at any moment has each record once, and does not say that it is finished', async (t) => {
  await crashEverywhere(
    t,
    () => finishedRun(t),
    (output) => beginAndDie(output, run, { retryFailed: true }),
    async (output, where) => {
      const left = ids(layoutOf(output).journal)
      assert.ok(left.length === 5 || left.length === 3, where)
      if (left.length === 3) assert.equal(runJson(output).finished, undefined, where)
      await session(output, run, { retryFailed: true }, (folder, begun) => {
        assert.equal(begun.resumed, 3, where)
        recordAll(folder, begun)
      })
      assert.deepEqual(ids(layoutOf(output).journal), [0, 1, 3, 2, 4], where)
    },
  )
})

test('the end of a refresh that crashes at any moment is the end, or not yet', async (t) => {
  await crashEverywhere(
    t,
    async () => {
      const output = await finishedRun(t)
      await session(output, run, { refresh: true }, recordAll)
      return output
    },
    (output) => {
      const folder = openRunFolder(output, { now, me: dead })
      folder.begin(run)
      folder.finish(5)
    },
    async (output, where) => {
      await session(output, run, {}, (folder, { resumed, previous }) => {
        assert.equal(resumed, 5, where)
        assert.equal(previous === undefined, folder.earlier()?.finished !== undefined, where)
        folder.finish(5)
      })
      assert.equal(existsSync(layoutOf(output).previous), false, where)
    },
  )
})
