/**
 * A name server that says what it is told to say: over UDP and TCP, with any TTL, late, never, cut short, or differently each time.
 * For tests, and for benchmarks with many hosts; it needs nothing of either.
 */
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { type AskedFor, readQuestion, type ResponseCode, writeAnswer } from './dns-message.js'

export interface Question {
  /** In lower case, without a dot at its end. */
  readonly name: string
  readonly type: 'A' | 'AAAA'
  readonly over: 'udp' | 'tcp'
}

export interface Reply {
  /** IPv4 and IPv6; those of the type asked for are sent. None: the name is there, without such an address. */
  readonly addresses?: readonly string[]
  /** Seconds. @default 60 */
  readonly ttl?: number
  /** The addresses are those of this name, of which the name is an alias. */
  readonly alias?: string
  /** @default 'NOERROR' */
  readonly code?: ResponseCode
  /** Over UDP only the beginning is sent, as for every answer of more than 512 bytes; over TCP all. */
  readonly truncated?: boolean
}

/** What is answered; undefined: nothing, ever. A promise is answered when it is kept. */
export type Rule = (question: Question) => Reply | undefined | Promise<Reply | undefined>

export const NO_SUCH_NAME: Reply = { code: 'NXDOMAIN' }

export interface NameServer {
  /** `127.0.0.1:port`, as `--dns-servers` takes it. */
  readonly address: string
  /** Questions so far. */
  readonly asked: number
  close(): Promise<void>
}

/** Bytes of an answer over UDP (RFC 1035). */
const UDP_MOST = 512
const PORT_TRIES = 20

/** Starts a name server. @param port 0: any that is free */
export async function startNameServer(rule: Rule, host = '127.0.0.1', port = 0): Promise<NameServer> {
  let asked = 0
  const replyTo = async (message: Buffer, over: 'udp' | 'tcp'): Promise<Buffer | undefined> => {
    const question = readQuestion(message)
    if (question === undefined) return undefined
    const { name, type } = question
    asked++
    const said = type === undefined ? {} : rule({ name, type, over })
    // No turn of the event loop where there is nothing to wait for: there may be very many questions.
    const reply = said instanceof Promise ? await said : said
    return reply === undefined ? undefined : encoded(message, question, reply, over)
  }

  const { udp, tcp } = await bothOn(host, port)
  udp.on('message', (message, { port: from, address }) => {
    void replyTo(message, 'udp').then((answer) => {
      if (answer !== undefined && isOpen) udp.send(answer, from, address)
    })
  })
  const sockets = new Set<Socket>()
  tcp.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    let received: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      for (; received.length >= 2 && received.length >= 2 + received.readUInt16BE(0);) {
        const end = 2 + received.readUInt16BE(0)
        const message = received.subarray(2, end)
        received = received.subarray(end)
        void replyTo(message, 'tcp').then((answer) => {
          if (answer === undefined || socket.destroyed) return
          socket.write(Buffer.concat([Buffer.from([answer.length >> 8, answer.length & 0xff]), answer]))
        })
      }
    })
  })
  let isOpen = true
  return {
    address: `${host}:${udp.address().port}`,
    get asked() {
      return asked
    },
    close: async () => {
      if (!isOpen) return
      isOpen = false
      for (const socket of sockets) socket.destroy()
      await Promise.all([new Promise<void>((resolve) => udp.close(resolve)), new Promise((resolve) => tcp.close(resolve))])
    },
  }
}

function encoded(message: Buffer, question: AskedFor, reply: Reply, over: 'udp' | 'tcp'): Buffer {
  const { addresses = [], ttl = 60, alias, code = 'NOERROR', truncated = false } = reply
  const contents = { addresses, ttl, alias, code, truncated: truncated && over === 'udp' }
  const answer = writeAnswer(message, question, contents)
  return over === 'udp' && answer.length > UDP_MOST ? writeAnswer(message, question, { ...contents, truncated: true }) : answer
}

/** The same port for both; one that is free for UDP may be taken for TCP. */
async function bothOn(host: string, port: number): Promise<{ readonly udp: UdpSocket; readonly tcp: Server }> {
  for (let tries = 1; ; tries++) {
    const udp = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 4 * 1024 * 1024 })
    const tcp = createServer()
    try {
      await new Promise<void>((resolve, reject) => {
        udp.once('error', reject).bind(port, host, () => resolve())
      })
      const { port: bound }: AddressInfo = udp.address()
      await new Promise<void>((resolve, reject) => {
        tcp.once('error', reject).listen(bound, host, resolve)
      })
      return { udp, tcp }
    } catch (error) {
      udp.close()
      if (port !== 0 || tries === PORT_TRIES) throw error
    }
  }
}
