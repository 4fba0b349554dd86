/** Http1Lines: connections to many origins, HTTP/1.1 on each. */
import type { Dial } from '../dial.js'
import { DownloadError } from '../../errors.js'
import type { Exchange } from '../exchange.js'
import type { LineRequest, Lines } from '../lines.js'
import type { OpenLines } from '../open-lines.js'
import { OriginLines, type OriginSettings } from './origin-lines.js'

/** ms between two looks for connections that have been idle for too long, and for origins without any. */
const SWEEP = 1000

export class Http1Lines implements Lines {
  readonly #settings: OriginSettings
  readonly #origins = new Map<string, OriginLines>()
  readonly #sweep: NodeJS.Timeout
  #closed = false

  /** @param perOrigin connections at once @param now ms, monotonic */
  constructor(dial: Dial, perOrigin: number, open: OpenLines, now: () => number) {
    this.#settings = { dial, most: perOrigin, open, now }
    // An origin is not forgotten when its last connection goes: that may be within its own `send`.
    this.#sweep = setInterval(() => {
      for (const [origin, lines] of this.#origins) {
        lines.expire(now())
        if (lines.isEmpty) this.#origins.delete(origin)
      }
    }, SWEEP).unref()
  }

  send(request: LineRequest, exchange: Exchange): void {
    if (this.#closed) {
      exchange.onError(stopped())
      return
    }
    const { origin } = request
    let lines = this.#origins.get(origin)
    if (lines === undefined) {
      lines = new OriginLines(origin, this.#settings)
      this.#origins.set(origin, lines)
    }
    lines.send(request, exchange)
  }

  async destroy(): Promise<void> {
    this.#closed = true
    clearInterval(this.#sweep)
    await Promise.all([...this.#origins.values()].map((lines) => lines.destroy(stopped())))
  }
}

const stopped = (): DownloadError => new DownloadError('STOPPED', 'the download was stopped')
