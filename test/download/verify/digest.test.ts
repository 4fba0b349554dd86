import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../../support/temporary-folder.js'

const { hashFile, newDigests, verifySize } = (await import(
  new URL('../../../../dist/download/verify/digest.js', import.meta.url).href
)) as typeof import('../../../src/download/verify/digest.js')
const { parseChecksum } = (await import(
  new URL('../../../../dist/download/verify/checksum.js', import.meta.url).href
)) as typeof import('../../../src/download/verify/checksum.js')

const ALGORITHMS = ['sha256', 'sha512', 'sha384', 'sha1', 'md5'] as const
const sum = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex')
const BODY = Buffer.from('GIF89a and so on')

function digest(expected: string | undefined, bytes: Uint8Array = BODY): { readonly sha256: string } {
  const digests = newDigests(expected)
  for (let at = 0; at < bytes.length; at += 5) digests.update(bytes.subarray(at, at + 5))
  return digests.finish()
}

describe('the digests of a body', () => {
  test('hold its sha256, whether the list expects one or not', () => {
    assert.deepEqual(digest(undefined), { sha256: sum('sha256', BODY) })
    assert.deepEqual(digest(undefined, Buffer.alloc(0)), { sha256: sum('sha256', Buffer.alloc(0)) })
  })

  for (const algorithm of ALGORITHMS) {
    test(`pass with the ${algorithm} the list expects, in any case of letters`, () => {
      const hex = sum(algorithm, BODY)
      assert.deepEqual(digest(`${algorithm}:${hex}`), { sha256: sum('sha256', BODY) })
      assert.deepEqual(digest(`${algorithm.toUpperCase()}:${hex.toUpperCase()}`), { sha256: sum('sha256', BODY) })
    })

    test(`fail with another ${algorithm}, naming both`, () => {
      const wrong = sum(algorithm, Buffer.from('other'))
      assert.throws(() => digest(`${algorithm}:${wrong}`), {
        name: 'DownloadError',
        code: 'CHECKSUM',
        message: new RegExp(`${algorithm}:${sum(algorithm, BODY)}.*expects ${algorithm}:${wrong}`),
      })
    })
  }

  test('a chunk may be reused once it was handed over', () => {
    const digests = newDigests(`md5:${sum('md5', BODY)}`)
    const chunk = Buffer.alloc(4)
    for (let at = 0; at < BODY.length; at += 4) {
      BODY.copy(chunk, 0, at, at + 4)
      digests.update(chunk.subarray(0, Math.min(4, BODY.length - at)))
    }
    assert.deepEqual(digests.finish(), { sha256: sum('sha256', BODY) })
  })
})

describe('a checksum of a list', () => {
  for (const text of [
    '',
    'sha256',
    ':',
    'sha256:',
    'sha256:12',
    `sha256:${'g'.repeat(64)}`,
    `crc32:${'0'.repeat(8)}`,
    `__proto__:${'0'.repeat(64)}`,
    `md5:${'0'.repeat(33)}`,
    '0'.repeat(64),
    `md5:${'0'.repeat(32)}\n0`,
  ]) {
    test(`is refused if it is none: ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseChecksum(text), { name: 'DownloadError', code: 'INVALID_HASH', message: /is no checksum/ })
    })
  }

  test('may be spelled sha-256', () => {
    assert.deepEqual(parseChecksum(`SHA-256:${'AB'.repeat(32)}`), { algorithm: 'sha256', hex: 'ab'.repeat(32) })
  })
})

test('a file of the wrong size is refused, naming both; without a size in the list all are right', () => {
  verifySize(5, 5)
  verifySize(5, undefined)
  assert.throws(() => verifySize(5, 6), { code: 'SIZE', message: 'the file has 5 bytes, the list expects 6' })
  assert.throws(() => verifySize(5, 0), { code: 'SIZE' })
})

describe('a file on the disk', () => {
  for (const size of [0, 1, 256 * 1024, 700_001]) {
    test(`of ${size} bytes is hashed`, async (t) => {
      const path = join(temporaryFolder(t), 'file')
      const bytes = randomBytes(size)
      writeFileSync(path, bytes)
      assert.deepEqual(await hashFile(path), { sha256: sum('sha256', bytes), bytes: size })
    })
  }

  test('is not looked for behind a link', async (t) => {
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'secret'), 'x')
    symlinkSync('secret', join(folder, 'link'))
    await assert.rejects(hashFile(join(folder, 'link')), { code: 'ELOOP' })
    await assert.rejects(hashFile(join(folder, 'nothing')), { code: 'ENOENT' })
  })
})
