/** Our tar archives are what other programs take for tar archives. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { noGnuTar, noPython, readTars } from '../../../support/tar-reader.js'
import { temporaryFolder } from '../../../support/temporary-folder.js'
import { END, memberHead, paddingOf, tarMembers } from './tar-modules.js'

/** Names at the limits of what a header holds, and bodies at those of a block. */
const MEMBERS: readonly (readonly [name: string, bytes: number])[] = [
  ['000000000.jpg', 0],
  ['000000000.json', 511],
  ['a/b/c.gif', 512],
  [`${'n'.repeat(96)}.gif`, 513],
  [`${'n'.repeat(97)}.gif`, 1],
  [`${'n'.repeat(255)}.gif`, 1024],
  [`${'folder/'.repeat(40)}x.gif`, 3],
  ['Flagge Österreichs.gif', 7],
  [`${'旗'.repeat(80)}.gif`, 7],
  // With these the length of the pax line itself gains a digit.
  ...[85, 86, 87, 88, 89].map((length) => [`é${'x'.repeat(length)}`, 1] as const),
]

function archive(): Buffer {
  const parts = MEMBERS.flatMap(([name, bytes]) => [
    memberHead(name, bytes),
    Buffer.alloc(bytes, name.length),
    Buffer.alloc(paddingOf(bytes)),
  ])
  return Buffer.concat([...parts, END])
}

const sha256 = ([name, bytes]: readonly [string, number]): string =>
  createHash('sha256').update(Buffer.alloc(bytes, name.length)).digest('hex')

test("Python's tarfile reads every member: name, bytes, and nothing that differs from run to run", { skip: noPython }, (t) => {
  const path = join(temporaryFolder(t), 'a.tar')
  writeFileSync(path, archive())
  const [members = []] = readTars(path)
  assert.deepEqual(
    members.map(({ name, bytes, sha256: hash }) => [name, bytes, hash]),
    MEMBERS.map((member) => [...member, sha256(member)]),
  )
  for (const { rest } of members) assert.deepEqual(rest, ['0o644', 0, 0, 0, '0'])
})

test('GNU tar lists them without a word of complaint', { skip: noGnuTar }, (t) => {
  const path = join(temporaryFolder(t), 'a.tar')
  writeFileSync(path, archive())
  const { status, stdout, stderr } = spawnSync('tar', ['--quoting-style=literal', '-tf', path], { encoding: 'utf8' })
  assert.deepEqual([status, stderr], [0, ''])
  assert.deepEqual(
    stdout.trimEnd().split('\n'),
    MEMBERS.map(([name]) => name),
  )
})

test('so do we, for halyard verify', async (t) => {
  const path = join(temporaryFolder(t), 'a.tar')
  writeFileSync(path, archive())
  await using file = await open(path)
  const found: [string, number][] = []
  for await (const { name, bytes } of tarMembers(file)) found.push([name, bytes])
  assert.deepEqual(found, MEMBERS)
})

test('a body too long for the header has its length before it', { skip: noPython }, () => {
  const bytes = 8 * 1024 ** 3
  const head = memberHead('large.bin', bytes)
  const script = `
import sys, tarfile, io
data = sys.stdin.buffer.read()
print(tarfile.open(fileobj=io.BytesIO(data + bytes(1024))).firstmember.size)
`
  assert.equal(memberHead('large.bin', bytes - 1).length, 512)
  assert.equal(spawnSync('python3', ['-c', script], { input: head, encoding: 'utf8' }).stdout.trim(), String(bytes))
})

test('a broken archive is said to be broken, and where', async (t) => {
  const folder = temporaryFolder(t)
  const whole = archive()
  const cases = [
    [whole.subarray(0, 512 * 2 + 100), /ends within the member at byte 512$/],
    [whole.subarray(0, whole.length - 1024), /without its end mark$/],
    [Buffer.concat([whole.subarray(0, 512), Buffer.alloc(512, 1)]), /no member of a tar archive begins at byte 512$/],
  ] as const
  for (const [index, [bytes, message]] of cases.entries()) {
    const path = join(folder, `${index}.tar`)
    writeFileSync(path, bytes)
    await using file = await open(path)
    await assert.rejects(async () => {
      for await (const _ of tarMembers(file));
    }, message)
  }
})
