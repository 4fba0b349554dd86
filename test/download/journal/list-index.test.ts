/** How far the list was read: going on from there gives every line the name it would have had, wherever the run was cut off. */
import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import type { ListPlace } from '../../../src/download/source/source.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { ListIndex } from './journal-modules.js'
import { runs } from '../../support/thorough.js'

const { NameClaims } = (await import(
  new URL('../../../../dist/download/naming/name-claims.js', import.meta.url).href
)) as typeof import('../../../src/download/naming/name-claims.js')

const RUN = 'one run'
const placeOf = (id: number): ListPlace => ({ byte: id * 10, line: id + 1 })

/** Reads lines as a run does, until `end` of them were read; batches of three. @returns the names that lines were given */
function readOn(
  path: string,
  wanted: readonly string[],
  firstUndone: number,
  end: number,
  every = 4,
  run = RUN,
): Map<number, string> {
  const names = new Map<number, string>()
  const index = new ListIndex(path, run, { every })
  const claims = new NameClaims()
  claims.prepare({ expected: wanted.length, onClaim: (place, kept) => index.claimed(place, kept) })
  for (const name of ['old.gif', 'kept/']) claims.takeExisting(name)
  const { id: from } = index.begin(firstUndone, (place, kept) => claims.restore(place, kept))
  assert.ok(from <= firstUndone, `begins at ${from}, and line ${firstUndone} is not done`)
  for (let id = from; id < end; id++) {
    const claim = claims.claim(wanted[id] ?? '', id, 'suffix')
    if ('file' in claim) names.set(id, claim.file)
    if ((id - from) % 3 === 2) index.read(id + 1, placeOf(id + 1))
  }
  index.close()
  return names
}

/** Many collide. */
const wanted = Array.from(
  { length: 100 },
  (_, id) => ['a.gif', 'A.gif', 'b/c.gif', `n${id}.gif`, 'old.gif', 'kept', `d${id % 9}/x`][(id * 5) % 7]!,
)
const fileOf = (t: TestContext): string => join(temporaryFolder(t), 'list.index')
const allNames = (t: TestContext): Map<number, string> => readOn(fileOf(t), wanted, 0, wanted.length)

test('whoever goes on names lines as they were named, wherever lives end and however little is done by then', (t) => {
  const right = allNames(t)
  const folder = temporaryFolder(t)
  let folders = 0
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(100), fc.nat(100)), { maxLength: 6 }),
      fc.integer({ min: 1, max: 30 }),
      (lives, every) => {
        const path = join(folder, String(folders++))
        let done = 0
        for (const [reads, ends] of [...lives, [100, 0] as const]) {
          const end = Math.min(100, Math.max(done, reads))
          for (const [id, name] of readOn(path, wanted, done, end, every)) assert.equal(name, right.get(id), `line ${id}`)
          // Of the lines that were read some are done.
          done = Math.max(done, Math.min(end, ends))
        }
      },
    ),
    runs(200),
  )
})

test('lines that are done need neither be read nor named again', (t) => {
  const path = fileOf(t)
  readOn(path, wanted, 0, 100)
  const names = readOn(path, wanted, 60, 100)
  const first = Math.min(...names.keys())
  assert.ok(first > 55 && first <= 60, `begins at line ${first}`)
  const index = new ListIndex(path, RUN)
  assert.deepEqual(
    index.begin(60, () => undefined),
    { id: first, place: placeOf(first) },
  )
  index.close()
})

test('an index that was cut at any byte, or changed at any, is right as far as it goes', (t) => {
  const path = fileOf(t)
  const right = readOn(path, wanted, 0, 50)
  const whole = readFileSync(path)
  const check = (what: string): void => {
    for (const [id, name] of readOn(path, wanted, 45, 50)) assert.equal(name, right.get(id), `${what}, line ${id}`)
    assert.deepEqual(readFileSync(path), whole, what)
  }
  for (let at = 0; at < whole.length; at += 3) {
    writeFileSync(path, whole)
    truncateSync(path, at)
    check(`cut at ${at}`)
    const changed = Buffer.from(whole)
    changed[at]! ^= 0x10
    writeFileSync(path, changed)
    check(`changed at ${at}`)
  }
  writeFileSync(path, whole)
  appendFileSync(path, Buffer.alloc(5_000))
  check('zeros at its end')
})

test('the index of another run is not this one', (t) => {
  const path = fileOf(t)
  readOn(path, wanted, 0, 100, 4, 'another run')
  const index = new ListIndex(path, RUN)
  assert.deepEqual(
    index.begin(90, () => assert.fail('a name of the other run')),
    { id: 0 },
  )
  index.close()
  assert.equal(statSync(path).size, 0)
})

test('a short list has none, and one that cannot be read from a place has its names', (t) => {
  const path = fileOf(t)
  readOn(path, wanted, 0, 20, 50)
  assert.equal(existsSync(path), false)
  const index = new ListIndex(path, RUN, { every: 2 })
  index.claimed(2, 3)
  index.read(2, undefined)
  index.claimed(5, 7)
  index.read(4, undefined)
  index.close()
  const names: number[][] = []
  const again = new ListIndex(path, RUN)
  assert.deepEqual(
    again.begin(3, (...name) => names.push(name)),
    { id: 2 },
  )
  assert.deepEqual(names, [[2, 3]])
  again.close()
})
