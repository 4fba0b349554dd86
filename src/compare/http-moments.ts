/**
 * When the requests of a call were connected and answered, without the code that makes them knowing: what is measured is the very function
 * that everybody else runs. Node.js publishes both moments on diagnostics channels; the call they belong to is known by its async context.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'

/** Milliseconds since 1970, with fractions; of the last request, where redirects made several. */
export interface HttpMoments {
  connected?: number
  firstByte?: number
}

/** Milliseconds since 1970, with fractions, on a clock that never goes back. */
export function epochNow(): number {
  return performance.timeOrigin + performance.now()
}

const current = new AsyncLocalStorage<HttpMoments>()
const byRequest = new WeakMap<ClientRequest, HttpMoments>()
let isListening = false

/** Runs `body` and notes down in `moments` what becomes of the requests it makes. */
export function withHttpMoments<T>(moments: HttpMoments, body: () => T): T {
  if (!isListening) listen()
  isListening = true
  return current.run(moments, body)
}

function listen(): void {
  subscribe('http.client.request.start', (message) => {
    const { request } = message as { request: ClientRequest }
    const moments = current.getStore()
    if (moments === undefined) return
    byRequest.set(request, moments)
    if (request.socket === null) request.once('socket', (socket) => onSocket(socket, moments))
    else onSocket(request.socket, moments)
  })
  // Called finish, published when the head of the answer has come.
  subscribe('http.client.response.finish', (message) => {
    const moments = byRequest.get((message as { request: ClientRequest }).request)
    if (moments !== undefined) moments.firstByte = epochNow()
  })
}

function onSocket(socket: Socket, moments: HttpMoments): void {
  if (!socket.connecting) return
  socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
    moments.connected = epochNow()
  })
}
