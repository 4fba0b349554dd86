/**
 * A meeting point between a test and its tasks: a task says over TCP that it has arrived and waits until the test lets it go.
 * It works the same from a thread, a process or another program, needs no sleep, and a broken connection tells that a visitor died.
 * The tasks' side is test/fixtures/workers/meet.ts.
 */
import { createServer, type Server, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

export interface Visitor {
  readonly name: string
  /** Who the visitor is: different in every thread and process. */
  readonly token: string
  readonly pid: number
  readonly isMainThread: boolean
  /** The name of its worker. */
  readonly worker: string
  /** Lets the visitor go on; `meet()` resolves there to `answer`. */
  release(answer?: unknown): void
  /** Settles when the visitor's connection is over, whichever way. */
  readonly gone: Promise<void>
}

export class Rendezvous {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #arrived = new Map<string, Visitor[]>()
  readonly #expecting = new Map<string, ((visitor: Visitor) => void)[]>()
  /** Everyone who ever arrived, in order. */
  readonly names: string[] = []

  private constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => this.#welcome(socket))
  }

  /** Opens a meeting point that closes when the test ends. */
  static async open(t: { after(close: () => void): void }): Promise<Rendezvous> {
    const server = createServer()
    await new Promise<void>((listening) => {
      server.listen(0, '127.0.0.1', listening)
    })
    const rendezvous = new Rendezvous(server)
    t.after(() => rendezvous.close())
    return rendezvous
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the rendezvous is closed')
    return address.port
  }

  /** The next visitor of that name, as soon as it has arrived. Each visitor is handed out once. */
  async arrival(name: string): Promise<Visitor> {
    const here = this.#arrived.get(name)?.shift()
    if (here !== undefined) return here
    return new Promise((resolve) => {
      this.#expecting.set(name, [...(this.#expecting.get(name) ?? []), resolve])
    })
  }

  /** One visitor for each of the names, as soon as all have arrived. */
  arrivals<const Names extends readonly string[]>(names: Names): Promise<{ -readonly [I in keyof Names]: Visitor }> {
    return Promise.all(names.map((name) => this.arrival(name))) as Promise<{ -readonly [I in keyof Names]: Visitor }>
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  #welcome(socket: Socket): void {
    this.#sockets.add(socket)
    const release = (answer: unknown = 'go'): void => {
      socket.end(`${JSON.stringify(answer)}\n`)
    }
    const gone = new Promise<void>((resolve) => {
      socket.on('close', () => resolve())
    })
    // A visitor that is killed resets its connection; `gone` tells, nothing else is wrong. The lines pass the error on, so both are told.
    socket.on('error', () => {})
    const lines = createInterface(socket).on('error', () => {})
    lines.once('line', (line) => {
      const { name, note } = JSON.parse(line) as { name: string; note: Omit<Visitor, 'name' | 'release' | 'gone'> }
      this.names.push(name)
      const visitor: Visitor = { name, ...note, release, gone }
      const expecting = this.#expecting.get(name)?.shift()
      if (expecting !== undefined) expecting(visitor)
      else this.#arrived.set(name, [...(this.#arrived.get(name) ?? []), visitor])
    })
  }
}
