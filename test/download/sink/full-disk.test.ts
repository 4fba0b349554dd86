/** When the output cannot be written: one right code, nothing left, and the next attempt succeeds once there is room. */
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { runProgram } from '../../support/child-program.js'
import { noSmallDisk, smallDisk } from '../../support/small-disk.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { bytesOf, headOf, jobOf, put } from '../../support/samples.js'

const { FilesSink } = (await import(
  new URL('../../../../dist/download/sink/files.js', import.meta.url).href
)) as typeof import('../../../src/download/sink/files.js')
const { outputFailure } = (await import(
  new URL('../../../../dist/download/sink/output-failure.js', import.meta.url).href
)) as typeof import('../../../src/download/sink/output-failure.js')

const isRoot = process.geteuid?.() === 0
const sinkAt = (root: string): InstanceType<typeof FilesSink> => new FilesSink({ root, durable: false, trustServerNames: false })

const SMALL = 'size=256k,nr_inodes=40'

/** Does something as a user who is not root: to root nothing is denied. */
function unprivileged<T>(body: () => T): T {
  if (!isRoot) return body()
  process.seteuid?.(65_534)
  try {
    return body()
  } finally {
    process.seteuid?.(0)
  }
}

describe('a full disk', { skip: noSmallDisk }, () => {
  test('is DISK_FULL; nothing is left of the attempt, and nothing looks whole', async (t) => {
    const { path: root } = smallDisk(t, SMALL)
    await put(sinkAt(root), jobOf('small', { id: 1 }), bytesOf(10_000))
    const part = sinkAt(root).begin(jobOf('large'))
    await part.open(headOf({ length: 1_000_000 }))
    assert.throws(
      () => {
        for (let n = 0; n < 100; n += 1) part.write(bytesOf(10_000, n))
      },
      { name: 'DownloadError', code: 'DISK_FULL', message: /cannot write large: ENOSPC/ },
    )
    part.abandon(false)
    assert.deepEqual(readdirSync(root), ['small'])
    assert.deepEqual(readFileSync(join(root, 'small')), bytesOf(10_000))
  })

  test('keeps what fits, and goes on from there once there is room', async (t) => {
    const { path: root } = smallDisk(t, SMALL)
    const body = bytesOf(200_000)
    writeFileSync(join(root, 'ballast'), bytesOf(150_000))
    const part = sinkAt(root).begin(jobOf('large'))
    await part.open(headOf({ length: body.length, etag: '"v1"' }))
    assert.throws(() => part.write(body), { code: 'DISK_FULL' })
    // The note needs a page.
    rmSync(join(root, 'ballast'))
    part.abandon(true)
    const again = sinkAt(root).begin(jobOf('large'))
    const from = again.resumable?.bytes ?? 0
    assert.ok(from > 0 && from < body.length, `${from}`)
    const left: Buffer[] = []
    again.existing((chunk) => left.push(Buffer.from(chunk)))
    assert.deepEqual(Buffer.concat(left), body.subarray(0, from))
    await again.open(headOf({ length: body.length - from, from, etag: '"v1"' }))
    again.write(body.subarray(from))
    assert.equal(again.commit().bytes, body.length)
    assert.deepEqual(readFileSync(join(root, 'large')), body)
    assert.deepEqual(readdirSync(root), ['large'])
  })

  test('without room for the note keeps nothing', async (t) => {
    const { path: root } = smallDisk(t, SMALL)
    const part = sinkAt(root).begin(jobOf('large'))
    await part.open(headOf({ length: 1_000_000, etag: '"v1"' }))
    assert.throws(() => part.write(bytesOf(1_000_000)), { code: 'DISK_FULL' })
    part.abandon(true)
    assert.deepEqual(readdirSync(root), [])
  })

  test('without an inode left is DISK_FULL when the part is made', async (t) => {
    const { path: root } = smallDisk(t, SMALL)
    for (let n = 0; ; n += 1) {
      try {
        writeFileSync(join(root, `f${n}`), '')
      } catch {
        break
      }
    }
    await assert.rejects(put(sinkAt(root), jobOf('a'), bytesOf(1)), { code: 'DISK_FULL' })
    await assert.rejects(put(sinkAt(root), jobOf('d/a'), bytesOf(1)), { code: 'DISK_FULL' })
  })

  test('that is read-only is OUTPUT_DENIED', async (t) => {
    const { path: root, remount } = smallDisk(t, SMALL)
    remount('ro')
    for (const file of ['a', 'd/a'])
      await assert.rejects(put(sinkAt(root), jobOf(file), bytesOf(10)), { code: 'OUTPUT_DENIED', message: /EROFS/ })
    assert.deepEqual(readdirSync(root), [])
  })
})

describe('a folder that may not be written', { skip: process.platform === 'win32' ? 'no modes there' : false }, () => {
  test('is OUTPUT_DENIED, for the part and for a folder in it', (t) => {
    const root = temporaryFolder(t)
    chmodSync(root, 0o555)
    const sink = sinkAt(root)
    unprivileged(() => {
      for (const file of ['a', 'd/a']) {
        assert.throws(() => void sink.begin(jobOf(file)).open(headOf()), {
          name: 'DownloadError',
          code: 'OUTPUT_DENIED',
          message: /EACCES/,
        })
      }
    })
    chmodSync(root, 0o755)
    assert.deepEqual(readdirSync(root), [])
  })

  test('becomes so while the body arrives: OUTPUT_DENIED, and nothing under the final name', (t) => {
    const root = temporaryFolder(t)
    chmodSync(root, 0o777)
    const sink = sinkAt(root)
    unprivileged(() => {
      const part = sink.begin(jobOf('a'))
      void part.open(headOf())
      part.write(bytesOf(10))
      if (isRoot) process.seteuid?.(0)
      chmodSync(root, 0o555)
      if (isRoot) process.seteuid?.(65_534)
      assert.throws(() => part.commit(), { code: 'OUTPUT_DENIED' })
    })
    chmodSync(root, 0o755)
    assert.equal(existsSync(join(root, 'a')), false)
  })

  test('or read is OUTPUT_DENIED too', (t) => {
    const root = temporaryFolder(t)
    mkdirSync(join(root, 'd'))
    chmodSync(join(root, 'd'), 0o000)
    chmodSync(root, 0o755)
    unprivileged(() => {
      assert.throws(() => sinkAt(root).begin(jobOf('d/a')), { code: 'OUTPUT_DENIED' })
      assert.equal(sinkAt(root).has('d/a'), false)
    })
    chmodSync(join(root, 'd'), 0o755)
  })

  test('somebody else’s part is not continued, however right its note', async (t) => {
    if (!isRoot) {
      t.skip('only root can make files of two users')
      return
    }
    const root = temporaryFolder(t)
    chmodSync(root, 0o777)
    unprivileged(() => {
      const part = sinkAt(root).begin(jobOf('a'))
      void part.open(headOf({ length: 100, etag: '"v1"' }))
      part.write(bytesOf(10))
      part.abandon(true)
      assert.equal(sinkAt(root).begin(jobOf('a')).resumable?.bytes, 10)
    })
    assert.equal(sinkAt(root).begin(jobOf('a')).resumable, undefined)
    await put(sinkAt(root), jobOf('a'), bytesOf(10))
    assert.deepEqual(readdirSync(root), ['a'])
  })
})

test(
  'too many open files is EMFILE, which leaves nothing, and it goes on when some are closed',
  {
    skip: process.platform === 'win32' ? 'no such limit there' : false,
  },
  async (t) => {
    const program = new URL('../../fixtures/programs/out-of-files.js', import.meta.url).pathname
    const { code, stdout, stderr } = await runProgram(t, '-c', {
      execPath: '/bin/sh',
      args: ['ulimit -n 64; exec "$0" "$@"', process.execPath, program, temporaryFolder(t)],
    })
    assert.deepEqual(
      { code, stdout: JSON.parse(stdout || '{}') as unknown },
      {
        code: 0,
        stdout: { open: 'EMFILE', folder: 'EMFILE', left: [], after: ['a', 'd/b'] },
      },
      stderr,
    )
  },
)

describe('an error of the file system', () => {
  for (const [errno, code] of [
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EACCES', 'OUTPUT_DENIED'],
    ['EPERM', 'OUTPUT_DENIED'],
    ['EROFS', 'OUTPUT_DENIED'],
    ['ELOOP', 'OUTPUT_DENIED'],
    ['EMFILE', 'EMFILE'],
    ['ENFILE', 'EMFILE'],
    ['ENAMETOOLONG', 'INVALID_NAME'],
    ['EIO', 'OUTPUT_FAILED'],
    ['ENOENT', 'OUTPUT_FAILED'],
  ] as const) {
    test(`${errno} is ${code}, with what the system said as its cause`, () => {
      const error = Object.assign(new Error(`${errno}: said the system`), { code: errno })
      const failure = outputFailure(error, 'd/a.gif')
      assert.equal(failure.code, code)
      assert.equal(failure.message, `cannot write d/a.gif: ${errno}: said the system`)
      assert.equal(failure.cause, error)
    })
  }
})
