/**
 * The connections that are open, and how many of them may be idle. Each stays open for some seconds after a request, because the next one to
 * its host may be about to come; on a list of thousands of hosts that would be thousands of sockets, and their memory, which nobody needs
 * again.
 */
import type { Wire } from './wire.js'

/** Idle connections that are kept. */
const IDLE = 256
/** A look is taken each time that so many have been opened. */
const STEP = 64

/** What is to be known of an open connection. */
export interface OpenLine {
  readonly wire: Wire
  /** Whether nothing is asked through it, nor waits to be. */
  readonly isIdle: boolean
  /** Closes it, as if the server had: another is opened when one is needed. */
  hangUp(): void
  /** Its place among those that are open. */
  slot: number
}

export class OpenLines {
  readonly #lines: OpenLine[] = []
  #opened = 0

  /** A connection stands; `line.wire` has its socket. */
  add(line: OpenLine): void {
    line.slot = this.#lines.length
    this.#lines.push(line)
    line.wire.socket?.once('close', () => this.#remove(line))
    this.#opened += 1
    if (this.#opened % STEP === 0) this.keepIdle(IDLE)
  }

  /** Closes idle connections, those first that have been idle the longest, until no more than `most` are left. */
  keepIdle(most: number): void {
    const idle = this.#lines.filter(({ isIdle }) => isIdle)
    if (idle.length <= most) return
    idle.sort((a, b) => lastUse(a) - lastUse(b))
    for (const line of idle.slice(0, idle.length - most)) line.hangUp()
  }

  /** The last one takes its place. */
  #remove(line: OpenLine): void {
    const last = this.#lines.pop()
    if (last === undefined || last === line) return
    this.#lines[line.slot] = last
    last.slot = line.slot
  }
}

const lastUse = ({ wire }: OpenLine): number => wire.exchange?.sentAt ?? 0
