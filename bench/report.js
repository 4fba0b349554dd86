// The generated parts of docs/performance.md: what the kept runs say of each target. Nothing is measured here.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cellsOf } from './claims.js'
import { targets } from './targets.js'

const page = new URL('../docs/performance.md', import.meta.url)
const runs = new URL('runs/', import.meta.url)
const howTo = 'npm run bench -- report'

/**
 * Of each benchmark, variant and machine the newest run: a folder's name is `<date>-<machine>-<benchmark>[-<variant>]`.
 * @returns {(import('./record.js').KeptRun & { folder: string })[]}
 */
export function keptRuns() {
  const newest = new Map()
  for (const folder of readdirSync(runs).toSorted()) {
    const file = new URL(`${folder}/run.json`, runs)
    if (existsSync(file)) newest.set(folder.slice('2026-11-22-'.length), folder)
  }
  return [...newest.values()].map((folder) => ({
    folder,
    ...JSON.parse(readFileSync(new URL(`${folder}/run.json`, runs), 'utf8')),
  }))
}

/** `text` with everything between the markers written anew. @param {string} text @param {ReturnType<typeof keptRuns>} kept */
export function withResults(text, kept) {
  const parts = [['targets', overview(kept)], ...targets.map((target) => [target.id, section(target, kept)])]
  return parts.reduce((before, [name, content]) => {
    const [start, end] = [`<!-- ${name}: written by ${howTo} -->`, `<!-- end of ${name} -->`]
    const [from, to] = [before.indexOf(start), before.indexOf(end)]
    if (from === -1 || to < from) throw new Error(`docs/performance.md has no place for ${name}: ${start} … ${end}`)
    return `${before.slice(0, from)}${start}\n\n${content}\n\n${before.slice(to)}`
  }, text)
}

/** `npm run bench -- report`; with `--check` nothing is written. @returns the exit code */
export function updatePage(options) {
  const before = readFileSync(page, 'utf8')
  const after = withResults(before, keptRuns())
  if (!options.includes('--check')) writeFileSync(page, after)
  else if (after !== before) {
    process.stderr.write(`docs/performance.md does not show the kept runs as they are. Run: ${howTo}\n`)
    return 1
  }
  return 0
}

/** One row a target: the commands of the runs that tell of it, and how much of it is met. */
function overview(kept) {
  const rows = targets.map(({ id, benchmark, what }) => {
    const told = kept.filter((run) => run.claims.some(({ target, met }) => target === id && met !== undefined))
    const commands =
      told.length === 0 ? [`npm run bench -- ${benchmark}`] : told.map(({ command }) => command.replace(' --keep', ''))
    const claims = told.flatMap((run) => run.claims).filter(({ target, met }) => target === id && met !== undefined)
    const met = claims.filter((claim) => claim.met).length
    const verdict = claims.length === 0 ? 'not measured' : `${met} of ${claims.length}`
    return `| ${id} | ${what} | ${commands.map((command) => `\`${command}\``).join(', ')} | ${verdict} |`
  })
  return ['| | what | command | targets met |', '|---|---|---|---|', ...rows].join('\n')
}

/** Of every run that says something of this target: how it was made, and a table. */
function section({ id, benchmark }, kept) {
  const told = kept
    .map((run) => ({ run, claims: run.claims.filter(({ target }) => target === id) }))
    .filter(({ claims }) => claims.length > 0)
  if (told.length === 0) return `Not measured yet: \`npm run bench -- ${benchmark} --keep\`.`
  return told.map(({ run, claims }) => `${origin(run)}\n\n${table(claims)}`).join('\n\n')
}

function origin({ command, folder, began, rounds, machine, node, halyard, peers }) {
  const where = `[bench/runs/${folder}](../bench/runs/${folder}/summary.md)`
  const surroundings = [
    `${rounds} rounds on ${began.slice(0, 10)}`,
    `${machine.cores} cores (${machine.processor})`,
    `Node.js ${node.slice(1)}`,
    `halyard ${halyard}`,
    ...peers,
  ]
  return `\`${command}\`, raw run: ${where}\\\n${surroundings.join(', ')}`
}

function table(claims) {
  const rows = claims.map((claim) => {
    const { target, ours, peer, ratio, verdict } = cellsOf(claim)
    return `| ${[claim.what, target, ours, peer, ratio, verdict === 'missed' ? '**missed**' : verdict].join(' | ')} |`
  })
  return ['| | target | ours | best peer | ratio | |', '|---|---|---|---|---|---|', ...rows].join('\n')
}
