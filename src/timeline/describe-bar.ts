import { bytes, seconds } from '../report/index.js'
import { phases, type TimelineBar } from './timeline.js'

/** The numbers of one bar, for whoever points at it: what it was, how its time was spent, what came of it. */
export function describeBar(bar: TimelineBar): readonly string[] {
  const { started, connected, answered, ended } = phases(bar)
  const times = [
    ['waited', started],
    ...(connected > started ? [['connecting', connected - started]] : []),
    ['server', answered - connected],
    ...(bar.firstByte === undefined ? [] : [['body', ended - answered]]),
  ] as const
  const outcome = { ok: '', 'not-found': 'not found', error: bar.note ?? 'error' }[bar.status]
  const where = [bar.worker ?? '', bar.carrier ?? ''].filter((name) => name !== '').join(' on ')
  const facts = [outcome, `done at ${seconds(ended)} s`, bar.bytes === undefined ? '' : bytes(bar.bytes), where]
  return [
    bar.label,
    times.map(([what, ms]) => `${what} ${seconds(Number(ms))} s`).join(', '),
    facts.filter((fact) => fact !== '').join(', '),
  ]
}
