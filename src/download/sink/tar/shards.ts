/**
 * Shards: how records and spools become tar archives, in the thread that records.
 *
 *   outcome ─▶ add ─▶ draft ─▶ journal ─▶ every line of the shard has its record? ─▶ put together ─▶ OUT/00000.tar, 00000.jsonl
 *
 * Guarantees: a draft is on its way to the disk before the records of the same lines are; a shard has its name only when each of its lines is
 * recorded; the same lines and bodies make the same archive. Memory: some hundred bytes for a shard that is open, and the lines of the one
 * that is being put together.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Outcome } from '../../outcome.js'
import { RunError } from '../../errors.js'
import type { RunEvent } from '../../events.js'
import type { Journal } from '../../journal/journal.js'
import { outputError } from '../../journal/output-error.js'
import type { Spooled } from '../sink.js'
import { assemble } from './assemble.js'
import { ShardFolder } from './shard-folder.js'
import { draftLine, ShardLines } from './shard-lines.js'
import { tarName } from './shard-names.js'

export interface ShardsOptions {
  readonly root: string
  /** Lines of the list in one shard. */
  readonly size: number
  readonly durable: boolean
  readonly onEvent: (event: RunEvent) => void
}

/** A shard that lacks lines. */
interface OpenShard {
  readonly number: number
  /** Lines that have their record, or are about to. */
  count: number
  /** Text for its draft. */
  pending: string
}

export class Shards {
  readonly #size: number
  readonly #onEvent: (event: RunEvent) => void
  readonly #root: string
  readonly #durable: boolean
  readonly #folder: ShardFolder
  readonly #open = new Map<number, OpenShard>()
  readonly #touched = new Set<OpenShard>()
  readonly #whole: number[] = []
  #journal: Pick<Journal, 'done' | 'flush'> | undefined
  #working: Promise<void> | undefined
  #failure: RunError | undefined
  #stopped = false

  constructor({ root, size, durable, onEvent }: ShardsOptions) {
    this.#root = root
    this.#size = size
    this.#durable = durable
    this.#onEvent = onEvent
    this.#folder = new ShardFolder(root, durable)
  }

  /**
   * Goes on with what earlier runs left. Before the first `add`.
   *
   * @throws {RunError} ERR_OUTPUT
   */
  begin(journal: Pick<Journal, 'done' | 'flush'>): void {
    this.#journal = journal
    this.#try(() => {
      for (const number of this.#folder.open()) {
        this.#folder.mend(number)
        this.#assembleIfWhole(this.#reopen(number), this.#size)
      }
    })
  }

  /**
   * Takes what became of a line, before it is recorded.
   *
   * @throws {RunError} ERR_OUTPUT: also if an earlier shard could not be put together
   */
  add(outcome: Outcome, spooled: Spooled | undefined): void {
    if (this.#failure !== undefined) throw this.#failure
    const number = Math.floor(outcome.id / this.#size)
    const shard = this.#open.get(number) ?? this.#try(() => this.#reopen(number))
    shard.pending += draftLine(outcome, spooled)
    shard.count += 1
    this.#touched.add(shard)
    this.#assembleIfWhole(shard, this.#size)
  }

  /** Writes down what was taken: before the journal writes the records of the same lines. @throws {RunError} ERR_OUTPUT */
  flush(): void {
    this.#try(() => {
      for (const shard of this.#touched) {
        this.#folder.append(shard.number, shard.pending)
        shard.pending = ''
      }
      this.#touched.clear()
    })
  }

  /**
   * The list is at its end, `lines` long: puts together what there is, the last shard too.
   *
   * @throws {RunError} ERR_OUTPUT; ERR_JOURNAL if what is known of some lines is lost
   */
  async finish(lines: number): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    for (const shard of this.#open.values()) {
      // A list on standard input may have been longer when it came before.
      const wanted = Math.max(shard.count, Math.min(this.#size, lines - shard.number * this.#size))
      if (shard.count < wanted) throw this.#lost(shard, wanted)
      if (wanted < this.#size) this.#assembleIfWhole(shard, wanted)
    }
    await this.#working
    if (this.#failure !== undefined) throw this.#failure
    this.#try(() => this.#folder.remove())
  }

  /** Leaves the rest to the next run. Idempotent, and never throws. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#working
  }

  /** A shard of which something may be known. */
  #reopen(number: number): OpenShard {
    const { count } = new ShardLines(this.#folder.texts(number), this.#size, (id) => this.#journal?.done(id) === true)
    if (this.#durable) this.#folder.keep(number)
    const shard = { number, count, pending: '' }
    this.#open.set(number, shard)
    return shard
  }

  #assembleIfWhole(shard: OpenShard, wanted: number): void {
    if (shard.count < wanted) return
    this.#whole.push(shard.number)
    this.#working ??= this.#work()
  }

  /** One shard after the other. Never throws: a failure is kept for the next one who asks. */
  async #work(): Promise<void> {
    try {
      for (let number = this.#whole.shift(); number !== undefined && !this.#stopped; number = this.#whole.shift()) {
        await this.#assemble(number)
      }
    } catch (error) {
      this.#failure = error instanceof RunError ? error : outputError(this.#root, error)
    } finally {
      this.#working = undefined
    }
  }

  async #assemble(number: number): Promise<void> {
    // In a turn of its own: the last record of the shard is not in the journal yet.
    await nextTurn()
    this.flush()
    this.#journal?.flush()
    const lines = new ShardLines(this.#folder.texts(number), this.#size)
    const spools = new Set<string>()
    const made = await assemble({
      ...this.#folder.drafts(number),
      lines,
      fileOf: ({ spool }) => {
        if (spool !== undefined) spools.add(spool)
        return this.#folder.bodies(number, spool)
      },
      durable: this.#durable,
      stopped: () => this.#stopped,
    })
    if (made === undefined) return
    this.#folder.publish(number, spools)
    this.#open.delete(number)
    this.#onEvent({ type: 'shard', file: tarName(number), ...made })
  }

  #lost({ number, count }: OpenShard, wanted: number): RunError {
    return new RunError(
      'ERR_JOURNAL',
      `${this.#root}: ${tarName(number)} has ${wanted} lines, and what is known of ${wanted - count} of them is lost: --fresh starts over`,
    )
  }

  #try<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      throw outputError(this.#root, error)
    }
  }
}
