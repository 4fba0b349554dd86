/** Wire: what a line and its exchanges know of the connection between them. */
import type { Socket } from 'node:net'

export interface Wire {
  socket: Socket | undefined
  /** ms it took to make. */
  connectMs: number
  /** Requests sent on it. */
  requests: number
  /** Whose answer is being read; over HTTP/2, the one that was begun last. */
  exchange: Unpausable | undefined
}

/** An exchange, as far as the connection is concerned. */
export interface Unpausable {
  unpause(): void
}
