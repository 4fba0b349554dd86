// A flag server in a process of its own. `node server.js '{"delay":0.2}'` prints its address; each further line on standard input makes it
// print how many requests it has answered with each status since the last one, as JSON. Ends when standard input does.
import { createInterface } from 'node:readline'
import { startFlagServer } from '../../dist/flag-server/index.js'

const statuses = [200, 429, 503]
let before = statuses.map(() => 0)
const server = await startFlagServer({ ...JSON.parse(process.argv[2]), keep: 1 })
process.stdout.write(`${server.url}\n`)
for await (const _ of createInterface(process.stdin)) {
  const counts = statuses.map((status) => server.log.answered(status))
  process.stdout.write(`${JSON.stringify(Object.fromEntries(statuses.map((status, i) => [status, counts[i] - before[i]])))}\n`)
  before = counts
}
process.exit()
