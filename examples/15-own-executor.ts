/**
 * One pool of threads for the downloads and for what is done with the files.
 *
 * `downloadMany` takes any executor, uses it, and leaves it running. The work on the files is an exported function like any other: here, how many
 * colours a GIF has.
 *
 *   npm run build && node build/examples/15-own-executor.js [FOLDER]     FOLDER: default a new one below the system's temporary folder
 */
import { readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { downloadMany, isMain, ThreadPoolExecutor } from 'halyard'
import { startFlagServer } from 'halyard/flag-server'

/** Colours in the palette of a GIF. */
export function colours(path: string): number {
  return 2 ** ((readFileSync(path).readUInt8(10) & 7) + 1)
}

if (isMain(import.meta)) {
  const output = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'halyard-')))
  await using server = await startFlagServer()
  await using executor = new ThreadPoolExecutor(4)

  const files: string[] = []
  const urls = ['br', 'cn', 'in', 'us'].map((cc) => `${server.flagsUrl}/${cc}/${cc}.gif`)
  for await (const { file } of downloadMany(urls, { output, executor })) if (file !== undefined) files.push(file)

  files.sort()
  const counts = await executor
    .map(
      colours,
      files.map((file) => join(output, file)),
    )
    .toArray()
  for (const [i, file] of files.entries()) console.log(`${file}: a palette of ${counts[i]} colours`)
}
