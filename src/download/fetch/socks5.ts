/**
 * SOCKS5 (RFC 1928, RFC 1929): a connection through such a proxy. The proxy resolves the names.
 *
 * undici has one too, but experimental: it says so on stderr, and its connections know neither our limits nor our pools.
 */
import { isIPv4, isIPv6, type Socket } from 'node:net'
import ipaddr from 'ipaddr.js'
import { DownloadError } from '../errors.js'
import { type Attempt, type Dial, secure, type Target } from './dial.js'
import type { Proxy } from './proxy.js'
import type { TlsOptions } from './tls.js'
import { proxyFailure } from './tunnel.js'

const VERSION = 5
const NO_LOGIN = 0
const PASSWORD_LOGIN = 2
const CONNECT = 1
const IPV4 = 1
const NAME = 3
const IPV6 = 4

const REPLIES: readonly string[] = [
  'succeeded',
  'general failure',
  'not allowed',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'expired',
  'command not supported',
  'address type not supported',
]

export function socksDial(proxy: Proxy, toProxy: Dial, tls: TlsOptions, http2: boolean): Dial {
  const address: Target = { hostname: proxy.hostname, host: proxy.hostname, protocol: 'http:', port: String(proxy.port) }
  return (target, done) => {
    let attempt: Attempt | undefined
    const connected = async (socket: Socket): Promise<void> => {
      try {
        await greet(socket, proxy, target)
      } catch (error) {
        socket.destroy()
        done(proxyFailure(proxy, error as Error), null)
        return
      }
      if (target.protocol === 'https:') attempt = secure(target, socket, tls, http2, done)
      else done(null, socket)
    }
    attempt = toProxy(address, (error, socket) => {
      if (socket === null) done(proxyFailure(proxy, error), null)
      else void connected(socket)
    })
    return { destroy: () => attempt?.destroy() }
  }
}

/** Talks to the proxy until the connection leads to the target. */
async function greet(socket: Socket, proxy: Proxy, target: Target): Promise<void> {
  const methods = proxy.username === '' ? [NO_LOGIN] : [PASSWORD_LOGIN, NO_LOGIN]
  socket.write(Uint8Array.of(VERSION, methods.length, ...methods))
  const [version, method] = await read(socket, 2)
  if (version !== VERSION) throw new Error('it does not speak SOCKS5')
  if (method === PASSWORD_LOGIN && methods.includes(PASSWORD_LOGIN)) {
    socket.write(Uint8Array.of(1, ...counted(proxy.username), ...counted(proxy.password)))
    const [, status] = await read(socket, 2)
    if (status !== 0) throw new Error('it refused user or password')
  } else if (method !== NO_LOGIN) throw new Error('it wants to be logged in to in another way')
  const port = Number(target.port === '' ? (target.protocol === 'https:' ? 443 : 80) : target.port)
  socket.write(Uint8Array.of(VERSION, CONNECT, 0, ...addressBytes(target.hostname), port >> 8, port & 0xff))
  const [, reply, , type] = await read(socket, 4)
  if (reply !== 0) {
    throw new DownloadError(
      'PROXY_FAILED',
      `the proxy ${proxy.origin} cannot reach ${target.hostname}: ${REPLIES[reply as number] ?? `reply ${reply}`}`,
    )
  }
  // The address it is bound to; of no use to us, but it must be read.
  const length = type === IPV4 ? 4 : type === IPV6 ? 16 : ((await read(socket, 1))[0] as number)
  await read(socket, length + 2)
}

function addressBytes(hostname: string): number[] {
  if (isIPv4(hostname)) return [IPV4, ...ipaddr.parse(hostname).toByteArray()]
  if (isIPv6(hostname)) return [IPV6, ...ipaddr.parse(hostname).toByteArray()]
  return [NAME, ...counted(hostname)]
}

function counted(text: string): number[] {
  const bytes = [...Buffer.from(text, 'utf8')]
  if (bytes.length > 255) throw new Error('user, password or name of the host is longer than 255 bytes')
  return [bytes.length, ...bytes]
}

/** Reads exactly so many bytes; what follows stays in the socket. */
function read(socket: Socket, size: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      socket.off('readable', look).off('end', ended).off('close', ended).off('error', reject)
    }
    const ended = (): void => {
      stop()
      reject(new Error('it closed the connection'))
    }
    const look = (): void => {
      const bytes = socket.read(size) as Buffer | null
      if (bytes === null || bytes.length < size) return
      stop()
      resolve(bytes)
    }
    socket.on('readable', look).on('end', ended).on('close', ended).on('error', reject)
    look()
  })
}
