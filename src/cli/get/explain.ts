import { FAILURES } from '../../download/index.js'

/** What a failure is, and what can be done about it; undefined for plain answers such as `HTTP_404`, which say it themselves. */
export function explain(code: string): { readonly what: string; readonly todo: string } | undefined {
  return Object.hasOwn(FAILURES, code) ? FAILURES[code as keyof typeof FAILURES] : undefined
}
