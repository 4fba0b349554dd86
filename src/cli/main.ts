#!/usr/bin/env node
/** The doorbell: parse → run → exit code. Nothing else of the package ends the program. */
import * as module from 'node:module'
import { EXIT } from './exit-codes.js'
import { outputLost, outputWritten, tell, tolerateUnwritableOutput } from './output.js'
import { version } from './version.js'

async function main(argv: readonly string[]): Promise<number> {
  // Answered before anything is loaded: shells and scripts ask often.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${version()}\n`)
    return 0
  }
  // Node.js 22 and later keep what they compiled for the next start.
  ;(module as { enableCompileCache?: () => void }).enableCompileCache?.()
  const { run } = await import('./run.js')
  return await run(argv)
}

/** Node.js reads the modules of a program side by side: where very few files may be open, it does not get that far. */
function notLoaded(error: unknown): number {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'EMFILE' && code !== 'ENFILE') throw error
  tell('halyard: too many open files: not even the program itself could be read. Raise ulimit -n; 256 is plenty.')
  return EXIT.OUTPUT
}

/** What was done is done and recorded; but whoever reads stdout has not been told of all of it. */
function codeOf(code: number): number {
  const lost = outputLost()
  if (lost === undefined) return code
  tell(`halyard: stdout could not be written: ${lost.message}`)
  return EXIT.OUTPUT
}

tolerateUnwritableOutput()
const exitCode = await main(process.argv.slice(2)).catch(notLoaded)
await outputWritten()
process.exit(codeOf(exitCode))
