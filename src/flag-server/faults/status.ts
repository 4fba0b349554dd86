import type { Header } from '../header.js'
import { fault, type FaultFamily } from './fault.js'
import { anyBytes, count } from './value.js'

export interface StatusFaults {
  /** The status of the answer. */
  status: number
  /** The words after the status. */
  reason: string
  /** Value of Retry-After, for answers with an error status. */
  retryAfter: string
}

export const statusFaults: FaultFamily<StatusFaults> = {
  status: fault('status', count({ from: 200, to: 599 }), {
    role: 'failure',
    doc: 'Answers with this status. From 300 on with a line of text as body, unless `size`, `body`, `bomb` or `endless=body` asks for another.',
    example: 'status=503',
  }),
  reason: fault('reason', anyBytes, {
    role: 'failure',
    doc: 'The words after the status, as they are. Default: the usual ones.',
    example: 'status=404&reason=Gone%20fishing',
  }),
  retryAfter: fault('retryAfter', anyBytes, {
    role: 'failure',
    doc: 'Sends `Retry-After` with answers of status 400 and up: `date:` and seconds sends the date that many seconds from now; anything else goes out as it is.',
    example: 'status=429&retry-after=2',
  }),
}

/** The Retry-After header, if one is asked for. */
export function retryAfterHeader(value: string | undefined, now: number): readonly Header[] {
  if (value === undefined) return []
  const [, seconds] = /^date:(-?\d{1,9})$/.exec(value) ?? []
  return [['Retry-After', seconds === undefined ? value : new Date(now + Number(seconds) * 1000).toUTCString()]]
}
