/** This process's Node.js options, less those that make no sense in a child: a script given on the command line, the debugger's port. */
export function processArguments(): string[] {
  const kept: string[] = []
  for (let i = 0; i < process.execArgv.length; i += 1) {
    const argument = process.execArgv[i]!
    if (/^(-e|--eval|-p|--print|-pe)$/.test(argument)) i += 1
    else if (!/^(--inspect|--eval=|--print=|--test|--watch|-i$|--interactive|--input-type)/.test(argument)) kept.push(argument)
  }
  return kept
}

/**
 * The Node.js options to name for a thread, or undefined to let it inherit them, which is nearly always right: it takes them all then, while
 * it refuses many, those of V8 for example, when they are named. Only `--input-type` has to be left out, because a thread starts from a file;
 * then the options that load something are kept.
 */
export function threadArguments(): string[] | undefined {
  if (!process.execArgv.some((argument) => argument.startsWith('--input-type'))) return undefined
  const kept: string[] = []
  for (const [i, argument] of process.execArgv.entries()) {
    if (!/^(--import|--require|-r|--loader|--experimental-loader|--conditions|-C)(=|$)/.test(argument)) continue
    kept.push(argument)
    const value = process.execArgv[i + 1]
    if (!argument.includes('=') && value !== undefined) kept.push(value)
  }
  return kept
}
