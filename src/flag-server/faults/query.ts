import { FlagServerError } from '../errors.js'
import type { Fault } from './fault.js'
import { FAULTS, type FaultName, type Faults } from './table.js'

const byQuery: ReadonlyMap<string, Fault<FaultName>> = new Map(FAULTS.map((row) => [row.query, row]))

/**
 * Reads the faults in the query of a URL.
 *
 * A value may hold any byte, percent-encoded; `+` is a plus sign, not a space.
 *
 * @param strict refuse parameters that are no faults.
 * @throws {FlagServerError} `ERR_FLAG_SERVER_OPTION`, naming the parameter.
 */
export function readFaultQuery(url: string, strict: boolean): Faults {
  const mark = url.indexOf('?')
  if (mark < 0) return {}
  const faults: Partial<Record<FaultName, unknown>> = {}
  for (const pair of url
    .slice(mark + 1)
    .replace(/#.*/s, '')
    .split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = percentDecoded(equals < 0 ? pair : pair.slice(0, equals))
    const row = byQuery.get(name)
    if (row === undefined) {
      if (strict) throw unknown(name)
      continue
    }
    const asked = `query parameter "${name}"`
    const value = row.parse(percentDecoded(equals < 0 ? '' : pair.slice(equals + 1)), asked)
    const before = faults[row.name]
    if (before !== undefined && !row.repeatable) {
      throw new FlagServerError(`The ${asked} stands twice in the URL; it can have only one value.`, 'ERR_FLAG_SERVER_OPTION')
    }
    faults[row.name] = row.repeatable ? [...((before ?? []) as unknown[]), ...(value as unknown[])] : value
  }
  return faults as Faults
}

/** One character a byte. A percent sign that begins no code stands for itself, as in `cut=50%`. */
function percentDecoded(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

function unknown(name: string): FlagServerError {
  const close = FAULTS.find(({ query, name: option }) => option === name || alike(query, name))
  const hint =
    close === undefined ? `Known are ${FAULTS.map(({ query }) => query).join(', ')}.` : `Did you mean "${close.query}"?`
  return new FlagServerError(`Unknown query parameter ${JSON.stringify(name)}. ${hint}`, 'ERR_FLAG_SERVER_OPTION')
}

/** Whether two words have the same letters but for one slip of the keyboard: one left out, one too many, one wrong, or two swapped. */
function alike(word: string, typed: string): boolean {
  let start = 0
  while (start < word.length && word[start] === typed[start]) start += 1
  const [rest, restTyped] = [word.slice(start), typed.slice(start)]
  return (
    rest.slice(1) === restTyped ||
    rest === restTyped.slice(1) ||
    rest.slice(1) === restTyped.slice(1) ||
    (rest.slice(2) === restTyped.slice(2) && rest[0] === restTyped[1] && rest[1] === restTyped[0])
  )
}
