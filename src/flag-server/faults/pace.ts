import { fault, type FaultFamily } from './fault.js'
import { bytes, seconds, type Span } from './value.js'

export interface PaceFaults {
  /** Seconds before the first byte of the answer. */
  delay: Span
  /** Bytes of body a second. */
  drip: number
}

export const paceFaults: FaultFamily<PaceFaults> = {
  delay: fault('delay', seconds, {
    role: 'pace',
    doc: 'Waits this long before the first byte of the answer; a range draws anew for each request.',
    example: 'delay=0.5-5',
  }),
  drip: fault('drip', bytes({ from: 1 }), {
    role: 'pace',
    doc: 'Sends the body this many bytes a second, in ten or fewer portions a second.',
    example: 'drip=1000',
  }),
}
