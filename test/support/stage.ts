/**
 * A stage door that calls in any thread or process can wait at. A task says its name through a socket, and may then wait for its cue, so a test
 * knows who has started and decides who finishes, without a clock.
 */
import { EventEmitter, once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

export class Stage implements AsyncDisposable {
  /** Every line said so far, in order. */
  readonly said: string[] = []
  readonly #server: Server
  readonly #waiting = new Map<string, Socket>()
  readonly #sockets = new Set<Socket>()
  readonly #heard = new EventEmitter()
  readonly #cues = new Set<string>()
  #open = false

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => this.#welcome(socket))
  }

  static async build(): Promise<Stage> {
    const server = createServer()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return new Stage(server)
  }

  /** What a task needs to find the door. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Resolves when all these lines have been said. */
  async heard(...lines: readonly string[]): Promise<void> {
    while (!lines.every((line) => this.said.includes(line))) await once(this.#heard, 'line')
  }

  /** Resolves when `count` lines have been said. */
  async heardAtLeast(count: number): Promise<void> {
    while (this.said.length < count) await once(this.#heard, 'line')
  }

  /** Lets these calls go on, whether they are waiting already or arrive later. */
  cue(...names: readonly string[]): void {
    for (const name of names) {
      this.#cues.add(name)
      this.#send(name)
    }
  }

  /** Lets everybody go on, from now on. */
  cueAll(): void {
    this.#open = true
    for (const name of this.#waiting.keys()) this.#send(name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => {
      this.#server.close(resolve)
    })
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket)
    // A task that was killed hangs up rudely; that is no concern of the stage.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#sockets.delete(socket))
    const lines = createInterface({ input: socket })
    lines.on('error', () => lines.close())
    lines.once('line', (line) => {
      const [mode, name] = [line.slice(0, 1), line.slice(1)]
      this.said.push(name)
      this.#heard.emit('line')
      if (mode === '!') {
        socket.end('\n')
        return
      }
      this.#waiting.set(name, socket)
      if (this.#open || this.#cues.has(name)) this.#send(name)
    })
  }

  #send(name: string): void {
    this.#waiting.get(name)?.end('go\n')
    this.#waiting.delete(name)
  }
}
