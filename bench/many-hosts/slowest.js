// Why the slowest URLs took so long, as far as the journal tells.
import { median, number } from '../statistics.js'

/** Longest first. What it took is the wait in the queue, for earlier attempts and between them, and the last attempt. */
const tookOf = ({ ms: { wait = 0, total = 0 } = {} }) => wait + total

/**
 * @param {object[]} records
 * @param {(record: object) => number} hostSize how many URLs of the list are on its host
 * @param {number} perHost
 * @returns {import('../table.js').Table} the slowest 1 %, by reason
 */
export function slowestTable(title, records, hostSize, perHost) {
  const count = Math.max(1, Math.round(records.length / 100))
  const slowest = records.toSorted((a, b) => tookOf(b) - tookOf(a)).slice(0, count)
  const groups = grouped(slowest, reason)
  return {
    title: `${title}: medians in s`,
    columns: ['', 'URLs', 'hosts', 's', 'most', 'wait', 'connect', 'ttfb', 'tries', 'such as'],
    rows: [...groups]
      .toSorted(([, a], [, b]) => b.length - a.length)
      .map(([label, some]) => ({
        label,
        cells: [
          `${some.length}`,
          `${new Set(some.map(hostOf)).size}`,
          number(median(some.map(tookOf)) / 1000),
          number(Math.max(...some.map(tookOf)) / 1000),
          middle(some, ({ ms }) => ms?.wait, 1000),
          middle(some, ({ ms }) => ms?.connect, 1000),
          middle(some, ({ ms }) => ms?.ttfb, 1000),
          middle(some, ({ attempts = 0 }) => attempts, 1),
          hostOf(some[0]).split('.')[0],
        ],
      })),
  }

  function reason(record) {
    const { status, code, attempts = 0, ms: { wait = 0, connect = 0, ttfb = 0, total = 0 } = {} } = record
    if (status !== 'ok') return attempts > 1 ? `${code}, tried again` : `${code}`
    if (attempts > 1) return 'came at the second try or later'
    if (wait >= total) return hostSize(record) > perHost ? 'waited for a place, its host being busy' : 'waited for a place'
    if (connect > total / 2) return 'was slow to connect'
    return ttfb > total / 2 ? 'its host was slow to answer' : 'its body came slowly'
  }
}

/** What was still to come when 99 % were done: the tail of a run. */
export function tailOf(records) {
  const ends = records.map(({ start, ms }) => (start === undefined ? 0 : Date.parse(start) + (ms?.total ?? 0)))
  const sorted = ends.toSorted((a, b) => a - b)
  return (sorted.at(-1) - sorted[Math.floor(sorted.length * 0.99)]) / 1000
}

const hostOf = ({ url }) => new URL(url).hostname

function middle(records, pick, unit) {
  const values = records.map(pick).filter((value) => value !== undefined)
  return values.length === 0 ? '-' : number(median(values) / unit)
}

/** Map.groupBy, which Node 20 has not. */
function grouped(items, keyOf) {
  const groups = new Map()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
