/** The name a file has while it is not whole: hidden, beside its place, and numbered, so that no two jobs share one. */
import { MAX_NAME_BYTES, firstBytes } from './fit.js'

/** Room for the names of the note beside it: `….json` and, while that is written, `….json.new`. */
const NOTE = '.json.new'

/** `.a.gif.7.part` for `a.gif` of job 7; a long name is shortened. */
export function partName(name: string, id: number): string {
  const end = `.${id}.part`
  return `.${firstBytes(name, MAX_NAME_BYTES - 1 - end.length - NOTE.length)}${end}`
}

/** Whether a name is one that `partName` makes, or its note's: what a run that was killed leaves. */
export function isPartName(name: string): boolean {
  return PART.test(name)
}

const PART = /^\..*\.\d+\.part(?:\.json(?:\.new)?)?$/s
