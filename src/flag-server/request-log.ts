import { FlagServerError } from './errors.js'

/**
 * How an answer ended.
 *
 * - `pending`: it has not yet.
 * - `complete`: all that was meant to be sent is sent.
 * - `cut`, `reset`, `silent`: ended on purpose by the fault of that name.
 * - `client-closed`: the client left first.
 * - `server-closed`: `close()` was called first.
 */
export type Outcome = 'pending' | 'complete' | 'cut' | 'reset' | 'silent' | 'client-closed' | 'server-closed'

/** One request and what became of it. Fields that are not known yet fill in while the answer is under way. */
export interface RequestRecord {
  /** 1 for the first request of the server. */
  readonly n: number
  /** When the request had come in whole: milliseconds since 1970. */
  readonly time: number
  readonly method: string
  /** What stood in the request line, one character a byte. */
  readonly url: string
  /** The part of `url` before the query. */
  readonly path: string
  readonly httpVersion: string
  /** Names in lower case; several values of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Every header line in order, spelled as the client did. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[]
  /** 1 for the first connection of the server: two requests with the same number came over the same socket. */
  readonly connection: number
  readonly remotePort: number
  /** Milliseconds the answer was held back before its first byte. */
  readonly delay: number
  /** Status sent; absent until then, and where an answer ends before its headers. */
  readonly status?: number
  /** Bytes handed to the socket for this answer, headers and framing included. */
  readonly bytesSent: number
  readonly outcome: Outcome
  /** Milliseconds from `time` to the end of the answer; absent while it is under way. */
  readonly duration?: number
}

/** A record as the server itself sees it. */
export type OpenRecord = { -readonly [Key in keyof RequestRecord]: RequestRecord[Key] }

interface Watcher {
  readonly wanted: (record: RequestRecord) => boolean
  readonly found: (record: RequestRecord) => void
  readonly failed: (error: Error) => void
}

/** What a server was asked, in the order of asking. The newest records are kept, the counts are exact. */
export class RequestLog {
  readonly #keep: number
  readonly #ring: OpenRecord[] = []
  readonly #outcomes = new Map<Outcome, number>()
  readonly #statuses = new Map<number, number>()
  readonly #watchers = new Set<Watcher>()
  #sequence = 0
  #total = 0
  #inFlight = 0
  #peakConcurrency = 0
  #connections = 0

  /** What came over a connection and was no request: answered with 400, 411 or 431, and hung up on. No records are kept of these. */
  unreadable = 0

  /** @internal */
  constructor(keep = 10_000) {
    if (!Number.isSafeInteger(keep) || keep < 1) {
      throw new FlagServerError(
        `Expected option \`keep\` to be a whole number from 1 up; got ${String(keep)}.`,
        'ERR_FLAG_SERVER_OPTION',
      )
    }
    this.#keep = keep
  }

  /** The newest records, oldest first; the server option `keep` says how many. */
  get records(): readonly RequestRecord[] {
    const start = this.#total <= this.#keep ? 0 : this.#total % this.#keep
    return [...this.#ring.slice(start), ...this.#ring.slice(0, start)]
  }

  /** Requests so far. */
  get total(): number {
    return this.#total
  }

  /** Requests whose answer is under way. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** The most requests that were ever under way at once. */
  get peakConcurrency(): number {
    return this.#peakConcurrency
  }

  /** Connections accepted so far. */
  get connections(): number {
    return this.#connections
  }

  /** How many requests ended in this outcome, or in any other way than `pending` if none is named. */
  ended(outcome?: Outcome): number {
    if (outcome !== undefined) return this.#outcomes.get(outcome) ?? 0
    return [...this.#outcomes.values()].reduce((sum, count) => sum + count, 0)
  }

  /** How many answers with this status were begun. */
  answered(status: number): number {
    return this.#statuses.get(status) ?? 0
  }

  /**
   * Waits for the first record, kept or still to come, for which `wanted` returns true. It is asked when a request comes in, when its status is
   * sent, and when its answer has ended.
   *
   * @throws {FlagServerError} `ERR_FLAG_SERVER_WAIT` after `timeout` milliseconds (default 10,000) or when the server closes first.
   */
  waitFor(
    wanted: (record: RequestRecord) => boolean,
    { timeout = 10_000 }: { readonly timeout?: number } = {},
  ): Promise<RequestRecord> {
    return new Promise((resolve, reject) => {
      const known = this.records.find((record) => wanted(record))
      if (known !== undefined) {
        resolve(known)
        return
      }
      const done = (): void => {
        clearTimeout(timer)
        this.#watchers.delete(watcher)
      }
      const watcher: Watcher = {
        wanted,
        found: (record) => {
          done()
          resolve(record)
        },
        failed: (error) => {
          done()
          reject(error)
        },
      }
      const timer = setTimeout(() => {
        watcher.failed(
          new FlagServerError(
            `No request of the kind waited for within ${timeout} ms; ${this.#total} came. Look at log.records to see which.`,
            'ERR_FLAG_SERVER_WAIT',
          ),
        )
      }, timeout)
      this.#watchers.add(watcher)
    })
  }

  /** Forgets the records and starts the counts and the peak again; connection and request numbers go on. */
  clear(): void {
    this.#ring.length = 0
    this.#outcomes.clear()
    this.#statuses.clear()
    this.#total = 0
    this.#peakConcurrency = this.#inFlight
  }

  /** @internal */
  connected(): number {
    return ++this.#connections
  }

  /** @internal */
  opened(request: Omit<OpenRecord, 'n' | 'bytesSent' | 'outcome'>): OpenRecord {
    const record: OpenRecord = { n: ++this.#sequence, ...request, bytesSent: 0, outcome: 'pending' }
    this.#ring[this.#total % this.#keep] = record
    this.#total += 1
    this.#inFlight += 1
    this.#peakConcurrency = Math.max(this.#peakConcurrency, this.#inFlight)
    this.#tell(record)
    return record
  }

  /** @internal */
  answering(record: OpenRecord, status: number): void {
    record.status = status
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1)
    this.#tell(record)
  }

  /** The outcome is certain, though the answer still holds its connection: a silent one does. @internal */
  decided(record: OpenRecord, outcome: Outcome): void {
    record.outcome = outcome
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1)
    this.#tell(record)
  }

  /** @internal */
  closed(record: OpenRecord, outcome: Outcome, now: number): void {
    record.duration = now - record.time
    this.#inFlight -= 1
    if (record.outcome === 'pending') this.decided(record, outcome)
    else this.#tell(record)
  }

  /** @internal */
  stopped(): void {
    const error = new FlagServerError('The server was closed before the request waited for came in.', 'ERR_FLAG_SERVER_WAIT')
    for (const watcher of this.#watchers) watcher.failed(error)
  }

  #tell(record: RequestRecord): void {
    for (const watcher of this.#watchers) {
      try {
        if (watcher.wanted(record)) watcher.found(record)
      } catch (error) {
        watcher.failed(error as Error)
      }
    }
  }
}
