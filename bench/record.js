// Where a benchmark's results go: every run as one line of JSON at once, and a summary a reader can trust or repeat.
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { peerVersion, pythonVersion } from './peers.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** @param {{ name: string, args: string[], keep: boolean, peers?: string[] }} options `args`: what followed `npm run bench --` */
export function openRecord({ name, args, keep, peers = npmPeers() }) {
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${os.availableParallelism()}-core-${os.platform()}-${os.arch()}`
  const folder = join(root, keep ? 'bench/runs' : 'build/bench', `${date}-${machine}-${name}`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return {
    /** Written at once: a later contender that brings the machine down must not take the results so far along. */
    add: (result) => appendFileSync(join(folder, 'raw.jsonl'), `${JSON.stringify(result)}\n`),
    /** Writes summary.md and says where it all is. */
    finish(text) {
      writeFileSync(join(folder, 'summary.md'), summary({ name, args, date, peers, text }))
      return relative(process.cwd(), folder)
    },
  }
}

function summary({ name, args, date, peers, text }) {
  const [cpu] = os.cpus()
  return `# ${name}, ${date}

| | |
|---|---|
| command | \`npm run bench -- ${args.join(' ')}\` |
| halyard | ${commit()} |
| machine | ${os.availableParallelism()} cores, ${cpu?.model.trim() ?? 'unknown processor'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()} |
| Node | ${process.version} |
| peers | ${peers.join(', ')} |
| Python | ${pythonVersion(['requests', 'aiohttp']) ?? pythonVersion([]) ?? 'missing'} |

Every contender ran in turn, in one run, each time as a process of its own; raw.jsonl has every single run.
An absolute time says little on a shared machine; the ratios of one run do.

\`\`\`
${text}
\`\`\`
`
}

function npmPeers() {
  return ['piscina', 'tinypool', 'workerpool'].map((peer) => `${peer} ${peerVersion(peer) ?? 'missing'}`)
}

function commit() {
  try {
    const git = (...args) =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    return (
      git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'src') === '' ? '' : ' with uncommitted changes')
    )
  } catch {
    return 'not a git checkout'
  }
}
