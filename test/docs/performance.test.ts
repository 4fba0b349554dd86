/** The numbers in docs/performance.md are those of the runs that are kept, and these say of themselves what their raw lines say. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, test } from 'node:test'
import { textOf } from './pages.js'

const root = new URL('../../../', import.meta.url)
const bench = async <M>(file: string): Promise<M> => (await import(new URL(`bench/${file}`, root).href)) as M

interface Row {
  readonly group: string
  readonly label: string
  readonly missing?: string
  readonly runs: number
  readonly medians: Readonly<Record<string, number>>
}

interface Claim {
  readonly met?: boolean
  readonly ratio?: number
}

interface KeptRun {
  readonly rows: readonly Row[]
  readonly claims: readonly Claim[]
}

type Line = Pick<Row, 'group' | 'label'>

const { keptRuns, withResults } = await bench<{
  keptRuns: () => KeptRun[]
  withResults: (text: string, kept: readonly KeptRun[]) => string
}>('report.js')
const { keptRows } = await bench<{ keptRows: (results: Map<Line, Line[]>) => Row[] }>('record.js')
const { claim } = await bench<{ claim: (said: Claim) => Claim }>('claims.js')

test('docs/performance.md shows the kept runs as they are', () => {
  const page = textOf('docs/performance.md')
  assert.equal(page, withResults(page, keptRuns()), 'Run: npm run bench -- report')
})

/** Raw lines by contender. */
function resultsOf(folder: string): Map<Line, Line[]> {
  const results = new Map<string, [Line, Line[]]>()
  for (const text of textOf(`bench/runs/${folder}/raw.jsonl`).trimEnd().split('\n')) {
    const line = JSON.parse(text) as Line
    const key = JSON.stringify([line.group, line.label])
    const known = results.get(key)
    if (known === undefined) results.set(key, [line, [line]])
    else known[1].push(line)
  }
  return new Map(results.values())
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('a kept run comes to what its raw lines say:', () => {
  for (const folder of readdirSync(new URL('bench/runs/', root))) {
    test(folder, () => {
      const { rows, claims } = JSON.parse(textOf(`bench/runs/${folder}/run.json`)) as KeptRun
      const counted = keptRows(resultsOf(folder)).map(({ group, label, runs, medians }) => ({ group, label, runs, medians }))
      const told = rows.filter(({ runs }) => runs > 0)
      assert.deepEqual(
        told.map(({ group, label, runs, medians }) => ({ group, label, runs, medians })),
        counted,
      )
      assert.deepEqual(
        claims,
        claims.map((each) => plain(claim(each))),
      )
    })
  }
})
