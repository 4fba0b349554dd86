import { InvalidArgumentError, Option } from './commander.js'
import type { Fault, FaultName, FaultOptions } from '../flag-server/index.js'
import { FAULTS, FlagServerError } from '../flag-server/index.js'

/** Which faults a command offers, and how. */
export interface FaultOptionsShape {
  /** Only these. @default all */
  readonly only?: readonly FaultName[]
  /** One-letter names, such as `{ errorRate: 'e' }`. */
  readonly letters?: Readonly<Partial<Record<FaultName, string>>>
}

/** The command line options for faults of the flag server, made from its own table. */
export function faultOptions({ only, letters = {} }: FaultOptionsShape = {}): Option[] {
  const faults = FAULTS.filter(({ name }) => only === undefined || only.includes(name))
  return faults.map((fault) => faultOption(fault, letters[fault.name]))
}

function faultOption(fault: Fault<FaultName>, letter: string | undefined): Option {
  const flags = letter === undefined ? fault.flag : `-${letter}, ${fault.flag}`
  return new Option(flags, fault.doc).argParser((text: string, before: unknown) => {
    try {
      fault.parse(Buffer.from(text).toString('latin1'), flags)
    } catch (error) {
      if (!(error instanceof FlagServerError)) throw error
      throw new InvalidArgumentError(error.message)
    }
    return fault.repeatable ? [...((before as string[] | undefined) ?? []), text] : text
  })
}

/** Picks the faults out of all that was typed for a command. */
export function typedFaults(typed: Readonly<Record<string, unknown>>): FaultOptions {
  return Object.fromEntries(FAULTS.filter(({ name }) => typed[name] !== undefined).map(({ name }) => [name, typed[name]]))
}
