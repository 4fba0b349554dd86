// `npm run bench` lists the benchmarks; `npm run bench -- NAME` runs one: ours and every peer in turn, round after round, and prints the tables.
import calls from './calls/benchmark.js'
import { parse, usage } from './command-line.js'
import flags from './flags/benchmark.js'
import knee from './knee/benchmark.js'
import longList from './long-list/benchmark.js'
import { openRecord } from './record.js'
import { claimsTable } from './claims.js'
import manyHosts from './many-hosts/benchmark.js'
import { updatePage } from './report.js'
import { endRunning } from './run-process.js'
import largeFile from './large-file/benchmark.js'
import smallFiles from './small-files/benchmark.js'
import startup from './startup/benchmark.js'
import { formatTable } from './table.js'
import truth from './truth/benchmark.js'

/**
 * @typedef {object} Contender one row of a table
 * @property {string} group the table it belongs to
 * @property {string} label
 * @property {string} [command] what is run, for run.json, where the label does not say it
 * @property {string} [missing] why it cannot run on this machine, and what to install; it is named in the table all the same
 * @property {() => Promise<{ failure?: string }>} run once, as a process of its own; says what it measured
 *
 * @typedef {object} Prepared
 * @property {Contender[]} contenders
 * @property {(results: Map<Contender, object[]>) => import('./table.js').Table[]} tables
 * @property {(results: Map<Contender, object[]>) => import('./claims.js').Claim[]} [claims] what this run shows against targets.js
 * @property {string[]} [peers] names and versions
 * @property {string} [variant] joins the name of the results' folder: a run of other sizes does not replace the usual one
 * @property {() => Promise<void>} [close]
 *
 * @typedef {object} Benchmark
 * @property {string} name
 * @property {string} summary one line for the list
 * @property {number} rounds how many, unless `--rounds` says otherwise
 * @property {Record<string, { value: string, doc: string }>} [options] of its own, each with a value: `{ urls: { value: 'N,…', doc: '…' } }` is `--urls N,…`
 * @property {(values: Record<string, string | undefined>) => Promise<Prepared>} prepare `values`: of `options`, as typed; throws a `UsageError` for a wrong one
 */

/** @type {Benchmark[]} */
const benchmarks = [calls, flags, knee, largeFile, longList, manyHosts, smallFiles, startup, truth]

process.exitCode = await main(process.argv.slice(2))

async function main(args) {
  if (args.length === 0) {
    process.stdout.write(usage(benchmarks))
    return 0
  }
  if (args[0] === 'report') return updatePage(args.slice(1))
  try {
    return await run(parse(args, benchmarks), args)
  } catch (error) {
    if (error.name !== 'UsageError') throw error
    process.stderr.write(`${error.message}\n\n${usage(benchmarks)}`)
    return 2
  }
}

async function run({ benchmark, rounds, only, keep, values }, args) {
  let interrupted = false
  const interrupt = () => {
    interrupted = true
    endRunning()
  }
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
  const { contenders, tables, claims, peers, variant, close } = await benchmark.prepare(values)
  try {
    const chosen = contenders.filter(({ group, label }) => `${group} ${label}`.includes(only))
    if (chosen.length === 0) {
      process.stderr.write(`No contender of ${benchmark.name} has "${only}" in its table's title or its label.\n`)
      return 2
    }
    const record = openRecord({ benchmark: benchmark.name, variant, args, keep, rounds, peers })
    const results = await runInTurn(chosen, rounds, record, () => interrupted)
    if (interrupted) return 130
    const made = only === '' ? (claims?.(results) ?? []) : []
    const all = [...tables(results), claimsTable(made)].filter(({ rows }) => rows.length > 0)
    const text = (width) => all.map((table) => formatTable(table, width)).join('\n\n')
    const folder = record.finish(results, made, text(Infinity))
    process.stdout.write(`${text()}\n\nRaw results: ${folder}\n`)
    return [...results.values()].flat().some(({ failure }) => failure !== undefined) ? 1 : 0
  } finally {
    await close?.()
  }
}

/** Every second round goes backwards, so that a machine that grows slower or faster favours nobody. */
async function runInTurn(contenders, rounds, record, isInterrupted) {
  const results = new Map(contenders.map((contender) => [contender, []]))
  const able = contenders.filter(({ missing }) => missing === undefined)
  for (let round = 1; round <= rounds; round++) {
    process.stderr.write(`round ${round} of ${rounds}, ${able.length} runs …\n`)
    for (const contender of round % 2 === 1 ? able : able.toReversed()) {
      if (isInterrupted()) return results
      const result = await contender.run()
      if (isInterrupted()) return results
      results.get(contender).push(result)
      record.add({ round, group: contender.group, label: contender.label, ...result })
      if (result.failure !== undefined) process.stderr.write(`${contender.label}: ${result.failure}\n`)
    }
  }
  return results
}
