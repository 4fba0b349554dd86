/** Proxies: HTTP (forwarding and CONNECT) and SOCKS5. Wherever they are asked to connect to, they connect to this machine. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export interface TestProxy {
  readonly port: number
  /** What was asked for: heads of HTTP requests; `host:port` for SOCKS5. */
  readonly asked: string[]
  /** User and password as sent, if any. */
  readonly logins: string[]
}

interface Ending {
  after(end: () => Promise<void>): void
}

async function listening(t: Ending, serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
    serve(socket)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.after(
    () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  )
  return (server.address() as AddressInfo).port
}

function joinTo(port: number, socket: Socket, ready: (target: Socket) => void): void {
  const target = connect(port, '127.0.0.1', () => {
    ready(target)
    socket.pipe(target).pipe(socket)
  })
  target.on('error', () => socket.destroy())
  socket.on('close', () => target.destroy())
}

/** @param answer to CONNECT, instead of making the tunnel */
export async function startHttpProxy(t: Ending, answer?: string): Promise<TestProxy> {
  const asked: string[] = []
  const logins: string[] = []
  const port = await listening(t, (socket) => {
    socket.once('data', (bytes) => {
      const head = bytes.toString('latin1')
      asked.push(head)
      const login = /^proxy-authorization: Basic (.*)$/im.exec(head)?.[1]
      if (login !== undefined) logins.push(Buffer.from(login, 'base64').toString())
      const [, method, host = ''] = /^(\w+) (?:http:\/\/)?([^/ ]+)/.exec(head) ?? []
      const targetPort = Number(/:(\d+)$/.exec(host)?.[1])
      if (answer !== undefined) socket.write(answer)
      else if (method === 'CONNECT') joinTo(targetPort, socket, () => socket.write('HTTP/1.1 200 Connected\r\n\r\n'))
      else joinTo(targetPort, socket, (target) => target.write(bytes))
    })
  })
  return { port, asked, logins }
}

/** @param login `user:password` it demands @param reply code of its answer */
export async function startSocksProxy(t: Ending, login?: string, reply = 0): Promise<TestProxy> {
  const asked: string[] = []
  const logins: string[] = []
  const port = await listening(t, (socket) => {
    const steps: ((bytes: Buffer) => void)[] = [
      (bytes) => socket.write(Uint8Array.of(5, login === undefined ? 0 : bytes.subarray(2).includes(2) ? 2 : 0xff)),
      (bytes) => {
        const user = bytes.subarray(2, 2 + (bytes[1] as number))
        const given = `${user.toString()}:${bytes.subarray(3 + user.length).toString()}`
        logins.push(given)
        socket.write(Uint8Array.of(1, given === login ? 0 : 1))
      },
      (bytes) => {
        const [type, host] =
          bytes[3] === 3 ? ['name', bytes.subarray(5, -2).toString()] : ['address', bytes.subarray(4, -2).join('.')]
        asked.push(`${type} ${host}:${bytes.readUInt16BE(bytes.length - 2)}`)
        // In two pieces, and with a name for the address it is bound to.
        const answer = Buffer.from([5, reply, 0, 3, 1, 0x78, 0, 0])
        if (reply !== 0) socket.end(answer)
        else {
          joinTo(bytes.readUInt16BE(bytes.length - 2), socket, () => {
            socket.write(answer.subarray(0, 3))
            setImmediate(() => socket.write(answer.subarray(3)))
          })
        }
      },
    ]
    if (login === undefined) steps.splice(1, 1)
    const step = (bytes: Buffer): void => {
      steps.shift()?.(bytes)
      if (steps.length === 0) socket.off('data', step)
    }
    socket.on('data', step)
  })
  return { port, asked, logins }
}
