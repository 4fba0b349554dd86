// `npm run bench` lists the benchmarks; `npm run bench -- NAME` runs one: ours and every peer in turn, round after round, and prints the tables.
import { parseArgs } from 'node:util'
import calls from './calls/benchmark.js'
import flags from './flags/benchmark.js'
import { openRecord } from './record.js'
import startup from './startup/benchmark.js'
import { formatTable } from './table.js'
import truth from './truth/benchmark.js'

/**
 * @typedef {object} Contender one row of a table
 * @property {string} group the table it belongs to
 * @property {string} label
 * @property {string} [missing] why it cannot run on this machine, and what to install; it is named in the table all the same
 * @property {() => Promise<{ failure?: string }>} run once, as a process of its own; says what it measured
 *
 * @typedef {object} Benchmark
 * @property {string} name
 * @property {string} summary one line for the list
 * @property {number} rounds how many, unless `--rounds` says otherwise
 * @property {() => Promise<{ contenders: Contender[], tables: (results: Map<Contender, object[]>) => import('./table.js').Table[], peers?: string[], close?: () => Promise<void> }>} prepare `peers`: names and versions for the summary, if they are not those of bench/package.json
 */

/** @type {Benchmark[]} */
const benchmarks = [calls, flags, startup, truth]
const usage = `npm run bench -- NAME [--rounds N] [--only TEXT] [--keep]

${benchmarks.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`).join('\n')}

  --rounds N    how often everything runs; each benchmark has its own default
  --only TEXT   only the contenders whose table or label contains TEXT (for work on one of them; not for a claim)
  --keep        put the results into bench/runs/ to be committed, instead of build/bench/
`

process.exitCode = await main(process.argv.slice(2))

async function main(args) {
  const { name, rounds: asked, only, keep, mistake } = parse(args)
  const benchmark = benchmarks.find((each) => each.name === name)
  if (name === undefined && mistake === undefined) {
    process.stdout.write(usage)
    return 0
  }
  if (benchmark === undefined || mistake !== undefined) {
    process.stderr.write(`${mistake ?? `There is no benchmark called ${name}.`}\n\n${usage}`)
    return 2
  }
  const { contenders, tables, peers, close } = await benchmark.prepare()
  try {
    const chosen = contenders.filter(({ group, label }) => `${group} ${label}`.includes(only))
    if (chosen.length === 0) {
      process.stderr.write(`No contender of ${name} has "${only}" in its table's title or its label.\n`)
      return 2
    }
    const record = openRecord({ name, args, keep, peers })
    const results = await runInTurn(chosen, asked ?? benchmark.rounds, record)
    const text = tables(results)
      .filter(({ rows }) => rows.length > 0)
      .map(formatTable)
      .join('\n\n')
    const folder = record.finish(text)
    process.stdout.write(`${text}\n\nRaw results: ${folder}\n`)
    return [...results.values()].flat().some(({ failure }) => failure !== undefined) ? 1 : 0
  } finally {
    await close?.()
  }
}

function parse(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        rounds: { type: 'string' },
        only: { type: 'string', default: '' },
        keep: { type: 'boolean', default: false },
      },
    })
    const { rounds, only, keep } = values
    if (positionals.length > 1) return { mistake: `Expected one benchmark, got ${positionals.join(', ')}.` }
    if (rounds !== undefined && !/^[1-9]\d*$/.test(rounds))
      return { mistake: `Expected --rounds to be 1 or more, got ${rounds}.` }
    return { name: positionals[0], rounds: rounds === undefined ? undefined : Number(rounds), only, keep }
  } catch (error) {
    return { mistake: error.message }
  }
}

/** Every second round goes backwards, so that a machine that grows slower or faster favours nobody. */
async function runInTurn(contenders, rounds, record) {
  const results = new Map(contenders.map((contender) => [contender, []]))
  const able = contenders.filter(({ missing }) => missing === undefined)
  for (let round = 1; round <= rounds; round++) {
    process.stderr.write(`round ${round} of ${rounds}, ${able.length} runs …\n`)
    for (const contender of round % 2 === 1 ? able : able.toReversed()) {
      const result = await contender.run()
      results.get(contender).push(result)
      record.add({ round, group: contender.group, label: contender.label, ...result })
      if (result.failure !== undefined) process.stderr.write(`${contender.label}: ${result.failure}\n`)
    }
  }
  return results
}
