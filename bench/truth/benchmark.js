// What is true afterwards: every tool against the same hostile servers, judged by files, bytes, requests and exit codes, never by its own word.
import cutGzip from './experiments/cut-gzip.js'
import exitCode from './experiments/exit-code.js'
import memory from './experiments/memory.js'
import partial from './experiments/partial.js'
import privateRedirect from './experiments/private-redirect.js'
import requestRate from './experiments/request-rate.js'
import { host as retryAfterHost, url as retryAfterUrl } from './experiments/retry-after.js'
import retryFailed from './experiments/retry-failed.js'
import { credentials, ownHeader } from './experiments/secrets.js'
import splice from './experiments/splice.js'
import symlink from './experiments/symlink.js'
import { inLab } from './lab.js'
import { missing as noNamespace, runInNamespace } from './namespace.js'
import { tools } from './tools.js'

/**
 * @typedef {object} Verdict
 * @property {'good' | 'BAD' | 'not offered'} verdict
 * @property {string} evidence one line, what was seen
 * @property {string} [figure] goes into the cell beside the verdict
 *
 * @typedef {object} Experiment a row
 * @property {string} title
 * @property {(tool: import('./tools.js').Tool, lab: import('./lab.js').Lab) => Promise<Verdict>} run throws when nothing could be observed
 * @property {string[]} [addresses] it needs these, and so a network namespace of its own; then `module` says where it is
 * @property {string} [module]
 */

/** @type {Experiment[]} */
const experiments = [
  partial,
  splice,
  cutGzip,
  exitCode,
  memory,
  retryFailed,
  retryAfterUrl,
  retryAfterHost,
  requestRate,
  credentials,
  ownHeader,
  symlink,
  privateRedirect,
]

export default {
  name: 'truth',
  summary: 'halyard get, curl -Z, aria2c, wget2 and wget against hostile servers: what is true afterwards',
  rounds: 1,
  async prepare() {
    return {
      contenders: experiments.flatMap((experiment) => tools.map((tool) => contender(experiment, tool))),
      tables,
      peers: tools.slice(1).map(({ name, version }) => `${name} ${version}`),
    }
  },
}

function contender(experiment, tool) {
  const { title, addresses } = experiment
  return {
    group: title,
    label: tool.name,
    missing: tool.missing ?? (addresses === undefined ? undefined : noNamespace),
    async run() {
      const began = performance.now()
      return { ...(await judge(experiment, tool)), seconds: Math.round(performance.now() - began) / 1000 }
    },
  }
}

/** A peer's bad cell is a finding; one of ours is a failed run. */
async function judge(experiment, tool) {
  try {
    const { addresses, module } = experiment
    const result = await (addresses === undefined ? inLab((lab) => experiment.run(tool, lab)) : runInNamespace(module, tool.name))
    const isOurs = tool === tools[0]
    return isOurs && result.verdict !== 'good' ? { ...result, failure: `${experiment.title}: ${result.evidence}` } : result
  } catch (error) {
    return { failure: `${experiment.title}: ${error.message}` }
  }
}

function tables(results) {
  const columns = tools.filter(({ name }) => [...results.keys()].some(({ label }) => label === name))
  const rows = experiments.filter(({ title }) => [...results.keys()].some(({ group }) => group === title))
  const at = ({ title }, { name }) => [...results].find(([{ group, label }]) => group === title && label === name)
  return [
    {
      title: 'What is true afterwards',
      columns: ['', ...columns.map(({ name }) => name)],
      rows: rows.map((row) => ({ label: row.title, cells: columns.map((column) => cell(at(row, column))) })),
      notes: [
        `${columns.map(({ name, version }) => `${name} ${version}`).join(', ')}.`,
        'Left out: img2dataset, which cannot be installed here.',
      ],
    },
    ...rows.map((row) => ({
      title: row.title,
      columns: [],
      rows: columns.filter((column) => at(row, column)).map((column) => ({ label: column.name, note: note(at(row, column)) })),
    })),
  ]
}

/** Of several rounds the worst one counts. */
const worst = (runs) =>
  ['BAD', 'not offered', 'good'].map((verdict) => runs.find((run) => run.verdict === verdict)).find((run) => run !== undefined)

function cell(found) {
  if (found === undefined) return '-'
  const [{ missing }, runs] = found
  if (missing !== undefined) return missing.split(':')[0]
  const run = worst(runs)
  return run === undefined ? 'failed' : [run.verdict, run.figure].filter((part) => part !== undefined).join(' ')
}

function note([{ missing }, runs]) {
  const run = worst(runs)
  return missing ?? (run === undefined ? `failed: ${runs[0]?.failure}` : `${run.verdict.padEnd(4)}  ${run.evidence}`)
}
