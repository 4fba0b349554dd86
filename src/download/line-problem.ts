import type { FailureCode } from './errors.js'

/** Why a line makes no job. The message names what was found, never a secret. */
export interface LineProblem {
  readonly code: FailureCode
  readonly message: string
}
