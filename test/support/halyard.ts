/** The built `halyard`, as a user runs it. */
import { runProgram, startProgram, type Ended, type Program, type ProgramOptions } from './child-program.js'
import { carryOut } from './command-lines.js'
import { MAIN_URL } from './main-url.js'

/** Milliseconds: a hundred of them at once on a busy machine are slow, and that is no failure. */
const TIMEOUT = 60_000
/** A test, or whatever else has an end. */
interface TestEnd {
  after(end: () => void): void
}

/**
 * Carries out a command line of `halyard`, in a program that has done so for other tests before unless it takes one of its own: whoever hands
 * in standard input, or another way to start it, gets one.
 */
export function halyard(t: TestEnd, args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  const { execPath, execArgv, input } = options
  if ([execPath, execArgv, input].some((own) => own !== undefined)) return halyardProcess(t, args, options)
  return carryOut(args, { timeout: TIMEOUT, ...options })
}

/** Runs `halyard` to its end, in a process of its own. */
export function halyardProcess(t: TestEnd, args: readonly string[], options: ProgramOptions = {}): Promise<Ended> {
  return runProgram(t, MAIN_URL, { timeout: TIMEOUT, ...options, args })
}

/** Starts `halyard`; it is killed when the test ends. */
export function startHalyard(t: TestEnd, args: readonly string[], options: ProgramOptions = {}): Program {
  return startProgram(t, MAIN_URL, { timeout: TIMEOUT, ...options, args })
}
