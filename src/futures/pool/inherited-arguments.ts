/** This process's Node.js options, less those that make no sense in a worker: a script given on the command line, the debugger's port. */
export function inheritedArguments(): string[] {
  const kept: string[] = []
  for (let i = 0; i < process.execArgv.length; i += 1) {
    const argument = process.execArgv[i]!
    if (/^(-e|--eval|-p|--print|-pe)$/.test(argument)) i += 1
    else if (!/^(--inspect|--eval=|--print=|--test|--watch|-i$|--interactive|--input-type)/.test(argument)) kept.push(argument)
  }
  return kept
}
