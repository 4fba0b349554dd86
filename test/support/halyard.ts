/** Runs the built `halyard` as a user does. */
import type { TestContext } from 'node:test'
import { runProgram, startProgram, type Ended, type Program, type ProgramOptions } from './child-program.js'

/** Milliseconds: a hundred of them at once on a busy machine are slow, and that is no failure. */
const TIMEOUT = 60_000
const MAIN = new URL('../../../dist/cli/main.js', import.meta.url)

/** Runs `halyard` to its end. */
export function halyard(t: TestContext, args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  return runProgram(t, MAIN, { timeout: TIMEOUT, ...options, args })
}

/** Starts `halyard`; it is killed when the test ends. */
export function startHalyard(t: TestContext, args: readonly string[], options: ProgramOptions = {}): Program {
  return startProgram(t, MAIN, { timeout: TIMEOUT, ...options, args })
}

/** Its file, for a terminal or a shell to run. */
export const MAIN_URL: URL = MAIN
