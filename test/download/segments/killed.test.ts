/** A run that is killed in the middle of a large file: the same command asks for what is missing, and for nothing else. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { downloadMany, type Summary } from 'halyard'
import { startFlagServer, syntheticSha256 } from 'halyard/flag-server'
import { startHalyard } from '../../support/halyard.js'
import { noSmallDisk, smallDisk } from '../../support/small-disk.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

const SIZE = 4_000_000
const PATH = `/n/0.bin?size=${SIZE}`
const NOTE = '.0.bin.0.part.json'

type Ranges = readonly (readonly [from: number, to: number])[]

/** Resolves as soon as the note of the part says that something is there. */
function noted(folder: string): Promise<Ranges> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (!readdirSync(folder).includes(NOTE)) return
      const { done } = JSON.parse(readFileSync(join(folder, NOTE), 'utf8')) as { done: Ranges }
      if (done.length === 0) return
      watcher.close()
      resolve(done)
    }
    const watcher = watch(folder, () => {
      try {
        look()
      } catch (error) {
        watcher.close()
        reject(error)
      }
    })
    look()
  })
}

/** The same in this process. */
const again = (url: string, output: string): Promise<Summary> =>
  downloadMany([`${url}${PATH}`], { output, segments: 4, segmentSize: 300_000 }).summary

function assertRight(file: string): void {
  assert.equal(createHash('sha256').update(readFileSync(file)).digest('hex'), syntheticSha256({ number: 0, size: SIZE }))
}

async function killed(t: TestContext, folder: string): Promise<void> {
  let isSlow = true
  const server = await startFlagServer({ faultsFor: () => (isSlow ? { drip: 200_000 } : undefined) })
  t.after(() => server.close())
  const args = ['get', '-q', '--segments', '4', '--segment-size', '300000', '-o', folder, `${server.url}${PATH}`]
  const first = startHalyard(t, args)
  await noted(folder)
  first.killGroup('SIGKILL')
  await first.ended
  // What the last note before the kill says.
  const done = await noted(folder)
  const before = server.log.total
  isSlow = false
  const { code, stderr } = await startHalyard(t, args).ended
  assert.equal(code, 0, stderr)
  assertRight(join(folder, '0.bin'))
  assert.deepEqual(
    readdirSync(folder).filter((name) => name !== '.halyard'),
    ['0.bin'],
  )
  const asked = server.log.records.slice(before).map(({ headers, status }): [number, number] => {
    assert.equal(status, 206)
    const [, from = '', to = ''] = /^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '') ?? []
    return [Number(from), Math.min(Number(to) + 1, SIZE)]
  })
  let at = 0
  for (const [from, to] of [...asked, ...done].sort(([a], [b]) => a - b)) {
    assert.equal(from, at, 'a byte was asked for twice, or not at all')
    at = to
  }
  assert.equal(at, SIZE)
}

test('kill -9 costs what came since the last note, and no byte of the file', async (t) => {
  await killed(t, temporaryFolder(t))
})

test('a disk that is too small ends the run before anything is written', { skip: noSmallDisk }, async (t) => {
  const { path, remount } = smallDisk(t, 'size=1m')
  const server = await startFlagServer()
  t.after(() => server.close())
  await assert.rejects(again(server.url, path), { code: 'ERR_OUTPUT', message: /4000000 bytes are to come/ })
  assert.equal(server.log.total, 1)
  remount('size=64m')
  assert.equal((await again(server.url, path)).ok, 1)
  assertRight(join(path, '0.bin'))
})
