/** The sink of tar shards where bodies arrive: whole ones are in spools, others nowhere. */
import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import type { Committed, Sink } from 'halyard'
import { noSmallDisk, smallDisk } from '../../../support/small-disk.js'
import { temporaryFolder } from '../../../support/temporary-folder.js'
import { bytesOf, headOf, jobOf, MiB } from '../../../support/samples.js'
import { TarSink } from './tar-modules.js'

interface Scene {
  readonly sink: Sink
  readonly spools: () => string[]
  /** What a commit says is there. */
  readonly read: (committed: Committed) => Buffer
}

function open(t: TestContext, root = temporaryFolder(t)): Scene {
  const folder = join(root, '.halyard', 'shards')
  mkdirSync(folder, { recursive: true })
  const sink = new TarSink({ root, durable: false, trustServerNames: false }, 10)
  t.after(() => sink.close())
  const spools = (): string[] => readdirSync(folder).map((name) => join(folder, name))
  const read = ({ file, bytes, spooled }: Committed): Buffer => {
    const path = join(folder, `${file.slice(0, 5)}.${spooled?.spool}.spool`)
    const at = spooled?.at ?? 0
    return readFileSync(path).subarray(at, at + bytes)
  }
  return { sink, spools, read }
}

const job = (id: number) => jobOf(`00000000${id}.gif`, { id })

describe('the sink of tar shards', () => {
  test('says where a body is: its shard, its name there, and its place until then', async (t) => {
    const { sink, read } = open(t)
    for (const id of [3, 17, 4]) {
      const part = await sink.begin(job(id))
      await part.open(headOf())
      await part.write(bytesOf(100, id))
      const committed = await part.commit()
      assert.deepEqual([committed.file, committed.member, committed.bytes], [`0000${Math.floor(id / 10)}.tar`, job(id).file, 100])
      assert.deepEqual(read(committed), bytesOf(100, id))
    }
  })

  test('keeps bodies apart that arrive at once, small and large, whole and cut off', async (t) => {
    const { sink, spools, read } = open(t)
    const sizes = [100, 3 * MiB, 0, 2 * MiB, 5_000]
    const parts = new Map(await Promise.all(sizes.map(async (_, id) => [id, await sink.begin(job(id))] as const)))
    for (const [id, part] of parts) await part.open(headOf(id === 3 ? { length: sizes[id] ?? 0 } : {}))
    for (let at = 0; at < 3 * MiB; at += 50_000) {
      for (const [id, part] of parts) {
        const chunk = bytesOf(sizes[id] ?? 0, id).subarray(at, at + 50_000)
        if (chunk.length > 0) await part.write(chunk)
      }
      if (at !== 1_500_000) continue
      await parts.get(3)?.abandon(true)
      parts.delete(3)
    }
    assert.equal(spools().length, 1, 'the large one that is under way')
    const committed: Committed[] = []
    for (const part of parts.values()) committed.push(await part.commit())
    assert.deepEqual(
      committed.map(read),
      [0, 1, 2, 4].map((id) => bytesOf(sizes[id] ?? 0, id)),
    )
  })

  test('has nothing to continue, and says so of a body that begins in the middle', async (t) => {
    const { sink, spools } = open(t)
    const cut = await sink.begin(job(1))
    await cut.open(headOf({ length: 2 * MiB, etag: '"v1"' }))
    await cut.write(bytesOf(MiB))
    assert.equal(spools().length, 1)
    await cut.abandon(true)
    assert.deepEqual(spools(), [])
    const again = await sink.begin(job(1))
    assert.equal(again.resumable, undefined)
    await assert.rejects(async () => again.open(headOf({ from: MiB })), { name: 'DownloadError', code: 'RANGE_MISMATCH' })
  })

  test(
    'opens no more spools at once than it should, however small the shards',
    { skip: process.platform !== 'linux' && 'only Linux tells what is open' },
    async (t) => {
      const { sink, spools, read } = open(t)
      for (let id = 0; id < 400; id += 10) {
        const part = await sink.begin(job(id))
        await part.open(headOf())
        await part.write(bytesOf(10, id))
        assert.deepEqual(read(await part.commit()), bytesOf(10, id))
      }
      assert.equal(spools().length, 40)
      const descriptors = readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return statSync(`/proc/self/fd/${fd}`).size === 10
        } catch {
          return false
        }
      })
      assert.ok(descriptors.length <= 17, `${descriptors.length} open`)
    },
  )

  test('a body that found no room does not spoil the next one', { skip: noSmallDisk }, async (t) => {
    const { path, remount } = smallDisk(t, 'size=256k')
    const { sink, read } = open(t, path)
    const put = async (id: number, bytes: number): Promise<Committed> => {
      const part = await sink.begin(job(id))
      try {
        await part.open(headOf())
        await part.write(bytesOf(bytes, id))
        return await part.commit()
      } catch (error) {
        await part.abandon(false)
        throw error
      }
    }
    const before = await put(1, 50_000)
    await assert.rejects(put(2, 900_000), { code: 'DISK_FULL' })
    await assert.rejects(put(3, 2 * MiB), { code: 'DISK_FULL' })
    remount('size=4m')
    const after = await put(4, 60_000)
    assert.deepEqual([read(before), read(after)], [bytesOf(50_000, 1), bytesOf(60_000, 4)])
    assert.equal(after.spooled?.spool, before.spooled?.spool)
  })
})
