/**
 * What is known of the lines of one shard: a JSON object each, that is the record without what varies from run to run, and where the bytes
 * are. The same in a draft, which grows as lines end (`spool`, `at`), and in the index beside a shard (`key`, `offset`, `json`).
 */
import type { Outcome } from '../../outcome.js'
import { lastingLine } from '../../journal/record-line.js'
import type { Spooled } from '../sink.js'

/** A line of a draft or an index, read. */
export interface ShardLine extends Outcome {
  /** The record as it stands there, without its closing brace. */
  readonly record: string
  readonly spool?: string
  readonly at?: number
  readonly offset?: number
}

/** Where the samples of a line are in its shard. */
export interface Indexed {
  readonly key: string
  /** Of the body: its first byte in the archive. */
  readonly offset: number
  readonly json: { readonly offset: number; readonly bytes: number }
}

export function draftLine(outcome: Outcome, spooled: Spooled | undefined): string {
  const line = lastingLine(outcome)
  return spooled === undefined ? line : `${line.slice(0, -2)},"spool":"${spooled.spool}","at":${spooled.at}}\n`
}

/** The line of an index; `indexed` is absent for a line without a sample. */
export function indexLine({ record }: ShardLine, indexed: Indexed | undefined): string {
  if (indexed === undefined) return `${record}}\n`
  const { key, offset, json } = indexed
  return `${record},"key":${JSON.stringify(key)},"offset":${offset},"json":{"offset":${json.offset},"bytes":${json.bytes}}}\n`
}

function parseLine(text: string): ShardLine {
  // What the two lines differ in comes last. A quote in a text has a backslash before it, so these are fields.
  let end = text.lastIndexOf(',"spool":"')
  if (end === -1) end = text.lastIndexOf(',"key":"')
  const record = text.slice(0, end === -1 ? text.length - 1 : end)
  return Object.assign(JSON.parse(text) as Omit<ShardLine, 'record'>, { record })
}

const LINE_FEED = 10
/** `{"id":` */
const ID_AT = 6

/** The lines of one shard, by their place in it. Memory: the text, and four bytes a line. */
export class ShardLines {
  readonly #text: Buffer
  /** Where each begins, plus one. */
  readonly #places: Int32Array
  #count = 0

  /**
   * @param texts of an index and a draft: what stands later counts
   * @param counts whether what is said of a line counts at all
   */
  constructor(texts: readonly Buffer[], size: number, counts: (id: number) => boolean = () => true) {
    this.#text = Buffer.concat(texts)
    this.#places = new Int32Array(size)
    for (let begin = 0, end = 0; (end = this.#text.indexOf(LINE_FEED, begin)) !== -1; begin = end + 1) {
      const id = Number.parseInt(this.#text.toString('latin1', begin + ID_AT, Math.min(end, begin + ID_AT + 16)), 10)
      if (!counts(id)) continue
      if (this.#places[id % size] === 0) this.#count += 1
      this.#places[id % size] = begin + 1
    }
  }

  /** Every line of a text that grows, in its order. */
  static *all(text: Buffer): Generator<ShardLine, void, undefined> {
    for (const line of text.toString('utf8', 0, text.lastIndexOf(LINE_FEED) + 1).split('\n')) {
      if (line !== '') yield parseLine(line)
    }
  }

  /** How many lines are known. */
  get count(): number {
    return this.#count
  }

  /** In the order of the list. */
  *[Symbol.iterator](): Generator<ShardLine, void, undefined> {
    for (const place of this.#places) {
      if (place === 0) continue
      const end = this.#text.indexOf(LINE_FEED, place - 1)
      yield parseLine(this.#text.toString('utf8', place - 1, end))
    }
  }
}
