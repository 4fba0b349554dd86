import { FlagServerError } from '../errors.js'
import { FAULTS, type FaultName, type Faults } from './table.js'

/** Faults of which one answer can show only one. */
const ONE_OF: readonly (readonly FaultName[])[] = [
  ['cut', 'reset', 'silence'],
  ['size', 'body', 'bomb'],
  ['redirect', 'location'],
]

/** Lays more particular faults over more general ones. One of a group of which only one can hold takes the place of the others. */
export function overlaid(general: Faults, particular: Faults): Faults {
  const displaced = ONE_OF.filter((group) => group.some((name) => particular[name] !== undefined)).flat()
  return { ...without(general, displaced), ...particular }
}

export function without(faults: Faults, names: readonly FaultName[]): Faults {
  return Object.fromEntries(Object.entries(faults).filter(([name]) => !names.includes(name as FaultName)))
}

/** Refuses faults that contradict each other. @throws {FlagServerError} `ERR_FLAG_SERVER_OPTION`. */
export function checkTogether(faults: Faults): void {
  for (const group of ONE_OF) {
    const [one, other] = group.filter((name) => faults[name] !== undefined)
    if (one !== undefined && other !== undefined) contradiction(one, other, 'an answer can have only one of them')
  }
  if (faults.chunks !== undefined && (faults.framing ?? 'chunked') !== 'chunked')
    contradiction('chunks', 'framing', 'only chunked framing has chunks')
  if (faults.endless === 'body') {
    const other = (['size', 'body', 'bomb'] as const).find((name) => faults[name] !== undefined)
    if (other !== undefined) contradiction('endless', other, 'a body that ends is not endless')
  }
  if (faults.codingCut !== undefined && faults.coding === undefined && faults.bomb === undefined) {
    throw new FlagServerError(
      `${nameOf('codingCut')} needs ${nameOf('coding')}: it cuts a coded stream.`,
      'ERR_FLAG_SERVER_OPTION',
    )
  }
}

function contradiction(one: FaultName, other: FaultName, why: string): never {
  throw new FlagServerError(
    `${nameOf(one)} and ${nameOf(other)} contradict each other: ${why}. Leave one out.`,
    'ERR_FLAG_SERVER_OPTION',
  )
}

/** Both spellings, where they differ: the reader may have given either. */
function nameOf(name: FaultName): string {
  const query = FAULTS.find((row) => row.name === name)?.query ?? name
  return query === name ? `\`${name}\`` : `\`${name}\` (${query})`
}
