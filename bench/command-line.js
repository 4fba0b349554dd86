// What was typed after `npm run bench --`.
import { parseArgs } from 'node:util'

/** Something was typed that is not understood; ends with exit code 2. */
export class UsageError extends Error {
  name = 'UsageError'
}

/** @param {import('./main.js').Benchmark[]} benchmarks */
export function usage(benchmarks) {
  const options = [
    ['--rounds N', 'how often everything runs; each benchmark has its own default'],
    ['--only TEXT', 'only the contenders whose table or label contains TEXT (for work on one of them; not for a claim)'],
    ['--keep', 'put the results into bench/runs/ to be committed, instead of build/bench/'],
    ...benchmarks.flatMap(({ name, options: own = {} }) =>
      Object.entries(own).map(([option, { value, doc }]) => [`--${option} ${value}`, `${name}: ${doc}`]),
    ),
  ]
  const names = [
    ...benchmarks.map(({ name, summary }) => [name, summary]),
    ['report', 'nothing is run: docs/performance.md from the runs in bench/runs/ (--check: is it up to date?)'],
  ]
  return `npm run bench -- NAME [options]\n\n${aligned(names)}\n\n${aligned(options)}\n`
}

function aligned(rows) {
  const width = Math.max(...rows.map(([first]) => first.length))
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`).join('\n')
}

/** @param {string[]} args @param {import('./main.js').Benchmark[]} benchmarks */
export function parse(args, benchmarks) {
  const own = benchmarks.flatMap(({ options = {} }) => Object.keys(options))
  const { values, positionals } = parsed(args, own)
  if (positionals.length > 1) throw new UsageError(`Expected one benchmark, got ${positionals.join(', ')}.`)
  const benchmark = benchmarks.find(({ name }) => name === positionals[0])
  if (benchmark === undefined) throw new UsageError(`There is no benchmark called ${positionals[0] ?? 'nothing'}.`)
  const { rounds = `${benchmark.rounds}`, only, keep, ...asked } = values
  const alien = Object.keys(asked).find((name) => !Object.hasOwn(benchmark.options ?? {}, name))
  if (alien !== undefined) throw new UsageError(`${benchmark.name} has no option --${alien}.`)
  if (!/^[1-9]\d*$/.test(rounds)) throw new UsageError(`Expected --rounds to be 1 or more, got ${rounds}.`)
  return { benchmark, rounds: Number(rounds), only, keep, values: asked }
}

function parsed(args, own) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        rounds: { type: 'string' },
        only: { type: 'string', default: '' },
        keep: { type: 'boolean', default: false },
        ...Object.fromEntries(own.map((name) => [name, { type: 'string' }])),
      },
    })
  } catch (error) {
    throw new UsageError(error.message)
  }
}
