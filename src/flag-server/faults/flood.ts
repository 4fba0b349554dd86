import { STATUS_CODES } from 'node:http'
import { fault, type FaultFamily } from './fault.js'
import { bytes, choice, count } from './value.js'

export interface FloodFaults {
  /** What never ends. */
  endless: 'body' | 'headers' | 'interim'
  /** How many headers of no meaning are added. */
  extraHeaders: number
  /** Bytes of value in each of them. */
  extraHeaderSize: number
  /** How many 1xx answers come first. */
  interim: number
  /** Their status. */
  interimStatus: number
}

export const floodFaults: FaultFamily<FloodFaults> = {
  endless: fault('endless', choice('body', 'headers', 'interim'), {
    role: 'failure',
    doc: 'Never comes to an end of the body, of the headers, or of 1xx answers before the answer.',
    example: 'endless=headers&extra-header-size=1000',
  }),
  extraHeaders: fault('extraHeaders', count(), {
    role: 'failure',
    doc: 'Adds so many headers `X-Fill-1`, `X-Fill-2`, … after the others.',
    example: 'extra-headers=1000',
  }),
  extraHeaderSize: fault('extraHeaderSize', bytes({ to: 64 * 1024 ** 2 }), {
    role: 'failure',
    doc: 'Bytes of value in each header of `extra-headers` or `endless=headers`. Default 10.',
    example: 'extra-headers=1&extra-header-size=10M',
  }),
  interim: fault('interim', count(), {
    role: 'failure',
    doc: 'Sends so many 1xx answers before the real one.',
    example: 'interim=100',
  }),
  interimStatus: fault('interimStatus', count({ from: 100, to: 199 }), {
    role: 'failure',
    doc: 'The status of the answers of `interim` or `endless=interim`. Default 102.',
    example: 'interim=1&interim-status=103',
  }),
}

/** What is sent beside the answer itself. */
export interface Flood {
  /** Number of 1xx answers before the answer; Infinity for no end. */
  readonly interim: number
  readonly interimStatus: number
  /** Number of headers after the others; Infinity for no end. */
  readonly headers: number
  readonly headerSize: number
}

export function floodOf({ endless, interim, interimStatus, extraHeaders, extraHeaderSize }: Partial<FloodFaults>): Flood {
  return {
    interim: endless === 'interim' ? Infinity : (interim ?? 0),
    interimStatus: interimStatus ?? 102,
    headers: endless === 'headers' ? Infinity : (extraHeaders ?? 0),
    headerSize: extraHeaderSize ?? 10,
  }
}

/** The header lines of a flood. */
export function headerFlood({ headers, headerSize }: Flood): Generator<string> {
  const value = 'x'.repeat(headerSize)
  return inPieces(headers, (number) => `X-Fill-${number}: ${value}\r\n`)
}

/** The 1xx answers of a flood. */
export function interimFlood({ interim, interimStatus }: Flood): Generator<string> {
  const answer = `HTTP/1.1 ${interimStatus} ${STATUS_CODES[interimStatus] ?? 'Interim'}\r\n\r\n`
  return inPieces(interim, () => answer)
}

/** Many small texts, as many a piece as make about 16 KiB. */
function* inPieces(times: number, text: (number: number) => string): Generator<string> {
  let piece = ''
  for (let number = 1; number <= times; number += 1) {
    piece += text(number)
    if (piece.length < 16_384 && number < times) continue
    yield piece
    piece = ''
  }
}
