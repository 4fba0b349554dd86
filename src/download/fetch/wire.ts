/** Wire: what a line and its exchanges know of the connection between them. */
import type { Socket } from 'node:net'

export interface Wire {
  socket: Socket | undefined
  /** ms it took to make. */
  connectMs: number
  /** Requests sent on it. */
  requests: number
  /** Whose answer is being read; over HTTP/2, the one that was begun last. */
  exchange: Carried | undefined
}

/** An exchange, as far as the connection is concerned. */
export interface Carried {
  /** ms, when the request was sent. */
  readonly sentAt: number
  unpause(): void
}
