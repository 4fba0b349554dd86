import { FlagServerError } from '../errors.js'
import { fault, type FaultFamily } from './fault.js'
import { bytesOf, type Place, place } from './value.js'

export interface StopFaults {
  /** Where the connection is closed in good order, with a FIN. */
  cut: Place
  /** Where the connection is torn down, with a RST. */
  reset: Place
  /** Where nothing more is sent though the connection stays open. */
  silence: Place
}

export const stopFaults: FaultFamily<StopFaults> = {
  cut: fault('cut', place, {
    role: 'failure',
    doc:
      'Closes the connection there, in good order (FIN). Bytes count the body as framed, without chunk sizes; a body that is shorter is sent whole. ' +
      'At 100% all of the body is sent, but not what ends it (last chunk).',
    example: 'cut=50%&framing=chunked',
  }),
  reset: fault('reset', place, {
    role: 'failure',
    doc: 'Tears the connection down there (RST). Places as for `cut`.',
    example: 'reset=after-headers',
  }),
  silence: fault('silence', place, {
    role: 'failure',
    doc: 'Sends nothing more from there on and keeps the connection open, until the client or `close()` ends it. Places as for `cut`.',
    example: 'silence=before-headers',
  }),
}

/** Where an answer stops before its end, and how. */
export interface Stop {
  readonly how: keyof StopFaults
  /** A number counts bytes of the body. */
  readonly at: Exclude<Place, object> | number
}

/** The one stop among the faults, if any; more than one is refused earlier. `size` is that of the body. */
export function stopOf(faults: Partial<StopFaults>, size: number | undefined): Stop | undefined {
  const how = (['cut', 'reset', 'silence'] as const).find((name) => faults[name] !== undefined)
  const where = how === undefined ? undefined : faults[how]
  if (how === undefined || where === undefined) return undefined
  if (typeof where === 'string') return { how, at: where }
  const at = bytesOf(where, size)
  if (at !== undefined) return { how, at }
  throw new FlagServerError(
    `The size of this body is not known beforehand, so \`${how}\` cannot be a percentage. Give a number of bytes.`,
    'ERR_FLAG_SERVER_OPTION',
  )
}
