// What a command costs before it does anything: the whole process, from its start to its end.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { claim, standing } from '../claims.js'
import { runProcess } from '../run-process.js'
import { median, medianOf, megabytes, number, span } from '../statistics.js'

const halyard = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const group = 'Start-up, whole process'
const baseline = 'node -e 0'

export default {
  name: 'startup',
  summary: 'halyard --version and halyard flags on the embedded server, against node -e 0',
  rounds: 15,
  async prepare() {
    const folder = mkdtempSync(join(tmpdir(), 'halyard-bench-'))
    const missing = existsSync(halyard) ? undefined : 'missing: this checkout has no dist/cli/main.js'
    const contender = (label, args, reason) => ({ group, label, missing: reason, run: () => run(args, folder) })
    return {
      contenders: [
        contender(baseline, ['-e', '0']),
        contender('halyard --version', [halyard, '--version'], missing),
        contender('halyard flags', [halyard, 'flags'], missing),
      ],
      tables,
      claims,
      close: async () => rmSync(folder, { recursive: true }),
    }
  },
}

async function run(args, cwd) {
  const { failure, wall, cpu, peak } = await runProcess([process.execPath, ...args], { cwd })
  return failure === undefined ? { wall, cpu, peak } : { failure }
}

export function claims(results) {
  const wallOf = (name) =>
    standing(
      [...results].find(([{ label }]) => label === name),
      ({ wall }) => wall,
    )
  return [
    claim({
      target: 'S9',
      what: '`halyard --version`',
      unit: 's',
      atMost: 2,
      ours: wallOf('halyard --version'),
      best: wallOf(baseline),
    }),
    claim({
      target: 'S9',
      what: '`halyard flags`, 20 flags from the server inside',
      unit: 's',
      atMost: 0.35,
      against: false,
      ours: wallOf('halyard flags'),
    }),
  ]
}

const walls = (runs) => runs.map(({ wall }) => wall * 1000)

function tables(results) {
  const base = [...results].find(([{ label }]) => label === baseline)?.[1] ?? []
  return [
    {
      title: group,
      columns: ['', 'wall ms', 'min-max', `x ${baseline}`, 'CPU ms', 'peak MB'],
      rows: [...results].map(([{ label, missing }, runs]) => {
        const failure = missing ?? runs.find((result) => result.failure !== undefined)?.failure
        if (failure !== undefined) return { label, note: failure }
        const wall = median(walls(runs))
        return {
          label,
          cells: [
            number(wall),
            span(walls(runs)),
            base.length === 0 ? '-' : number(wall / median(walls(base))),
            number(medianOf(runs, ({ cpu }) => cpu * 1000)),
            number(megabytes(medianOf(runs, ({ peak }) => peak))),
          ],
        }
      }),
    },
  ]
}
