/** Hashing behind the writer: the digests of what is in the file, in a thread or without one. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { downloadOne } from 'halyard'
import { answer, startRawServer } from '../../support/raw-server.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const { Follower } = (await import(
  new URL('../../../../dist/download/verify/follower.js', import.meta.url).href
)) as typeof import('../../../src/download/verify/follower.js')
const { FollowedDigests } = (await import(
  new URL('../../../../dist/download/verify/followed-digests.js', import.meta.url).href
)) as typeof import('../../../src/download/verify/followed-digests.js')

const sum = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex')

/** An empty file, open for reading and writing. */
function fileFor(t: TestContext): number {
  const fd = openSync(join(temporaryFolder(t), 'file'), 'wx+')
  t.after(() => closeSync(fd))
  return fd
}

const BYTES = Buffer.alloc(3 * 1024 * 1024 + 17, 'halyard')

test('what is written while it is followed is hashed by every algorithm asked for', async (t) => {
  const fd = fileFor(t)
  const follower = new Follower(fd, ['sha256', 'md5'])
  for (let at = 0; at < BYTES.length; at += 500_000) {
    writeSync(fd, BYTES, at, Math.min(500_000, BYTES.length - at), at)
    follower.advance(Math.min(at + 500_000, BYTES.length))
  }
  assert.deepEqual(await follower.finish(BYTES.length), [sum('sha256', BYTES), sum('md5', BYTES)])
})

test('a second one at the same time has no thread, and comes to the same', async (t) => {
  const files = [fileFor(t), fileFor(t)]
  const followers = files.map((fd) => new Follower(fd, ['sha256']))
  for (const fd of files) writeSync(fd, BYTES)
  const found = await Promise.all(followers.map((follower) => follower.finish(BYTES.length)))
  assert.deepEqual(found, [[sum('sha256', BYTES)], [sum('sha256', BYTES)]])
})

test('a file of no byte has the digest of nothing', async (t) => {
  assert.deepEqual(await new Follower(fileFor(t), ['sha256']).finish(0), [sum('sha256', Buffer.of())])
})

test('a file that is shorter than was said is an error, not a digest', async (t) => {
  const fd = fileFor(t)
  writeSync(fd, BYTES)
  await assert.rejects(new Follower(fd, ['sha256']).finish(BYTES.length + 1), /ends at byte/)
})

test('one that nobody wants any more ends, and makes room for the next', async (t) => {
  const fd = fileFor(t)
  const stopped = new FollowedDigests(fd, undefined, 0)
  stopped.update(BYTES)
  stopped.stop()
  stopped.stop()
  writeSync(fd, BYTES)
  const digests = new FollowedDigests(fd, `sha256:${'0'.repeat(64)}`, BYTES.length)
  await assert.rejects(digests.finish(), { code: 'CHECKSUM' })
})

test('a large file that broke off is continued, and hashed from its first byte', async (t) => {
  const piece = Buffer.alloc(1024 * 1024, 'large')
  const count = 65
  const body = Buffer.concat(Array.from({ length: count }, () => piece))
  const server = await startRawServer(t, ({ socket, head }) => {
    const from = Number(/^range: bytes=(\d+)-/im.exec(head)?.[1] ?? 0)
    const range = from === 0 ? {} : { 'Content-Range': `bytes ${from}-${body.length - 1}/${body.length}` }
    const headers = { ETag: '"1"', 'Content-Length': String(body.length - from), ...range }
    socket.write(answer(from === 0 ? '200 OK' : '206 Partial', '', headers))
    if (from === 0) socket.end(body.subarray(0, 20 * piece.length))
    else socket.write(body.subarray(from))
  })
  const output = temporaryFolder(t)
  const outcome = await downloadOne(`${server.url}/large`, { output })
  assert.equal(outcome.status, 'ok', outcome.error?.message)
  assert.equal(outcome.attempts, 2)
  assert.equal(server.heads.length, 2)
  assert.match(server.heads[1] ?? '', /^range: bytes=\d{5,}-/im)
  assert.equal(outcome.sha256, sum('sha256', body))
  assert.ok(readFileSync(join(output, 'large')).equals(body))
})
