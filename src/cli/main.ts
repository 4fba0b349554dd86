#!/usr/bin/env node
/** The doorbell: parse → run → exit code. Nothing else of the package ends the program. */
import * as module from 'node:module'
import { outputWritten, tolerateClosedPipes } from './output.js'
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

tolerateClosedPipes()
const exitCode = await main(process.argv.slice(2))
await outputWritten()
process.exit(exitCode)
