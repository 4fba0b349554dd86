import { connect } from 'node:net'

/** All that a server sent over one connection, byte for byte. */
export interface Heard {
  /** One character a byte. */
  readonly text: string
  /** Status line and headers of the first answer that is not 1xx, without the empty line. */
  readonly head: string
  readonly status: number
  /** Everything after that empty line. */
  readonly body: string
  /** Whether the server closed in good order, tore the connection down, or was still connected when `until` had enough. */
  readonly ended: 'fin' | 'reset' | 'open'
}

/** How to ask. */
export interface Asking {
  readonly method?: string
  readonly headers?: readonly string[]
  readonly version?: '1.0' | '1.1'
  /** Hangs up as soon as this is true of what came so far; without it the server has to end the connection. */
  readonly until?: ((text: string) => boolean) | undefined
  /** Resolves to the number of bytes after which to hang up: for a server that then says nothing more. */
  readonly hangUp?: Promise<number> | undefined
}

/** Asks with a bare socket, and says what came back. */
export function ask(url: string, target: string, asking: Asking = {}): Promise<Heard> {
  const { method = 'GET', headers = ['Connection: close'], version = '1.1' } = asking
  return say(url, [`${method} ${target} HTTP/${version}`, `Host: ${new URL(url).host}`, ...headers, '', ''].join('\r\n'), asking)
}

/** Sends these very bytes, and says what came back. */
export async function say(url: string, bytes: string, { until, hangUp }: Pick<Asking, 'until' | 'hangUp'> = {}): Promise<Heard> {
  const { hostname, port } = new URL(url)
  const { text, ended } = await new Promise<Pick<Heard, 'text' | 'ended'>>((resolve, reject) => {
    let heard = ''
    let end: Heard['ended'] = 'open'
    const socket = connect(Number(port), hostname, () => socket.write(bytes, 'latin1'))
    socket.setEncoding('latin1')
    let enough = Infinity
    const hangUpIfEnough = (): void => {
      if (heard.length >= enough || until?.(heard) === true) socket.destroy()
    }
    void hangUp
      ?.then((length) => {
        enough = length
        return hangUpIfEnough()
      })
      .catch(reject)
    socket.on('data', (piece: string) => {
      heard += piece
      hangUpIfEnough()
    })
    socket.on('end', () => {
      end = 'fin'
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') end = 'reset'
      else reject(error)
    })
    socket.on('close', () => resolve({ text: heard, ended: end }))
  })
  const answer = text.replace(/^(?:HTTP\/1\.1 1\d\d [^\r]*\r\n\r\n)+/, '')
  const empty = answer.indexOf('\r\n\r\n')
  const head = empty < 0 ? answer : answer.slice(0, empty)
  return {
    text,
    ended,
    head,
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]),
    body: empty < 0 ? '' : answer.slice(empty + 4),
  }
}

/** The values of a header, in order. */
export function headerValues({ head }: Heard, name: string): string[] {
  const lines = head.split('\r\n').slice(1)
  return lines
    .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    .map((line) => line.slice(name.length + 2))
}
