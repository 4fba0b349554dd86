/**
 * Bytes that go somewhere else than into files: a sink of your own.
 *
 * This one keeps the size of each picture, which is in the first ten bytes of a GIF, and nothing else. A sink is told of the bytes as they come,
 * but may publish what it made of them only in `commit`: then they are whole and verified. `journal: false` keeps no record, so no folder is
 * made at all.
 *
 *   npm run build && node build/examples/14-own-sink.js
 */
import { downloadMany, isMain } from 'halyard'
import type { Job, Part, Sink } from 'halyard'
import { startFlagServer } from 'halyard/flag-server'

class PictureSizes implements Sink {
  readonly sizes = new Map<string, string>()

  begin({ file }: Job): Part {
    let head = Buffer.alloc(0)
    let bytes = 0
    return {
      existing: () => undefined,
      open: () => undefined,
      write: (chunk) => {
        if (head.length < 10) head = Buffer.concat([head, chunk.subarray(0, 10)])
        bytes += chunk.length
      },
      commit: () => {
        this.sizes.set(file, `${head.readUInt16LE(6)} × ${head.readUInt16LE(8)}`)
        return { file, bytes }
      },
      abandon: () => undefined,
    }
  }

  has(file: string): boolean {
    return this.sizes.has(file)
  }

  close(): void {
    // Nothing is held open.
  }
}

if (isMain(import.meta)) {
  await using server = await startFlagServer()
  const urls = ['br', 'ch', 'np'].map((cc) => `${server.flagsUrl}/${cc}/${cc}.gif?fail=1&cut=50%`)
  const sink = new PictureSizes()
  const { ok } = await downloadMany(urls, { sink, journal: false }).summary
  for (const file of [...sink.sizes.keys()].sort()) console.log(file, sink.sizes.get(file))
  console.log(`${ok} ok, each at the second attempt`)
}
