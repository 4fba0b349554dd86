/** A server that sends exactly the bytes a test wants: what no well-behaved HTTP server would. */
import { createServer, type AddressInfo, type Socket } from 'node:net'

/** One connection, as the server sees it. */
export interface RawConnection {
  readonly socket: Socket
  /** Number of the connection, from 1. */
  readonly connection: number
  /** Number of the request on this connection, from 1. */
  readonly request: number
  /** Request line and headers. */
  readonly head: string
  /** Path of the request. */
  readonly path: string
}

export interface RawServer {
  readonly url: string
  readonly port: number
  /** The head of every request so far. */
  readonly heads: string[]
  /** How many connections were made so far. */
  readonly connections: number
  /** Resets every connection that is open. */
  reset(): void
  /** Waits until so many connections have been closed, all in all. */
  closed(count: number): Promise<void>
  close(): Promise<void>
}

/** Starts a server that calls `respond` for every request; it is closed when the test ends. */
export async function startRawServer(
  t: { after(close: () => Promise<void>): void },
  respond: (connection: RawConnection) => void,
): Promise<RawServer> {
  const heads: string[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let ended = 0
  let onEnded: (() => void) | undefined
  const server = createServer((socket) => {
    connections += 1
    const connection = connections
    let request = 0
    let received = ''
    sockets.add(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      ended += 1
      onEnded?.()
    })
    socket.on('error', () => socket.destroy())
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        const head = received.slice(0, end)
        received = received.slice(end + 4)
        request += 1
        heads.push(head)
        respond({ socket, connection, request, head, path: head.split(' ')[1] ?? '' })
      }
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    })
  t.after(close)
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    heads,
    get connections() {
      return connections
    },
    reset() {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    closed: (count) =>
      new Promise((resolve) => {
        onEnded = () => {
          if (ended >= count) resolve()
        }
        onEnded()
      }),
    close,
  }
}

/** A whole answer: status line, headers with the right length unless given, body. */
export function answer(status: string, body = '', headers: Readonly<Record<string, string>> = {}): Buffer {
  const all = { 'Content-Length': String(Buffer.byteLength(body, 'latin1')), ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`, 'latin1')
}
