import type { Outcome } from '../outcome.js'

interface Column {
  readonly name: string
  /** Whole numbers, or text. */
  readonly type: 'INT64' | 'STRING'
  value(outcome: Outcome): string | number | undefined
}

const text = (name: string, value: (outcome: Outcome) => string | undefined): Column => ({ name, type: 'STRING', value })
const whole = (name: string, value: (outcome: Outcome) => number | undefined): Column => ({ name, type: 'INT64', value })

/** The columns of exported tables, in their order: a record made flat. */
export const resultColumns: readonly Column[] = [
  whole('id', ({ id }) => id),
  text('url', ({ url }) => url),
  text('status', ({ status }) => status),
  text('code', ({ code }) => code),
  whole('http', ({ http }) => http),
  text('file', ({ file }) => file),
  text('member', ({ member }) => member),
  whole('bytes', ({ bytes }) => bytes),
  text('sha256', ({ sha256 }) => sha256),
  text('etag', ({ etag }) => etag),
  text('lastModified', ({ lastModified }) => lastModified),
  text('contentType', ({ contentType }) => contentType),
  text('finalUrl', ({ finalUrl }) => finalUrl),
  whole('attempts', ({ attempts }) => attempts),
  text('start', ({ start }) => start),
  whole('waitMs', ({ ms }) => ms?.wait),
  whole('connectMs', ({ ms }) => ms?.connect),
  whole('ttfbMs', ({ ms }) => ms?.ttfb),
  whole('totalMs', ({ ms }) => ms?.total),
  text('worker', ({ worker }) => worker),
  whole('line', ({ line }) => line),
  text('list', ({ list }) => list),
  text('errorMessage', ({ error }) => error?.message),
  text('errorCause', ({ error }) => error?.cause),
]
