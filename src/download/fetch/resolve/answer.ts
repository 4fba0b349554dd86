/** What somebody who was asked for the addresses of a name says. */
import type { LookupAddress } from 'node:dns'

export type Answer = Found | Denied | Failed

export interface Found {
  readonly is: 'found'
  /** At least one, in the order in which to try them. */
  readonly addresses: readonly LookupAddress[]
  /** ms for which that is so; undefined where it was not said. */
  readonly ttl: number | undefined
}

/** Somebody who should know says that there is no such name, or no such address of it. */
export interface Denied {
  readonly is: 'denied'
  /** The name is there, with something else than what was asked for. */
  readonly exists: boolean
}

/** Nobody could say. */
export interface Failed {
  readonly is: 'failed'
  readonly why: string
  /** No server answered at all, be it that it could not. */
  readonly silence: boolean
}

export type Answered = (answer: Answer) => void
