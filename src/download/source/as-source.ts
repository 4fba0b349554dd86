import { type GivenList, givenSource } from './given.js'
import type { Source } from './source.js'

/** What a caller names as its list, as a source. A single string is one URL, not a list of characters. */
export function asSource(list: GivenList | Source): Source {
  if (typeof list === 'string') return givenSource([list])
  return 'batches' in list ? list : givenSource(list)
}
