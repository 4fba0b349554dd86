import { FAULTS, type FaultName, type Faults, type FaultValues } from './table.js'

/** How a fault's value may be given in code: as it would stand in a query; bytes where a text cannot hold them. */
export type FaultInput = string | number | Uint8Array

/** Faults for every request of a server. Each value is written as in the query; see docs/flag-server.md for all of them. */
export type FaultOptions = {
  readonly [Name in keyof FaultValues]?:
    | FaultInput
    | undefined
    | (FaultValues[Name] extends readonly unknown[] ? readonly FaultInput[] : never)
}

/** Reads the faults among the options of a server. @throws {FlagServerError} `ERR_FLAG_SERVER_OPTION`. */
export function readFaultOptions(options: FaultOptions): Faults {
  const faults: Partial<Record<FaultName, unknown>> = {}
  for (const row of FAULTS) {
    const given: unknown = options[row.name]
    if (given === undefined) continue
    const asked = `option \`${row.name}\``
    const values =
      row.repeatable && Array.isArray(given)
        ? given.map((one) => row.parse(textOf(one), asked))
        : [row.parse(textOf(given), asked)]
    faults[row.name] = row.repeatable ? values.flat() : values[0]
  }
  return faults as Faults
}

/** One character a byte: a text is sent as UTF-8, bytes as they are. */
function textOf(given: unknown): string {
  return (given instanceof Uint8Array ? Buffer.from(given) : Buffer.from(String(given))).toString('latin1')
}
