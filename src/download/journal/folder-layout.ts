/** What lies where in the folder that a run keeps beside the files. */
import { join } from 'node:path'
import { STATE_FOLDER } from '../naming/state-folder.js'

export interface FolderLayout {
  readonly output: string
  /** Everything below is in here. */
  readonly state: string
  readonly run: string
  /** The file that takes what is recorded; full ones are closed under a number: see `journal-files.ts`. */
  readonly journal: string
  /** What the journal says up to some place. */
  readonly checkpoint: string
  /** How far the list was read. */
  readonly listIndex: string
  /** The journal of the time before `--refresh`, while that goes on. */
  readonly previous: string
  readonly existing: string
  /** A folder: tar shards that lack lines. */
  readonly shards: string
  /** Which tar shards are in the output. */
  readonly published: string
}

export function layoutOf(output: string): FolderLayout {
  const state = join(output, STATE_FOLDER)
  return {
    output,
    state,
    run: join(state, 'run.json'),
    journal: join(state, 'journal.jsonl'),
    checkpoint: join(state, 'checkpoint'),
    listIndex: join(state, 'list.index'),
    previous: join(state, 'journal.previous.jsonl'),
    existing: join(state, 'existing.jsonl'),
    shards: join(state, 'shards'),
    published: join(state, 'published'),
  }
}
