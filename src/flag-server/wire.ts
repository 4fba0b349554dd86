import type { Socket } from 'node:net'

/** The connection ended while an answer was being sent. Never leaves the room. */
export class ConnectionGone extends Error {
  override readonly name = 'ConnectionGone'
}

/** Milliseconds between the last bytes and a RST. */
const RESET_PAUSE = 20

/** The way to one client: raw bytes in order, and the three ways to stop sending them. */
export class Wire {
  readonly #socket: Socket
  readonly #gone: AbortSignal
  /** Set before this side ends the connection on its own account. */
  closedByServer = false
  #held = false
  /** Bytes handed over since {@link restart}. */
  bytes = 0

  constructor(socket: Socket, gone: AbortSignal) {
    this.#socket = socket
    this.#gone = gone
  }

  /** Counts from 0 again, for the next answer on the same connection. */
  restart(): void {
    this.bytes = 0
  }

  /** Keeps small writes back, to leave together, until {@link release} or the next wait. */
  hold(): void {
    if (this.#held) return
    this.#held = true
    this.#socket.cork()
  }

  release(): void {
    if (!this.#held) return
    this.#held = false
    this.#socket.uncork()
  }

  /** Hands bytes to the socket and waits while the client does not read. A text is written one byte a character. */
  async write(bytes: Uint8Array | string): Promise<void> {
    this.#check()
    this.bytes += bytes.length
    const room = typeof bytes === 'string' ? this.#socket.write(bytes, 'latin1') : this.#socket.write(bytes)
    if (room) return
    this.release()
    await this.#drained()
    this.#check()
  }

  /** Waits in milliseconds; throws {@link ConnectionGone} at once if the connection ends meanwhile. */
  async sleep(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return
    this.release()
    this.#check()
    await new Promise<void>((resolve) => {
      const stop = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(() => {
        this.#gone.removeEventListener('abort', stop)
        resolve()
      }, milliseconds)
      this.#gone.addEventListener('abort', stop, { once: true })
    })
    this.#check()
  }

  /** Waits until the client, or `close()`, ends the connection. */
  async silence(): Promise<void> {
    this.release()
    if (this.#gone.aborted) return
    await new Promise<void>((resolve) => {
      this.#gone.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /** Ends the connection in good order, after what was written. */
  finish(): void {
    this.release()
    this.#socket.destroySoon()
  }

  /** Ends the connection with a RST, a moment after what was written. */
  async reset(): Promise<void> {
    // A client that finds data and RST in one look may take the RST for an end: Node.js does. So it gets the time to read the data first.
    if (this.bytes > 0) await this.sleep(RESET_PAUSE)
    this.#check()
    // Without this, Node.js sends a FIN before the RST.
    this.#socket._final = (done) => done()
    this.#socket.resetAndDestroy()
  }

  #check(): void {
    if (this.#gone.aborted) throw new ConnectionGone()
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off('drain', done)
        this.#gone.removeEventListener('abort', done)
        resolve()
      }
      this.#socket.on('drain', done)
      this.#gone.addEventListener('abort', done, { once: true })
    })
  }
}
