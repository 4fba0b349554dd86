import { fault, type FaultFamily } from './fault.js'
import { anyBytes, count, share } from './value.js'

export interface WhichFaults {
  /** Fails the first so many requests of a URL, or of a key. */
  fail: number
  /** Counts `fail` by this instead of by URL. */
  key: string
  /** The share of requests that fail. */
  errorRate: number
  /** Fails the requests that come while so many others are being answered. */
  over: number
  /** Fails the requests beyond so many a second. */
  overRate: number
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
  over: fault('over', count(), {
    role: 'which',
    doc: 'The failures asked for hit the requests that come while so many others are being answered; status 503 if no failure is named.',
    example: 'over=256',
  }),
  overRate: fault('overRate', count({ from: 1 }), {
    role: 'which',
    doc:
      'The failures asked for hit the requests beyond so many a second: each takes a token from a bucket that holds, and gets every second, this ' +
      'many; status 503 if no failure is named.',
    example: 'over-rate=20&status=429&retry-after=1',
  }),
}
