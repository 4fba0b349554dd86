// A long list of many hosts, of which some are dead, slow or lying: whether one of them holds up the others, and what a URL costs that needs
// a name looked up and a connection made.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bestOf, claim, standing } from '../claims.js'
import { UsageError } from '../command-line.js'
import { runProcess } from '../run-process.js'
import { makeScratch } from '../scratch.js'
import { medianOf, megabytes, number } from '../statistics.js'
import { readRecords, wrongFile, wrongRecord } from './check.js'
import { curlVersion, downloaders, lists, retries, typed } from './downloaders.js'
import { makeList, nameOf } from './hosts.js'
import { oracle } from './oracle.js'
import { rehearse } from './rehearsal.js'
import { notBuilt, startHosts, startNames } from './processes.js'
import { slowestTable, tailOf } from './slowest.js'

const usual = { urls: 100_000, scale: 1 }
const most = 250_000
const timeout = 3_600_000

export default {
  name: 'many-hosts',
  summary: 'halyard get on 18,000 hosts, some dead, slow or lying, against the time that these take, and curl -Z',
  rounds: 1,
  options: {
    urls: { value: 'N', doc: `length of the list, up to ${most}, instead of ${usual.urls}` },
    scale: { value: 'X', doc: 'of all times that hosts take: 0.1 is ten times as fast' },
  },
  async prepare({ urls, scale: factor }) {
    const count = urls === undefined ? usual.urls : numberOf('--urls', urls, most)
    const scale = factor === undefined ? usual.scale : numberOf('--scale', factor, 1)
    const site = notBuilt === undefined ? await openSite(makeList(count), scale) : undefined
    const title = `${count.toLocaleString('en-US')} URLs on ${new Set(site?.list.map(({ host }) => host)).size.toLocaleString('en-US')} hosts`
    return {
      contenders: downloaders({ scale, names: site?.names }).map((each) => ({
        group: title,
        label: each.label,
        tool: each.tool,
        command: typed(each),
        missing: notBuilt ?? each.missing,
        limits: each.limits,
        run: () => run(each, site, scale),
      })),
      tables: (results) => [table(title, results, count), ...(site?.slowest.values() ?? [])],
      claims: (results) => claims(results, count),
      peers: [curlVersion],
      variant: urls === undefined && factor === undefined ? undefined : `${count}-${scale}`,
      close: async () => site?.close(),
    }
  },
}

function numberOf(option, text, largest) {
  const value = Number(text)
  if (value > 0 && value <= largest && (option === '--scale' || Number.isInteger(value))) return value
  throw new UsageError(`Expected ${option} to be more than 0 and at most ${largest}; got ${text}.`)
}

/** Hosts, their name server, and a folder in memory with the lists. */
async function openSite(list, scale) {
  const folder = makeScratch()
  const running = []
  const close = async () => {
    await Promise.all(running.map((each) => each.close()))
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const hosts = await startHosts(scale)
    running.push(hosts)
    const names = await startNames()
    running.push(names)
    const urlOf = ({ host, path }) => `http://${host}:${hosts.port}${path}`
    const write = (name, lines) => writeFileSync(join(folder, name), lines.join(''))
    write(
      lists.urls,
      list.map((each) => `${urlOf(each)}\n`),
    )
    write(
      lists.curl,
      list.map((each) => `url = "${urlOf(each)}"\noutput = "out/${nameOf(each)}"\n`),
    )
    write(lists.resolver, [`nameserver ${names.forSystem}\n`])
    const sizes = new Map()
    for (const { host } of list) sizes.set(host, (sizes.get(host) ?? 0) + 1)
    return { list, folder, hosts, names, sizes, slowest: new Map(), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function run({ label, tool, command, limits }, site, scale) {
  const { list, folder, hosts, names } = site
  const out = join(folder, 'out')
  mkdirSync(out)
  try {
    const before = [await hosts.ask(), await names.ask()]
    // Some lines fail, as they should: 1 of halyard; curl says what was wrong with one of them.
    const accept = tool === 'halyard' ? (status) => status === 1 : (status) => status > 0 && status < 126
    const { failure, wall, cpu, peak } = await runProcess(command, {
      cwd: folder,
      env: nobody(folder),
      timeout,
      stdout: 'ignore',
      accept,
    })
    if (failure !== undefined) return { failure }
    const after = [await hosts.ask(), await names.ask()]
    const costs = {
      wall,
      cpu,
      peak,
      requests: after[0].requests - before[0].requests,
      connections: after[0].connections - before[0].connections,
      questions: after[1].asked - before[1].asked,
      open: after[0].most,
    }
    if (tool === 'curl') return { ...costs, ...mistake(wrongFile(list, out)) }
    const records = await readRecords(out)
    const wrong = wrongRecord(list, records) ?? wrongFile(list, out)
    if (wrong !== undefined) return { failure: wrong }
    const sizeOf = ({ url }) => site.sizes.get(new URL(url).hostname)
    site.slowest.set(label, slowestTable(`The slowest 1 % of ${label}, and why`, records, sizeOf, limits.perHost))
    return { ...costs, ...timesOf(site, limits, scale), tail: tailOf(records) }
  } finally {
    rmSync(out, { recursive: true })
  }
}

const mistake = (failure) => (failure === undefined ? {} : { failure })

/** What the oracle and our own schedule need, in s. */
function timesOf({ list }, limits, scale) {
  const rules = { ...limits, retries, scale }
  return { oracle: oracle(list, rules), schedule: rehearse(list, rules) }
}

/** Nobody's settings, no proxy. */
function nobody(home) {
  const unset = Object.keys(process.env).filter((name) => /^HALYARD_|_proxy$/i.test(name))
  return { ...Object.fromEntries(unset.map((name) => [name, undefined])), HOME: home }
}

const times = ({ wall, oracle: least }) => (least === undefined ? undefined : wall / least)

function table(title, results, count) {
  return {
    title,
    columns: ['', 'wall s', 'oracle', '×', 'schedule', 'CPU µs', 'MB', 'connections', 'open', 'DNS', 'tail'],
    rows: [...results].map(([{ label, missing }, runs]) => {
      const failure = missing ?? runs.find((result) => result.failure !== undefined)?.failure
      if (failure !== undefined) return { label, note: failure }
      const of = (pick) => number(medianOf(runs, pick))
      return {
        label,
        cells: [
          of(({ wall }) => wall),
          of(({ oracle: least }) => least),
          of(times),
          of(({ schedule }) => schedule),
          of(({ cpu }) => (cpu / count) * 1e6),
          of(({ peak }) => megabytes(peak)),
          of(({ connections }) => connections),
          of(({ open }) => open),
          of(({ questions }) => questions),
          of(({ tail }) => tail),
        ],
      }
    }),
    notes: [
      'oracle: s that the hosts take if nothing else costs anything; schedule: the same with our own schedule;',
      'CPU: per URL; open: connections at once, as the hosts saw them; DNS: questions; tail: s of the last 1 %',
    ],
  }
}

function claims(results, count) {
  const entry = (label) => [...results].find(([each]) => each.label === label)
  const rows = ['halyard get', 'halyard get -j 256', 'halyard get -j 512']
  const curls = [...results].filter(([{ tool }]) => tool === 'curl')
  const cost = ({ cpu }) => (cpu / count) * 1e6
  return [
    ...rows.map((label) =>
      claim({
        target: 'S8',
        what: `\`${label}\`: time of the oracle`,
        unit: '× the oracle',
        atMost: 1.1,
        against: false,
        ours: standing(entry(label), times),
      }),
    ),
    claim({
      target: 'S8',
      what: 'CPU per URL, curl -Z',
      unit: 'µs',
      atMost: 1,
      ours: standing(entry('halyard get -j 256'), cost),
      best: bestOf(curls, cost, { least: true }),
    }),
  ]
}
