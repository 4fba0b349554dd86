/**
 * Download into tar shards, as WebDataset reads them, and read one sample without the archive around it.
 *
 * A shard appears when every line of it is done. Beside it is its index, a JSON object for each line: where in the archive the sample is, or
 * why there is none. One line of this list leads nowhere.
 *
 *   npm run build && node build/examples/16-tar-shards.js [FOLDER]     FOLDER: default a new one below the system's temporary folder
 */
import { mkdtemp, open, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { downloadMany, isMain, type Outcome } from 'halyard'
import { startFlagServer } from 'halyard/flag-server'

/** What the index says of a line, beyond its record. */
interface IndexLine extends Outcome {
  readonly key?: string
  readonly offset?: number
}

async function bytesOf(folder: string, { file = '', offset = 0, bytes = 0 }: IndexLine): Promise<Buffer> {
  await using shard = await open(join(folder, file))
  return (await shard.read(Buffer.alloc(bytes), 0, bytes, offset)).buffer
}

if (isMain(import.meta)) {
  const output = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'halyard-')))
  await using server = await startFlagServer()
  const list = ['br', 'cn', 'xx', 'in', 'us'].map((cc) => `${server.flagsUrl}/${cc}/${cc}.gif`)

  const run = downloadMany(list, {
    output,
    sink: 'tar',
    shardSize: 3,
    onEvent: (event) => {
      if (event.type === 'shard') console.log(`${event.file}: ${event.samples} samples, ${event.bytes} bytes`)
    },
  })
  await run.summary

  const index = (await readFile(join(output, '00000.jsonl'), 'utf8')).trimEnd().split('\n')
  for (const line of index.map((text) => JSON.parse(text) as IndexLine)) {
    if (line.key === undefined) console.log(`line ${line.id}: ${line.code}`)
    else console.log(`line ${line.id}: ${line.member}, begins with ${(await bytesOf(output, line)).toString('latin1', 0, 6)}`)
  }
}
