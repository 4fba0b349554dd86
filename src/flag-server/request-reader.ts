import type { Socket } from 'node:net'

/** One request as the client wrote it. Texts hold one byte a character (latin1), so nothing is lost. */
export interface Request {
  readonly method: string
  /** What stands in the request line: path and query, or a whole URL if the client takes us for a proxy. */
  readonly url: string
  readonly httpVersion: string
  /** Names in lower case; values of a name sent several times joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Every header line, in order, spelled as sent. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[]
}

/** What came is not HTTP as this server reads it. `status` is what to answer before hanging up. */
export class UnreadableRequest extends Error {
  override readonly name = 'UnreadableRequest'
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const HEAD_END = '\r\n\r\n'
const MAX_HEAD_BYTES = 65_536
const EMPTY: Buffer = Buffer.alloc(0)

/**
 * Reads the requests of one connection, one after the other.
 *
 * It exists because a server that must be able to put any bytes on the wire has to own the socket; node:http does not let go of it between two
 * requests. It reads what such a server needs: a request line, headers, and a body of known length, which it throws away.
 */
export class RequestReader {
  readonly #socket: Socket
  #bytes = EMPTY
  #skip = 0
  #ended = false
  #wake: (() => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => this.#take(bytes))
    const end = (): void => {
      this.#ended = true
      this.#wake?.()
    }
    socket.on('end', end)
    socket.on('close', end)
  }

  /** The next request; undefined once the client is gone. Throws {@link UnreadableRequest}. */
  async next(): Promise<Request | undefined> {
    for (;;) {
      const end = this.#bytes.indexOf(HEAD_END)
      if (end >= 0) return this.#read(end)
      if (this.#bytes.length > MAX_HEAD_BYTES)
        throw new UnreadableRequest(431, `The head is longer than ${MAX_HEAD_BYTES} bytes.`)
      if (this.#ended) return undefined
      this.#socket.resume()
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
  }

  #take(bytes: Buffer): void {
    const skipped = Math.min(this.#skip, bytes.length)
    this.#skip -= skipped
    if (skipped === bytes.length) return
    const rest = skipped === 0 ? bytes : bytes.subarray(skipped)
    this.#bytes = this.#bytes.length === 0 ? rest : Buffer.concat([this.#bytes, rest])
    // A client that sends faster than it is answered waits in its own memory, not in ours.
    if (this.#wake === undefined && this.#bytes.length > MAX_HEAD_BYTES) this.#socket.pause()
    this.#wake?.()
  }

  #read(end: number): Request {
    const request = parseHead(this.#bytes.toString('latin1', 0, end))
    this.#bytes = this.#bytes.length === end + HEAD_END.length ? EMPTY : this.#bytes.subarray(end + HEAD_END.length)
    this.#skipBody(request)
    return request
  }

  #skipBody({ headers }: Request): void {
    if ('transfer-encoding' in headers) throw new UnreadableRequest(411, 'A request body must come with Content-Length here.')
    const length = headers['content-length']
    if (length === undefined) return
    if (!/^\d{1,15}$/.test(length)) throw new UnreadableRequest(400, `Content-Length is not a number: ${JSON.stringify(length)}.`)
    const body = Number(length)
    const here = Math.min(body, this.#bytes.length)
    this.#bytes = this.#bytes.subarray(here)
    this.#skip = body - here
  }
}

function parseHead(head: string): Request {
  const [requestLine = '', ...lines] = head.split('\r\n')
  const start = /^([!-~]+) ([^ ]+) HTTP\/(1\.[01])$/.exec(requestLine)
  if (start === null) throw new UnreadableRequest(400, `Not a request line: ${JSON.stringify(requestLine.slice(0, 200))}.`)
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  const rawHeaders = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':')
    if (colon <= 0) throw new UnreadableRequest(400, `Not a header line: ${JSON.stringify(line.slice(0, 200))}.`)
    const raw = [line.slice(0, colon), line.slice(colon + 1).trim()] as const
    const name = raw[0].toLowerCase()
    headers[name] = headers[name] === undefined ? raw[1] : `${headers[name]}, ${raw[1]}`
    return raw
  })
  return { method: start[1] ?? '', url: start[2] ?? '', httpVersion: start[3] ?? '', headers, rawHeaders }
}
