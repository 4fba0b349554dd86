// Where a benchmark's results go: every run as one line of JSON at once, in the end what it comes to, for programs (run.json) and for people (summary.md).
import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pythonVersion } from './peers.js'
import { medianOf } from './statistics.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * @typedef {object} KeptRun run.json, the same for every benchmark; raw.jsonl beside it has every single run
 * @property {string} benchmark
 * @property {string} command that made it
 * @property {string} began date and time
 * @property {string} halyard commit
 * @property {{ cores: number, processor: string, memory: number, system: string }} machine memory in bytes
 * @property {string} node
 * @property {string} python
 * @property {string[]} peers names and versions
 * @property {number} rounds
 * @property {KeptRow[]} rows
 * @property {import('./claims.js').Claim[]} claims
 *
 * @typedef {object} KeptRow one contender
 * @property {string} group
 * @property {string} label
 * @property {string} [command] what was run, where the label does not say it
 * @property {string} [missing] why it did not run
 * @property {number} runs
 * @property {string[]} [failures]
 * @property {Record<string, number>} medians of every number in its lines of raw.jsonl: `wall` and `cpu` in seconds, `peak` in bytes, …
 */

/** @param {{ benchmark: string, variant?: string, args: string[], keep: boolean, rounds: number, peers?: string[] }} options `args`: what followed `npm run bench --`; `variant`: what sets this run apart from others of the same day */
export function openRecord({ benchmark, variant, args, keep, rounds, peers = [] }) {
  const began = new Date().toISOString()
  const machine = `${os.availableParallelism()}-core-${os.platform()}-${os.arch()}`
  const name = [began.slice(0, 10), machine, benchmark, variant].filter((part) => part !== undefined).join('-')
  const folder = join(root, keep ? 'bench/runs' : 'build/bench', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return {
    /** Written at once: a later contender that brings the machine down must not take the results so far along. */
    add: (result) => appendFileSync(join(folder, 'raw.jsonl'), `${JSON.stringify(result)}\n`),
    /** Writes run.json and summary.md and says where it all is. */
    finish(results, claims, text) {
      const command = `npm run bench -- ${args.join(' ')}`
      const run = { benchmark, command, began, ...surroundings(peers), rounds, rows: keptRows(results), claims }
      writeFileSync(join(folder, 'run.json'), `${JSON.stringify(run, undefined, 2)}\n`)
      writeFileSync(join(folder, 'summary.md'), summary(run, text))
      return relative(process.cwd(), folder)
    },
  }
}

function surroundings(peers) {
  const [cpu] = os.cpus()
  return {
    halyard: commit(),
    machine: {
      cores: os.availableParallelism(),
      processor: cpu?.model.trim() ?? 'unknown processor',
      memory: os.totalmem(),
      system: `${os.type()} ${os.release()}`,
    },
    node: process.version,
    python: pythonVersion(['requests', 'aiohttp']) ?? pythonVersion([]) ?? 'missing',
    peers,
  }
}

/** @returns {KeptRow[]} */
export function keptRows(results) {
  return [...results].map(([{ group, label, command, missing }, runs]) => {
    const failures = runs.map(({ failure }) => failure).filter((failure) => failure !== undefined)
    const row = { group, label, command: command?.replaceAll(root, ''), missing, runs: runs.length, medians: medians(runs) }
    return failures.length === 0 ? row : { ...row, failures }
  })
}

function medians(runs) {
  const names = new Set(
    runs.flatMap((run) => Object.keys(run).filter((name) => name !== 'round' && typeof run[name] === 'number')),
  )
  return Object.fromEntries([...names].map((name) => [name, medianOf(runs, (run) => run[name])]))
}

function summary({ benchmark, command, began, halyard, machine, node, python, peers }, text) {
  return `# ${benchmark}, ${began.slice(0, 10)}

| | |
|---|---|
| command | \`${command}\` |
| halyard | ${halyard} |
| machine | ${machine.cores} cores, ${machine.processor}, ${Math.round(machine.memory / 2 ** 30)} GiB, ${machine.system} |
| Node | ${node} |
| peers | ${peers.length === 0 ? 'none' : peers.join(', ')} |
| Python | ${python} |

Every contender ran in turn, in one run, each time as a process of its own; raw.jsonl has every single run.
An absolute time says little on a shared machine; the ratios of one run do.

\`\`\`
${text}
\`\`\`
`
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
