import type { Socket } from 'node:net'

/** The connection ended while an answer was being sent. Never leaves the room. */
export class ConnectionGone extends Error {
  override readonly name = 'ConnectionGone'
}

/** The way to one client: raw bytes in order, and the three ways to stop sending them. */
export class Wire {
  readonly #socket: Socket
  readonly #gone: AbortSignal
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

  /** Hands bytes to the socket and waits while the client does not read. A text is written one byte a character. */
  async write(bytes: Uint8Array | string): Promise<void> {
    this.#check()
    this.bytes += bytes.length
    const room = typeof bytes === 'string' ? this.#socket.write(bytes, 'latin1') : this.#socket.write(bytes)
    if (room) return
    await this.#event('drain')
    this.#check()
  }

  /** Waits in milliseconds; throws {@link ConnectionGone} at once if the connection ends meanwhile. */
  async sleep(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return
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
    if (this.#gone.aborted) return
    await new Promise<void>((resolve) => {
      this.#gone.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /** Ends the connection in good order, after what was written. */
  finish(): void {
    this.#socket.destroySoon()
  }

  /** Ends the connection with a RST, after what was written has left this process: the client gets an error even for bytes that reached it. */
  async reset(): Promise<void> {
    this.#check()
    // An empty write reports back once all writes before it are done.
    await new Promise<void>((resolve) => {
      this.#socket.write('', () => resolve())
    })
    this.#socket.resetAndDestroy()
  }

  #check(): void {
    if (this.#gone.aborted) throw new ConnectionGone()
  }

  #event(name: 'drain'): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off(name, done)
        this.#gone.removeEventListener('abort', done)
        resolve()
      }
      this.#socket.on(name, done)
      this.#gone.addEventListener('abort', done, { once: true })
    })
  }
}
