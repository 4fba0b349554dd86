import { type Answer, composeAnswer, refusal } from './answer.js'
import type { Files } from './content.js'
import { FlagServerError } from './errors.js'
import { FailureGate } from './faults/gate.js'
import { readFaultOptions } from './faults/options.js'
import { readFaultQuery } from './faults/query.js'
import type { Faults } from './faults/table.js'
import { checkTogether, overlaid } from './faults/together.js'
import type { Span } from './faults/value.js'
import type { FlagServerOptions } from './options.js'
import { type Random, seededRandom } from './random.js'
import type { OpenRecord, Outcome, RequestLog } from './request-log.js'
import type { Request, UnreadableRequest } from './request-reader.js'
import { sendAnswer } from './send.js'
import { ConnectionGone, type Wire } from './wire.js'

/** Where a request came from. */
export interface Origin {
  readonly connection: number
  readonly remotePort: number
}

/** Answers requests, one at a time for each connection, with the faults that hold for them. */
export class Responder {
  /** Which version of the contents is served, if no fault names one. */
  version = 0
  readonly #log: RequestLog
  readonly #faults: Faults
  readonly #faultsFor: FlagServerOptions['faultsFor']
  readonly #gate: FailureGate
  readonly #random: Random
  readonly #now: () => number
  readonly #files: Files
  readonly #strict: boolean
  readonly #onLine: (line: string) => void

  /** @throws {FlagServerError} `ERR_FLAG_SERVER_OPTION`. */
  constructor(options: FlagServerOptions, log: RequestLog) {
    this.#log = log
    this.#faults = readFaultOptions(options)
    checkTogether(this.#faults)
    this.#faultsFor = options.faultsFor
    this.#random = options.random ?? (options.seed === undefined ? Math.random : seededRandom(options.seed))
    this.#gate = new FailureGate(this.#random)
    this.#now = options.now ?? Date.now
    this.#files = options.files ?? {}
    this.#strict = options.strict ?? true
    this.#onLine = options.onLine ?? (() => {})
  }

  /** Answers one request; true if the connection is good for another. */
  async respond(request: Request, wire: Wire, origin: Origin): Promise<boolean> {
    const path = request.url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*/s, '')
    const record = this.#log.opened({ time: this.#now(), ...request, path, ...origin, delay: 0 })
    wire.restart()
    let outcome: Outcome = 'complete'
    try {
      const answer = await this.#decide(request, record, wire)
      if (answer.stop?.at !== 'before-headers') this.#log.answering(record, answer.status)
      this.#say(path, `${answer.status} ${answer.reason}`)
      const sent = await sendAnswer(answer, wire)
      if (sent === 'whole' || answer.stop === undefined) return answer.keepAlive
      outcome = await this.#stop(answer.stop.how, record, wire)
      return false
    } catch (error) {
      if (!(error instanceof ConnectionGone)) throw error
      outcome = wire.closedByServer ? 'server-closed' : 'client-closed'
      if (outcome === 'client-closed') this.#say(path, '*** client closed')
      return false
    } finally {
      this.#gate.left(record)
      wire.release()
      record.bytesSent = wire.bytes
      this.#log.closed(record, outcome, this.#now())
    }
  }

  /** Answers what could not be read as a request. */
  async refuse({ status, message }: UnreadableRequest, wire: Wire): Promise<void> {
    this.#log.unreadable += 1
    const request: Request = { method: 'GET', url: '', httpVersion: '1.0', headers: {}, rawHeaders: [] }
    await sendAnswer(refusal(request, status, message, this.#now()), wire)
  }

  /** Waits as long as the faults say, then decides the answer. Faults that cannot be are answered with 400 and the reason. */
  async #decide(request: Request, record: OpenRecord, wire: Wire): Promise<Answer> {
    try {
      const asked = this.#asked(request, record)
      // The delay is drawn before the luck, as the book's server does.
      record.delay = asked.delay === undefined ? 0 : drawn(asked.delay, this.#random) * 1000
      const faults = this.#gate.choose(asked, request.url, this.#now(), record)
      if (record.delay > 0) {
        this.#say(record.path, `delay: ${(record.delay / 1000).toFixed(2)}s`)
        await wire.sleep(record.delay)
      }
      return await composeAnswer(request, {
        path: record.path,
        faults,
        files: this.#files,
        version: this.version,
        now: this.#now(),
      })
    } catch (error) {
      if (error instanceof ConnectionGone) throw error
      const { message } = error as Error
      return refusal(request, error instanceof FlagServerError ? 400 : 500, message, this.#now())
    }
  }

  /** The faults of the server, of this request and of its query, the latter over the former. */
  #asked(request: Request, record: OpenRecord): Faults {
    const chosen = this.#faultsFor?.(record)
    const own = chosen === undefined ? this.#faults : overlaid(this.#faults, readFaultOptions(chosen))
    if (own === this.#faults && !request.url.includes('?')) return own
    const faults = overlaid(own, readFaultQuery(request.url, this.#strict))
    checkTogether(faults)
    return faults
  }

  async #stop(how: 'cut' | 'reset' | 'silence', record: OpenRecord, wire: Wire): Promise<Outcome> {
    if (how === 'cut') return 'cut'
    if (how === 'reset') {
      await wire.reset()
      return 'reset'
    }
    wire.release()
    record.bytesSent = wire.bytes
    this.#log.decided(record, 'silent')
    await wire.silence()
    return 'silent'
  }

  #say(path: string, what: string): void {
    // The country code, as in the book, or else the path; either came from outside.
    const label = /^\/flags\/([a-z]{2})\//i.exec(path)?.[1]?.toUpperCase() ?? path
    this.#onLine(`${label} ${what}`.replace(/[^ -~]/g, '?'))
  }
}

function drawn({ from, to }: Span, random: Random): number {
  return from === to ? from : from + random() * (to - from)
}
