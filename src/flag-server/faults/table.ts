import type { Fault, FaultFamily } from './fault.js'
import { type PaceFaults, paceFaults } from './pace.js'

/** What every fault means once its text is read. */
export interface FaultValues extends PaceFaults {}

/** The option name of a fault. */
export type FaultName = keyof FaultValues

/** The faults that hold for one request. */
export type Faults = { readonly [Name in FaultName]?: FaultValues[Name] }

const rows: FaultFamily<FaultValues> = { ...paceFaults }

/** Every fault there is: options, query parameters, command line and documentation all come from here. */
export const FAULTS: readonly Fault<FaultName>[] = Object.values(rows)
