// How near `-j auto` comes to the best fixed number: on a fast server, on one far away that takes 256 at once, and on one that counts requests.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { runProcess } from '../run-process.js'
import { median, medianOf, number, span } from '../statistics.js'
import { hasNginx, startNginx } from './nginx.js'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const halyard = here('../../dist/cli/main.js')
const numbers = ['auto', 1, 4, 8, 16, 32, 64, 128, 256]
const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** `jobs`: those that can end in time, or at all. */
const servers = [
  { group: 'fast: nginx, one worker, on the same machine', files: 20_000, jobs: numbers },
  {
    group: 'far: 200 ms, 256 at once, 503 for the rest',
    files: 12_000,
    faults: { delay: 0.2, over: 256, status: 503, size: 2000 },
    jobs: ['auto', 32, 64, 128, 256],
  },
  {
    group: 'strict: 429 and Retry-After: 1 above 20 requests a second',
    files: 800,
    faults: { overRate: 20, status: 429, retryAfter: '1', size: 2000 },
    jobs: ['auto', 1, 4, 8, 16],
  },
]

export default {
  name: 'knee',
  summary: '-j auto against fixed numbers on three servers: fast, far, and strict about requests a second',
  rounds: 2,
  async prepare() {
    const folder = mkdtempSync(join(memory, 'halyard-knee-'))
    const open = []
    const contenders = []
    for (const { group, files, faults, jobs } of servers) {
      const missing = faults === undefined && !hasNginx() ? 'missing: apt-get install nginx-light' : undefined
      if (missing !== undefined) {
        contenders.push({ group, label: '-j auto', missing })
        continue
      }
      const server = faults === undefined ? await startNginx(folder, files) : await startServer(faults)
      open.push(server)
      const list = join(folder, `list-${open.length}`)
      writeFileSync(list, Array.from({ length: files }, (_, n) => `${server.url}/n/${n}\n`).join(''))
      for (const at of jobs) contenders.push({ group, label: `-j ${at}`, run: () => run(at, { list, files, server }) })
    }
    return {
      contenders,
      tables,
      peers: [],
      async close() {
        for (const server of open) await server.close()
        rmSync(folder, { recursive: true })
      },
    }
  },
}

async function startServer(faults) {
  const child = spawn(process.execPath, [here('server.js'), JSON.stringify(faults)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const { value: url } = await lines.next()
  if (url === undefined) throw new Error('the flag server ended')
  return {
    url,
    /** Answers by status since the last time. */
    async counts() {
      child.stdin.write('\n')
      return JSON.parse((await lines.next()).value)
    },
    async close() {
      child.stdin.end()
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

async function run(at, { list, files, server }) {
  const output = mkdtempSync(join(memory, 'halyard-bench-'))
  try {
    await server.counts?.()
    const command = [process.execPath, halyard, 'get', '-i', list, '-o', output, '-q', '-j', `${at}`, '--per-host', `${at}`]
    const { failure, wall, cpu, peak } = await runProcess(command, { timeout: 300_000 })
    const counts = await server.counts?.()
    const done = readdirSync(output).length - 1
    if (failure !== undefined || done !== files)
      return { failure: `${done} of ${files} files: ${failure ?? 'the others failed'}` }
    const refused = counts === undefined ? 0 : (counts[429] + counts[503]) / (counts[200] + counts[429] + counts[503])
    return { wall, cpu, peak, speed: files / wall, refused }
  } finally {
    rmSync(output, { recursive: true })
  }
}

const failureOf = (runs) => runs.find(({ failure }) => failure !== undefined)?.failure

function tables(results) {
  return servers.map(({ group, files }) => {
    const entries = [...results].filter(([contender]) => contender.group === group)
    const fixed = entries.filter(
      ([{ label, missing }, runs]) => label !== '-j auto' && missing === undefined && failureOf(runs) === undefined,
    )
    const best = Math.max(0, ...fixed.map(([, runs]) => medianOf(runs, ({ speed }) => speed)))
    return {
      title: `${group}; ${files} files`,
      columns: ['', 'files/s', 'min-max', 'x best fixed', 'refused %', 'CPU s'],
      rows: entries.map(([{ label, missing }, runs]) => {
        const failure = missing ?? failureOf(runs)
        if (failure !== undefined) return { label, note: failure }
        const speeds = runs.map(({ speed }) => speed)
        return {
          label,
          cells: [
            number(median(speeds)),
            span(speeds),
            best === 0 ? '-' : number(median(speeds) / best),
            number(100 * medianOf(runs, ({ refused }) => refused)),
            number(medianOf(runs, ({ cpu }) => cpu)),
          ],
        }
      }),
    }
  })
}
