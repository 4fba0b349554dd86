import { inspect } from 'node:util'
import { wrong } from '../option-checks.js'
import { type GivenList, givenSource } from './given.js'
import type { Source } from './source.js'

/**
 * What a caller names as its list, as a source. A single string is one URL, not a list of characters.
 *
 * @throws {RunError} ERR_OPTIONS if it is none
 */
export function asSource(list: GivenList | Source): Source {
  if (typeof list === 'string') return givenSource([list])
  const isList = typeof list === 'object' && (list as unknown) !== null
  if (!isList || !(Symbol.iterator in list || Symbol.asyncIterator in list || 'batches' in list))
    wrong(`Expected the list to be URLs, jobs or a source, got ${inspect(list, { depth: 0 })}`)
  return 'batches' in list ? list : givenSource(list)
}
