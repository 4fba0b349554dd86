/** A part whose bytes come in any order: what its note says is there is believed only where it must be true. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Scatter } from '../../../src/download/sink/sink.js'
import { noSmallDisk, smallDisk } from '../../support/small-disk.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { bytesOf, headOf, jobOf } from '../../support/samples.js'

const { FilesSink } = (await import(
  new URL('../../../../dist/download/sink/files.js', import.meta.url).href
)) as typeof import('../../../src/download/sink/files.js')

const sinkAt = (root: string, durable = false): InstanceType<typeof FilesSink> =>
  new FilesSink({ root, durable, trustServerNames: false })

const TOTAL = 1000
const BODY = bytesOf(TOTAL)
const HEAD = headOf({ status: 206, length: 300, total: TOTAL, etag: '"v1"' })
const NOTE = '.a.gif.7.part.json'

/** Leaves bytes 0 to 300 and 600 to 700. */
async function leavePieces(root: string, durable = false): Promise<void> {
  const part = sinkAt(root, durable).begin(jobOf('a.gif'))
  await part.scatter.open(HEAD, false)
  part.scatter.writeAt(BODY.subarray(600, 700), 600)
  part.scatter.writeAt(BODY.subarray(0, 300), 0)
  part.scatter.note([
    [0, 300],
    [600, 700],
  ])
  part.abandon(true)
}

const leftIn = (root: string): Scatter['left'] => sinkAt(root).begin(jobOf('a.gif')).scatter.left

const noteOf = (root: string): Record<string, unknown> => JSON.parse(readFileSync(join(root, NOTE), 'utf8'))
const writeNoteOf = (root: string, note: Record<string, unknown>): void => writeFileSync(join(root, NOTE), JSON.stringify(note))

describe('pieces', () => {
  test('are one file in the end, whatever their order', async (t) => {
    const root = temporaryFolder(t)
    const part = sinkAt(root).begin(jobOf('a.gif'))
    await part.scatter.open(HEAD, false)
    part.scatter.writeAt(BODY.subarray(400), 400)
    part.scatter.writeAt(BODY.subarray(0, 400), 0)
    assert.deepEqual(part.commit(), { file: 'a.gif', bytes: TOTAL })
    assert.deepEqual(readFileSync(join(root, 'a.gif')), BODY)
    assert.deepEqual(readdirSync(root), ['a.gif'])
  })

  test('that are missing keep the file from its name', async (t) => {
    const root = temporaryFolder(t)
    const part = sinkAt(root).begin(jobOf('a.gif'))
    await part.scatter.open(HEAD, false)
    part.scatter.writeAt(BODY.subarray(400), 400)
    assert.throws(() => part.commit(), { code: 'OUTPUT_FAILED' })
    assert.deepEqual(readdirSync(root), [])
  })

  for (const durable of [false, true]) {
    test(`that are there are found by the next attempt${durable ? ', and are on the disk' : ''}`, async (t) => {
      const root = temporaryFolder(t)
      await leavePieces(root, durable)
      assert.deepEqual(leftIn(root), {
        done: [
          [0, 300],
          [600, 700],
        ],
        validator: { etag: '"v1"', total: TOTAL },
      })
      const part = sinkAt(root).begin(jobOf('a.gif'))
      assert.equal(part.resumable, undefined, 'it cannot be appended to')
      await part.scatter.open(HEAD, true)
      part.scatter.writeAt(BODY.subarray(700), 700)
      part.scatter.writeAt(BODY.subarray(300, 600), 300)
      part.commit()
      assert.deepEqual(readFileSync(join(root, 'a.gif')), BODY)
      assert.deepEqual(readdirSync(root), ['a.gif'])
    })
  }

  test('continue a part that came in order', async (t) => {
    const root = temporaryFolder(t)
    const before = sinkAt(root).begin(jobOf('a.gif'))
    await before.open(headOf({ length: TOTAL, etag: '"v1"' }))
    before.write(BODY.subarray(0, 250))
    before.abandon(true)
    const part = sinkAt(root).begin(jobOf('a.gif'))
    assert.deepEqual(part.scatter.left?.done, [[0, 250]])
    await part.scatter.open(HEAD, true)
    part.scatter.writeAt(BODY.subarray(250), 250)
    part.commit()
    assert.deepEqual(readFileSync(join(root, 'a.gif')), BODY)
  })

  test('that were there are gone when the file is begun anew', async (t) => {
    const root = temporaryFolder(t)
    await leavePieces(root)
    const part = sinkAt(root).begin(jobOf('a.gif'))
    await part.open(headOf({ length: 10, etag: '"v2"' }))
    part.write(BODY.subarray(0, 10))
    part.commit()
    assert.deepEqual(readFileSync(join(root, 'a.gif')), BODY.subarray(0, 10))
    assert.deepEqual(readdirSync(root), ['a.gif'])
  })
})

describe('a note is not believed', () => {
  for (const [title, change] of [
    ['after a restart of the machine', { boot: 'another' }],
    ['where nobody knows whether the machine was restarted', { boot: undefined }],
    ['if nothing is there', { done: [] }],
    [
      'if ranges overlap',
      {
        done: [
          [0, 300],
          [200, 400],
        ],
      },
    ],
    [
      'if ranges touch',
      {
        done: [
          [0, 300],
          [300, 400],
        ],
      },
    ],
    [
      'if ranges are in no order',
      {
        done: [
          [600, 700],
          [0, 300],
        ],
      },
    ],
    ['if a range is empty', { done: [[5, 5]] }],
    ['if a range is negative', { done: [[-5, 5]] }],
    ['if a range is beyond the end', { done: [[0, TOTAL + 1]] }],
    ['if a range is none', { done: [[0]] }],
    ['if all is there', { done: [[0, TOTAL]] }],
    ['if the ranges are none', { done: 'all' }],
  ] as readonly (readonly [string, Record<string, unknown>])[]) {
    test(title, async (t) => {
      const root = temporaryFolder(t)
      await leavePieces(root)
      writeNoteOf(root, { ...noteOf(root), ...change })
      assert.equal(leftIn(root), undefined)
    })
  }

  test('if the file is shorter', async (t) => {
    const root = temporaryFolder(t)
    await leavePieces(root)
    truncateSync(join(root, '.a.gif.7.part'), TOTAL - 1)
    assert.equal(leftIn(root), undefined)
  })

  test('but is after a restart, if the bytes were on the disk before it was written', async (t) => {
    const root = temporaryFolder(t)
    await leavePieces(root, true)
    assert.equal(noteOf(root)['boot'], undefined)
    assert.notEqual(leftIn(root), undefined)
  })
})

describe('a disk that is too small', { skip: noSmallDisk }, () => {
  test('is full before the first byte, and what was left stays', async (t) => {
    const { path: root, remount } = smallDisk(t, 'size=256k')
    await leavePieces(root)
    const huge = { ...HEAD, total: 1_000_000_000 }
    const other = sinkAt(root).begin(jobOf('b.gif'))
    assert.throws(() => other.scatter.open(huge, false), { code: 'DISK_FULL', message: /are free/ })
    assert.deepEqual(readdirSync(root).sort(), ['.a.gif.7.part', NOTE])
    writeNoteOf(root, { ...noteOf(root), total: 1_000_000_000 })
    truncateSync(join(root, '.a.gif.7.part'), 1_000_000_000)
    const part = sinkAt(root).begin(jobOf('a.gif'))
    assert.throws(() => part.scatter.open(huge, true), { code: 'DISK_FULL' })
    part.abandon(false)
    remount('size=64m')
    assert.notEqual(leftIn(root), undefined)
  })
})
