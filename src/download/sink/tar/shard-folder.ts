/**
 * ShardFolder: what a run keeps of shards on the disk, and the steps by which one becomes visible.
 *
 *   OUT/.halyard/shards/00000.<name>.spool   bodies that are whole
 *                       00000.jsonl          the draft: a line for each line of the list, as they end
 *                       00000.tar, .index    being put together
 *   OUT/.halyard/published                   the numbers of the shards that are in OUT
 *
 * A shard that is put together is two files, and both must change as one: the draft is renamed to `00000.whole`, and from then on the two are
 * those that count, whatever happens; who comes after a crash moves them to where they belong. Before that moment they are nothing, and the
 * draft is all.
 */
import { closeSync, fdatasyncSync, ftruncateSync, lstatSync, readdirSync, renameSync, rmSync, truncateSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncFolder } from '../../disk/sync-folder.js'
import { writeWhole } from '../../disk/write-whole.js'
import { DoneSet } from '../../journal/done-set.js'
import { layoutOf } from '../../journal/folder-layout.js'
import { makeStateFolder, openToAppend, readWhole } from '../../journal/state-file.js'
import { replaceBy } from '../publish.js'
import { indexName, shardName, spoolName, tarName, workFolder } from './shard-names.js'

const LINE_FEED = 10

export class ShardFolder {
  readonly #root: string
  readonly #folder: string
  readonly #log: string
  readonly #durable: boolean
  #published = new DoneSet()

  constructor(root: string, durable: boolean) {
    this.#root = root
    this.#folder = workFolder(root)
    this.#log = layoutOf(root).published
    this.#durable = durable
  }

  /** Makes what is missing, finishes what a crash has left half done, and removes what is of no use; returns the numbers of the drafts. */
  open(): number[] {
    makeStateFolder(this.#folder)
    if (this.#durable) syncFolder(dirname(this.#folder))
    this.#published = readNumbers(this.#log)
    const names = readdirSync(this.#folder)
    const numbered = (ending: string): number[] =>
      names.filter((name) => name.endsWith(ending)).map((name) => Number.parseInt(name, 10))
    for (const shard of numbered('.whole')) this.#moveOut(shard)
    const drafts = numbered('.jsonl')
    const drafted = new Set(drafts)
    for (const name of names) {
      const isOfUse = name.endsWith('.jsonl') || (name.endsWith('.spool') && drafted.has(Number.parseInt(name, 10)))
      if (!isOfUse) rmSync(`${this.#folder}/${name}`, { force: true })
    }
    return drafts
  }

  /** What is known of the lines of a shard: by its index if it was published, and by its draft. */
  texts(shard: number): Buffer[] {
    const index = this.#published.has(shard) ? [readIfThere(`${this.#root}/${indexName(shard)}`)] : []
    return [...index, this.draft(shard)]
  }

  /** The text of a draft; empty if there is none. */
  draft(shard: number): Buffer {
    return readIfThere(this.#path(shard, 'jsonl'))
  }

  /** Cuts off what a write that broke off has left at the end of a draft. */
  mend(shard: number): void {
    const whole = this.draft(shard).lastIndexOf(LINE_FEED) + 1
    const fd = openToAppend(this.#path(shard, 'jsonl'))
    try {
      ftruncateSync(fd, whole)
    } finally {
      closeSync(fd)
    }
  }

  /** The draft will be there after a loss of power. */
  keep(shard: number): void {
    this.append(shard, '')
    syncFolder(this.#folder)
  }

  /** Writes lines at the end of a draft. */
  append(shard: number, text: string): void {
    this.#append(this.#path(shard, 'jsonl'), text)
  }

  /** The file that holds bodies of a shard; without `spool` the shard itself, as it was published. */
  bodies(shard: number, spool: string | undefined): string {
    return spool === undefined ? `${this.#root}/${tarName(shard)}` : `${this.#folder}/${spoolName(shard, spool)}`
  }

  /** Where a shard and its index are put together; nothing is there. */
  drafts(shard: number): { readonly archive: string; readonly index: string } {
    const made = { archive: this.#path(shard, 'tar'), index: this.#path(shard, 'index') }
    for (const path of Object.values(made)) rmSync(path, { force: true })
    return made
  }

  /** What was put together is the shard from now on. Its spools go. */
  publish(shard: number, spools: Iterable<string>): void {
    if (this.#durable) syncFolder(this.#folder)
    renameSync(this.#path(shard, 'jsonl'), this.#path(shard, 'whole'))
    if (this.#durable) syncFolder(this.#folder)
    this.#moveOut(shard)
    for (const spool of spools) removeOpen(this.bodies(shard, spool))
  }

  /** Nothing is unfinished any more. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #moveOut(shard: number): void {
    // The index first: whoever finds a shard finds its index too.
    const moves = [
      [this.#path(shard, 'index'), indexName(shard)],
      [this.#path(shard, 'tar'), tarName(shard)],
    ] as const
    for (const [from, name] of moves) if (isThere(from)) replaceBy(from, `${this.#root}/${name}`, name)
    if (this.#durable) syncFolder(this.#root)
    this.#append(this.#log, `${shard}\n`)
    this.#published.add(shard)
    rmSync(this.#path(shard, 'whole'))
  }

  #append(path: string, text: string): void {
    const fd = openToAppend(path)
    try {
      writeWhole(fd, Buffer.from(text))
      if (this.#durable) fdatasyncSync(fd)
    } finally {
      closeSync(fd)
    }
  }

  #path(shard: number, what: 'jsonl' | 'tar' | 'index' | 'whole'): string {
    return `${this.#folder}/${shardName(shard)}.${what}`
  }
}

/** The numbers of a file, one a line; one that was torn is cut off, so that none grows together with the next. */
function readNumbers(path: string): DoneSet {
  const numbers = new DoneSet()
  const text = readIfThere(path).toString('latin1')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole !== text) truncateSync(path, whole.length)
  for (const line of whole.split('\n')) if (/^\d+$/.test(line)) numbers.add(Number(line))
  return numbers
}

function readIfThere(path: string): Buffer {
  try {
    return readWhole(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}

/** The threads that wrote a spool may have it open still: its room is given back at once all the same. */
function removeOpen(path: string): void {
  if (!isThere(path)) return
  truncateSync(path)
  rmSync(path, { force: true })
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined
