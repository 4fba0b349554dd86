/** The samples of a run hashed again, shard by shard: for `halyard verify`. Memory: eight bytes a line of the list, and the hashes of one shard. */
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { openJournalToRead } from '../../journal/read-journal.js'
import { RecordIndex } from '../../journal/record-index.js'
import type { Outcome } from '../../outcome.js'
import { hashPiece } from '../../verify/digest.js'
import { type Found, hasFile } from '../../verify/found.js'
import { ShardFolder } from './shard-folder.js'
import { ShardLines } from './shard-lines.js'
import { tarMembers } from './tar-members.js'

/** Each record that says that there is a sample, in the order of the list, and what is there. @throws {RunError} ERR_JOURNAL */
export async function* samplesInOrder(root: string): AsyncGenerator<readonly [Outcome, Found], void, undefined> {
  const journal = openJournalToRead(root)
  try {
    let shard: string | undefined
    let found: ReadonlyMap<string, Found> = new Map()
    let reason = ''
    for (const outcome of new RecordIndex(journal).inOrder()) {
      const { file = '', member = '' } = outcome
      if (!hasFile(outcome)) continue
      if (file !== shard) {
        shard = file
        ;({ found, reason } = await hashesOf(root, file))
      }
      yield [outcome, found.get(member) ?? { problem: 'missing', message: reason }]
    }
  } finally {
    journal.close()
  }
}

interface Hashes {
  readonly found: ReadonlyMap<string, Found>
  /** Why a sample is not among them. */
  readonly reason: string
}

/** What is in a shard, and what waits for it. */
async function hashesOf(root: string, file: string): Promise<Hashes> {
  const found = new Map<string, Found>()
  const reason = await hashArchive(join(root, file), found)
  await hashSpooled(root, Number.parseInt(file, 10), found)
  return { found, reason }
}

async function hashArchive(path: string, found: Map<string, Found>): Promise<string> {
  let file: FileHandle
  try {
    file = await open(path)
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? 'the shard is not there' : `the shard cannot be read (${code})`
  }
  try {
    for await (const { name, at, bytes } of tarMembers(file)) found.set(name, { sha256: await hashPiece(file, at, bytes), bytes })
    return 'it is not in the shard'
  } catch (error) {
    return `the shard is broken: ${(error as Error).message}`
  } finally {
    await file.close()
  }
}

/** The bodies of a shard that is not whole yet, or whose failed lines are tried again. */
async function hashSpooled(root: string, shard: number, found: Map<string, Found>): Promise<void> {
  const folder = new ShardFolder(root, false)
  for (const { member, spool, at, bytes = 0 } of ShardLines.all(folder.draft(shard))) {
    if (member === undefined || spool === undefined || at === undefined) continue
    try {
      const file = await open(folder.bodies(shard, spool))
      try {
        found.set(member, { sha256: await hashPiece(file, at, bytes), bytes })
      } finally {
        await file.close()
      }
    } catch (error) {
      found.set(member, { problem: 'unreadable', message: `its bytes cannot be read: ${(error as Error).message}` })
    }
  }
}
