// A claim is what one run shows against one target of targets.js. It is kept in the run's run.json; docs/performance.md is made of claims.
import { median, number } from './statistics.js'

/**
 * @typedef {object} Standing a row and the number it stands for: the median of its rounds
 * @property {string} label
 * @property {number} value
 *
 * @typedef {object} Claim
 * @property {string} target `S2`
 * @property {string} what what is compared, in a few words
 * @property {string} unit of both values: `files/s`, `s`, `MB`
 * @property {Standing} [ours] absent: missing here, or failed
 * @property {Standing} [best] the best peer; absent where the target is a number of its own
 * @property {number} [ratio] ours / best
 * @property {number} [atLeast] what the ratio has to be, or, without a peer, our value; none of the three: told, but not aimed at
 * @property {number} [atMost]
 * @property {number} [towards] at least, but known to be far: to fall short of it is not to miss it
 * @property {boolean} [met] absent where nothing is aimed at or one side has no value
 */

/**
 * @param {Omit<Claim, 'ratio' | 'met' | 'ours' | 'best'> & { ours: Standing | undefined, best?: Standing | undefined, against?: boolean }} said
 *   `against: false`: the target is a number of its own
 * @returns {Claim}
 */
export function claim({ against = true, ours, best, ...said }) {
  const ratio = ours === undefined || best === undefined ? undefined : ours.value / best.value
  const measured = against ? ratio : ours?.value
  return { ...said, against, ours, best, ratio, met: verdict(said, measured) }
}

function verdict({ atLeast, towards, atMost }, measured) {
  if (measured === undefined) return undefined
  const least = atLeast ?? towards
  if (least !== undefined) return measured >= least
  return atMost === undefined ? undefined : measured <= atMost
}

/**
 * The median of what `pick` finds in each run of a row; undefined for a row that is missing, or that failed in any round.
 * @param {[import('./main.js').Contender, object[]] | undefined} entry
 * @param {(run: any) => number | undefined} pick
 * @returns {Standing | undefined}
 */
export function standing(entry, pick) {
  if (entry === undefined) return undefined
  const [{ label }, runs] = entry
  if (runs.length === 0 || runs.some(({ failure }) => failure !== undefined)) return undefined
  const values = runs.map(pick)
  return values.includes(undefined) ? undefined : { label, value: median(values) }
}

/** The standing with the most; the one with the least if that is what counts. */
export function bestOf(entries, pick, { least = false } = {}) {
  const standings = entries.map((entry) => standing(entry, pick)).filter((each) => each !== undefined)
  const compare = least ? (a, b) => a.value - b.value : (a, b) => b.value - a.value
  return standings.toSorted(compare)[0]
}

/** The five things that a table says of a claim. @param {Claim} claim */
export function cellsOf({ unit, against, ours, best: peer, ratio, met, atLeast, towards, atMost }) {
  const aim = atLeast ?? towards ?? atMost
  const sign = atMost === undefined ? '≥' : '≤'
  const measure = against ? '×' : unit
  return {
    target: aim === undefined ? '' : `${towards === undefined ? sign : 'towards'} ${plain(aim)} ${measure}`,
    ours: ours === undefined ? 'not measured' : `${number(ours.value)} ${unit}`,
    peer: against ? (peer === undefined ? 'not measured' : `${number(peer.value)} ${unit}, ${peer.label}`) : '',
    ratio: ratio === undefined ? '' : number(ratio),
    verdict:
      aim === undefined ? '' : met === undefined ? 'not measured' : met ? 'met' : towards === undefined ? 'missed' : 'not yet',
  }
}

const plain = (value) => value.toLocaleString('en-US', { maximumFractionDigits: 3 })

/** For the terminal and summary.md. @param {Claim[]} claims @returns {import('./table.js').Table} */
export function claimsTable(claims) {
  return {
    title: 'Against the targets',
    columns: ['', '', 'ratio', 'target', 'ours', 'best peer'],
    rows: claims.map((each) => {
      const { target, ours, peer, ratio, verdict: said } = cellsOf(each)
      return { label: `${each.target} ${each.what.replaceAll('`', '')}`, cells: [said, ratio, target, ours, peer] }
    }),
  }
}
