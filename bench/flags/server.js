// The servers of the benchmark `flags`, in a process of their own so that they share no thread with either side: one per delay.
// `node server.js '[0, 50]'` (ms) prints their addresses as one line of JSON, and ends when its standard input does.
import { startFlagServer } from '../../dist/flag-server/index.js'

const delays = JSON.parse(process.argv[2])
const servers = await Promise.all(delays.map((delay) => startFlagServer({ delay: delay / 1000 })))
process.stdout.write(`${JSON.stringify(servers.map(({ flagsUrl }) => flagsUrl))}\n`)
process.stdin.resume()
process.stdin.once('end', () => process.exit())
