/**
 * UndiciLines: connections by undici, which speaks HTTP/2 where the server does, and HTTP/1.1 where it does not. Loaded only with
 * `--http2`.
 */
import type { Agent, buildConnector, Pool } from 'undici'
import type { Dial } from '../dial.js'
import type { Exchange } from '../exchange.js'
import { requestText } from '../http1/request-text.js'
import { MAX_HEAD } from '../http1/response-reader.js'
import type { LineRequest, Lines } from '../lines.js'
import type { OpenLines } from '../open-lines.js'
import { ToldByUndici } from './told-by-undici.js'
import { undici } from './undici.js'
import { UndiciLine } from './undici-line.js'

export class UndiciLines implements Lines {
  readonly #agent: Agent

  /** @param perOrigin connections at once @param now ms, monotonic */
  constructor(dial: Dial, perOrigin: number, open: OpenLines, now: () => number) {
    this.#agent = new undici.Agent({
      connections: perOrigin,
      allowH2: true,
      maxHeaderSize: MAX_HEAD,
      // Our own watch knows these limits more exactly, and over HTTP/2 and redirects as well.
      headersTimeout: 0,
      bodyTimeout: 0,
      factory: (origin, options) =>
        new undici.Pool(origin, {
          ...(options as Pool.Options),
          connect: unused,
          factory: (to, lineOptions) => new UndiciLine(to, lineOptions, dial, open, now),
        }),
    })
  }

  send(request: LineRequest, exchange: Exchange): void {
    const { origin, path, headers } = request
    try {
      // A pool of undici 7.30 that has refused a request waits for ever before it gives that connection another one.
      requestText(request, origin)
    } catch (error) {
      exchange.onError(error)
      return
    }
    // undici takes the list as it is and does not change it.
    this.#agent.dispatch({ origin, path, method: 'GET', headers: headers as string[] }, new ToldByUndici(exchange))
  }

  destroy(): Promise<void> {
    return this.#agent.destroy()
  }
}

/** Lines dial by themselves. Without this each pool would make a connector of its own, which costs as much as a small file. */
const unused: buildConnector.connector = () => undefined
