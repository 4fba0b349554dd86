/** Headers that a list may set for one request. */
import { isHeaderName, isOurHeader } from './header-rules.js'
import type { LineProblem } from './line-problem.js'

// eslint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f-\u009f]/

type Checked = { readonly headers: Readonly<Record<string, string>> } | { readonly problem: LineProblem }

const refuse = (code: 'INVALID_BYTES' | 'INVALID_HEADER', message: string): Checked => ({ problem: { code, message } })

/** Copies what may be sent, without a prototype: `__proto__` is a header like any other. Values are never named: they may be secrets. */
export function checkHeaders(headers: Readonly<Record<string, string>>): Checked {
  const copy: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [name, value] of Object.entries(headers)) {
    if (control.test(name)) return refuse('INVALID_BYTES', 'a line break or another control character in the name of a header')
    if (!isHeaderName(name) || name.length > 256)
      return refuse('INVALID_HEADER', 'the name of a header has characters that HTTP forbids')
    if (control.test(value)) return refuse('INVALID_BYTES', `a line break or another control character in the header ${name}`)
    if (/[\u0100-\uffff]/.test(value)) return refuse('INVALID_HEADER', `the header ${name} has characters beyond latin1`)
    if (isOurHeader(name)) return refuse('INVALID_HEADER', `the header ${name} is not for lists to set`)
    copy[name] = value.trim()
  }
  return { headers: copy }
}
