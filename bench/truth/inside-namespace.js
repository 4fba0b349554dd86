// One experiment with one tool, in the network namespace that this process was started in: `node inside-namespace.js MODULE TOOL`.
// Prints what came of it as JSON. Refuses to give addresses to a network that others use.
import { execFileSync } from 'node:child_process'
import { networkInterfaces } from 'node:os'
import { inLab } from './lab.js'
import { tools } from './tools.js'

const [module, name] = process.argv.slice(2)
const { default: experiment } = await import(module)
if (Object.keys(networkInterfaces()).length > 0) throw new Error('this namespace has a network already')
execFileSync('ip', ['link', 'set', 'lo', 'up'])
for (const address of experiment.addresses) execFileSync('ip', ['address', 'add', address, 'dev', 'lo'])
const tool = tools.find((each) => each.name === name)
process.stdout.write(JSON.stringify(await inLab((lab) => experiment.run(tool, lab))))
