import { type CodingFaults, codingFaults } from './coding.js'
import { type ContentFaults, contentFaults } from './content.js'
import type { Fault, FaultFamily } from './fault.js'
import { type FloodFaults, floodFaults } from './flood.js'
import { type FramingFaults, framingFaults } from './framing.js'
import { type PaceFaults, paceFaults } from './pace.js'
import { type RangeFaults, rangeFaults } from './range.js'
import { type RedirectFaults, redirectFaults } from './redirect.js'
import { type StatusFaults, statusFaults } from './status.js'
import { type StopFaults, stopFaults } from './stop.js'
import { type ValidatorFaults, validatorFaults } from './validators.js'
import { type WhichFaults, whichFaults } from './which.js'

/** What every fault means once its text is read. */
export interface FaultValues
  extends
    PaceFaults,
    WhichFaults,
    StatusFaults,
    StopFaults,
    FramingFaults,
    CodingFaults,
    FloodFaults,
    RedirectFaults,
    RangeFaults,
    ValidatorFaults,
    ContentFaults {}

/** The option name of a fault. */
export type FaultName = keyof FaultValues

/** The faults that hold for one request. */
export type Faults = { readonly [Name in FaultName]?: FaultValues[Name] }

const rows: FaultFamily<FaultValues> = {
  ...paceFaults,
  ...whichFaults,
  ...statusFaults,
  ...stopFaults,
  ...framingFaults,
  ...codingFaults,
  ...floodFaults,
  ...redirectFaults,
  ...rangeFaults,
  ...validatorFaults,
  ...contentFaults,
}

/** Every fault there is: options, query parameters, command line and documentation all come from here. */
export const FAULTS: readonly Fault<FaultName>[] = Object.values(rows)
