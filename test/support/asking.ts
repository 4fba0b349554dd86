/** Requests as lines are given them, and all that comes of one. */
import type { Answer } from '../../src/download/fetch/answer.js'
import type { Dial } from '../../src/download/fetch/dial.js'
import type { Asker, Exchange } from '../../src/download/fetch/exchange.js'
import type { Lines } from '../../src/download/fetch/lines.js'

const dist = '../../../dist/download/fetch'
const load = async <T>(file: string): Promise<T> => (await import(new URL(`${dist}/${file}.js`, import.meta.url).href)) as T
const { Exchange: OurExchange } = await load<typeof import('../../src/download/fetch/exchange.js')>('exchange')
const { connectTcp, readingMuch } = await load<typeof import('../../src/download/fetch/tcp.js')>('tcp')

/** Dials as a run does: by sockets that are read without a stream, or with one. */
export const direct: Dial = readingMuch()
export const byStream: Dial = (target, done) => connectTcp(target, done)

/** What a test does when the exchange is told something. */
export interface Acts {
  readonly answered?: (exchange: Exchange) => void
  readonly received?: (exchange: Exchange, bytes: number) => void
  readonly ended?: () => void
  readonly broken?: () => void
}

export interface Asked {
  readonly exchange: Exchange
  /** 0: no head so far. */
  readonly status: number
  /** latin1, so far. */
  readonly body: string
  /** How it ended: `whole`, a code, or `stale`; each time it was told so. */
  readonly endings: readonly string[]
  /** The first of them. */
  readonly over: Promise<string>
}

/** Sends a GET and keeps what comes. */
export function ask(lines: Lines, url: string, acts: Acts = {}): Asked {
  const { origin, pathname } = new URL(url)
  const asked = asking(acts)
  lines.send({ origin, path: pathname, headers: ['accept', '*/*'] }, asked.exchange)
  return asked
}

/** The same without the sending. */
export function asking(acts: Acts = {}): Asked {
  const endings: string[] = []
  const bodies: Buffer[] = []
  let status = 0
  let tell: ((ending: string) => void) | undefined
  const over = new Promise<string>((resolve) => {
    tell = resolve
  })
  const end = (ending: string, act: (() => void) | undefined): void => {
    endings.push(ending)
    act?.()
    tell?.(ending)
  }
  const asker: Asker = {
    answered(exchange, answer: Answer) {
      status = answer.status
      acts.answered?.(exchange)
      return true
    },
    received(exchange, chunk) {
      bodies.push(Buffer.from(chunk))
      acts.received?.(exchange, chunk.length)
    },
    ended: () => end('whole', acts.ended),
    broken: (_exchange, error) => end((error as { code?: string }).code ?? String(error), acts.broken),
    stale: () => end('stale', acts.broken),
  }
  return {
    exchange: new OurExchange(asker, () => performance.now(), 256 * 1024),
    endings,
    over,
    get status() {
      return status
    },
    get body() {
      return Buffer.concat(bodies).toString('latin1')
    },
  }
}
