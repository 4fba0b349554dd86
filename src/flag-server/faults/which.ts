import { fault, type FaultFamily } from './fault.js'
import { anyBytes, count, share } from './value.js'

export interface WhichFaults {
  /** Fails the first so many requests of a URL, or of a key. */
  fail: number
  /** Counts `fail` by this instead of by URL. */
  key: string
  /** The share of requests that fail. */
  errorRate: number
}

export const whichFaults: FaultFamily<WhichFaults> = {
  fail: fault('fail', count(), {
    role: 'which',
    doc: 'The failures asked for hit only the first so many requests of a URL, or of a key; status 503 if no failure is named. With `error-rate`, both must agree.',
    example: 'fail=2&status=503',
  }),
  key: fault('key', anyBytes, {
    role: 'which',
    doc: 'Counts `fail` for all URLs with this key together. Without `fail` it does nothing, and so makes URLs differ.',
    example: 'fail=1&key=first-run',
  }),
  errorRate: fault('errorRate', share, {
    role: 'which',
    doc: 'The failures asked for hit this share of the requests, by chance; status 503 if no failure is named.',
    example: 'error-rate=0.25&status=418',
  }),
}
