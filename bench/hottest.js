// Where a profile's time went, in functions: `node bench/hottest.js FILE.cpuprofile… [--lines N]`. Profiles are made by `node --cpu-prof`.
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { formatTable } from './table.js'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { lines: { type: 'string', default: '30' } } })
for (const file of positionals) process.stdout.write(`${formatTable(hottest(file, Number(values.lines)))}\n\n`)

function hottest(file, count) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'))
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const spent = new Map()
  for (const [index, id] of samples.entries()) {
    const name = frames.get(id)
    spent.set(name, (spent.get(name) ?? 0) + timeDeltas[index] / 1000)
  }
  spent.delete('(idle)')
  const all = [...spent.values()].reduce((sum, ms) => sum + ms, 0)
  return {
    title: `${file}: ${Math.round(all)} ms`,
    columns: ['itself, without what it calls', 'ms', '%'],
    rows: [...spent]
      .toSorted(([, a], [, b]) => b - a)
      .slice(0, count)
      .map(([label, ms]) => ({ label, cells: [ms.toFixed(0), ((ms / all) * 100).toFixed(1)] })),
  }
}

/** `commit dist/download/sink/files.js:31`; `(garbage collector)` has no file. */
function nameOf({ functionName, url, lineNumber }) {
  const path = url.startsWith('file:') ? relative(process.cwd(), fileURLToPath(url)) : url
  return `${functionName || '(no name)'} ${path === '' ? '' : `${path}:${lineNumber + 1}`}`.trim()
}
