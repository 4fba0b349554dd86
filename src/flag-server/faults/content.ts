import { fault, type FaultFamily } from './fault.js'
import { anyBytes, bytes, type ValueKind } from './value.js'

export interface ContentFaults {
  /** A body of so many bytes, different for each path. */
  size: number
  /** A body of exactly these bytes. */
  body: string
  /** Value of Content-Type. */
  type: string
  /** Value of Content-Disposition. */
  disposition: string
  /** More header lines, each `Name: value`. */
  header: readonly (readonly [name: string, value: string])[]
}

const headerLine: ValueKind<ContentFaults['header']> = {
  placeholder: 'NAME:VALUE',
  expected: 'a header, such as Set-Cookie: a=1',
  parse(text) {
    const colon = text.indexOf(':')
    return colon <= 0 ? undefined : [[text.slice(0, colon), text.slice(colon + 1).replace(/^ /, '')]]
  },
}

export const contentFaults: FaultFamily<ContentFaults> = {
  size: fault('size', bytes(), {
    role: 'content',
    doc: 'Serves a body of this size at any path; at `/n/<number>.bin` the bytes of that number, elsewhere those of number 0.',
    example: 'size=1M',
  }),
  body: fault('body', anyBytes, {
    role: 'content',
    doc: 'Serves exactly these bytes at any path.',
    example: 'body=%3Chtml%3E&type=text/html',
  }),
  type: fault('type', anyBytes, {
    role: 'content',
    doc: 'The Content-Type, as it is.',
    example: 'type=text/html',
  }),
  disposition: fault('disposition', anyBytes, {
    role: 'content',
    doc: 'Sends Content-Disposition with exactly these bytes.',
    example: 'disposition=attachment;%20filename=%22..%2Fx%FF.gif%22',
  }),
  header: fault('header', headerLine, {
    role: 'content',
    repeatable: true,
    doc: 'Adds this header to every answer, beside those that are there; may be given several times.',
    example: 'header=Set-Cookie:%20a=1&header=Set-Cookie:%20b=2',
  }),
}
