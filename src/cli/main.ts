#!/usr/bin/env node
/** The doorbell: parse → run → exit code. Nothing else of the package ends the program. */
import { outputWritten, tolerateClosedPipes } from './output.js'
import { version } from './version.js'

async function main(argv: readonly string[]): Promise<number> {
  // Answered before anything is loaded: shells and scripts ask often.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${version()}\n`)
    return 0
  }
  const { run } = await import('./run.js')
  return await run(argv)
}

tolerateClosedPipes()
const exitCode = await main(process.argv.slice(2))
await outputWritten()
process.exit(exitCode)
