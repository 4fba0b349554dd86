// How near `-j auto` comes to the best fixed number: on a fast server, on one far away that takes 256 at once, and on one that counts requests.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { bestOf, claim, standing } from '../claims.js'
import { nginxMissing, nginxVersion, startNginx } from '../nginx.js'
import { runProcess } from '../run-process.js'
import { makeScratch } from '../scratch.js'
import { pathOf, writeFiles } from '../small-files/files.js'
import { median, medianOf, number, span } from '../statistics.js'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const halyard = here('../../dist/cli/main.js')
const auto = '-j auto'

/** `jobs`: those that can end in time, or at all. `most`: the part of the answers that may be refusals, where that is limited. */
const servers = [
  { group: 'fast: nginx, one worker, on the same machine', files: 20_000, jobs: [1, 4, 8, 16, 32, 64, 128, 256] },
  {
    group: 'far: 200 ms, 256 at once, 503 for the rest',
    files: 20_000,
    faults: { delay: 0.2, over: 256, status: 503, size: 2000 },
    jobs: [32, 64, 128, 256],
  },
  {
    group: 'strict: 429 and Retry-After: 1 above 20 requests a second',
    files: 1000,
    faults: { overRate: 20, status: 429, retryAfter: '1', size: 2000 },
    jobs: [1, 4, 8, 16],
    most: 2,
  },
]

export default {
  name: 'knee',
  summary: '-j auto against fixed numbers on three servers: fast, far, and strict about requests a second',
  rounds: 2,
  async prepare() {
    const root = makeScratch('halyard-knee')
    const open = []
    const close = async () => {
      for (const server of open) await server.close()
      rmSync(root, { recursive: true, force: true })
    }
    try {
      const contenders = []
      for (const { group, files, faults, jobs } of servers) {
        const missing = faults === undefined ? nginxMissing : undefined
        const server = missing === undefined ? await start(faults, files, join(root, `${open.length}`)) : undefined
        if (server !== undefined) open.push(server)
        for (const label of [auto, ...jobs.map((at) => `-j ${at}`)])
          contenders.push({ group, label, missing, run: () => run(label, files, server) })
      }
      return { contenders, tables, claims, peers: [nginxVersion], close }
    } catch (error) {
      await close()
      throw error
    }
  },
}

/** A server, and the list of its files. */
async function start(faults, files, folder) {
  mkdirSync(folder)
  const list = join(folder, 'list.txt')
  const site = join(folder, 'site')
  if (faults === undefined) writeFiles(site, files)
  const server = faults === undefined ? await startNginx({ folder, site }) : await startServer(faults)
  const urls = Array.from({ length: files }, (_, n) => `${server.origin}/${faults === undefined ? pathOf(n) : `n/${n}`}\n`)
  writeFileSync(list, urls.join(''))
  return { ...server, list }
}

async function startServer(faults) {
  const child = spawn(process.execPath, [here('server.js'), JSON.stringify(faults)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const { value: origin } = await lines.next()
  if (origin === undefined) throw new Error('the flag server ended')
  return {
    origin,
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

async function run(label, files, { list, counts }) {
  const output = makeScratch()
  try {
    await counts?.()
    const at = label.slice('-j '.length)
    const command = [process.execPath, halyard, 'get', '-i', list, '-o', output, '-q', '-j', at, '--per-host', at]
    const { failure, wall, cpu, peak } = await runProcess(command, { timeout: 300_000 })
    const answers = await counts?.()
    const done = readdirSync(output).length - 1
    if (failure !== undefined || done !== files)
      return { failure: `${done} of ${files} files: ${failure ?? 'the others failed'}` }
    const refused = answers === undefined ? 0 : (answers[429] + answers[503]) / (answers[200] + answers[429] + answers[503])
    return { wall, cpu, peak, speed: files / wall, refused: refused * 100 }
  } finally {
    rmSync(output, { recursive: true })
  }
}

const speedOf = ({ speed }) => speed
const refusedOf = ({ refused }) => refused
const rowsOf = (results, group) => [...results].filter(([contender]) => contender.group === group)
const bestFixed = (entries) =>
  bestOf(
    entries.filter(([{ label }]) => label !== auto),
    speedOf,
  )

function tables(results) {
  return servers.map(({ group, files }) => {
    const entries = rowsOf(results, group)
    const best = bestFixed(entries)
    return {
      title: `${group}; ${files.toLocaleString('en-US')} files`,
      columns: ['', 'files/s', 'min-max', 'x best fixed', 'refused %', 'CPU s'],
      rows: entries.map(([{ label, missing }, runs]) => {
        const failure = missing ?? runs.find((each) => each.failure !== undefined)?.failure
        if (failure !== undefined) return { label, note: failure }
        const speeds = runs.map(speedOf)
        const ratio = best === undefined ? undefined : median(speeds) / best.value
        const cost = medianOf(runs, ({ cpu }) => cpu)
        return {
          label,
          cells: [number(median(speeds)), span(speeds), number(ratio), number(medianOf(runs, refusedOf)), number(cost)],
        }
      }),
    }
  })
}

function claims(results) {
  return servers.flatMap(({ group, most }) => {
    const entries = rowsOf(results, group)
    const ours = entries.find(([{ label }]) => label === auto)
    if (ours === undefined) return []
    const speed = {
      target: 'S7',
      what: group,
      unit: 'files/s',
      atLeast: 0.9,
      ours: standing(ours, speedOf),
      best: bestFixed(entries),
    }
    const refusals = { target: 'S7', what: `${group}: refused`, unit: '% of answers', atMost: most, against: false }
    return [claim(speed), ...(most === undefined ? [] : [claim({ ...refusals, ours: standing(ours, refusedOf) })])]
  })
}
