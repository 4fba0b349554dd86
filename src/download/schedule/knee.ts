/**
 * Knee: how many at once, found by trying. More requests at once bring more done, until something is full (the server, the link, this
 * processor); from there on each only waits longer. Where that begins is the knee of the curve, and that is where to stay:
 *
 *   rise ── twice as many, same wait ──▶ rise
 *    │  ▲
 *    │  └── that was more ──┐
 *    └─ the wait grew ──▶ compare ── it was not ──▶ trim ──▶ hold ── after a while ──▶ compare
 *
 *   any ── refused ──▶ climb: down by 30 %, back by steps of an eighth to just below where it failed ──▶ hold
 *
 * - *rise*: a look at the mean wait of one round costs one round. By Little's law the throughput is places / wait: while doubling the
 *   places raises the wait by less than √2, it brought 41 % or more. From 64 on a fifth is allowed.
 * - *compare*: the work done per second with the upper and the lower number, each over two rounds and a few hundred requests, after a
 *   round of settling. Twice as many must bring 10 % more, or the lower one it is.
 * - *trim*: the same with ever fewer, by 30 % each time, as long as that costs less than 4 %; not below the number at the start.
 * - *hold*: nothing changes. A try with half as many more is made after 5 s, and then ever less often, up to 5 min; it must bring more than
 *   chance does. If less than half of the usual gets done for two windows, because the server has got worse, the number falls in proportion
 *   and the search begins anew from there.
 * - What failed is remembered: for a minute, and twice as long each further time, it is not tried again.
 *
 * Nothing is learnt from a time in which places were free. Pure: the time is handed in.
 */
import { Gauge } from './gauge.js'

/** By how much the mean wait may grow when the places are doubled: few waits are a rough measure, and few places do little harm. */
const FLAT_FEW = Math.SQRT2
const FLAT = 1.2
const FEW = 64
/** ms that a number is kept at least: a server that counts requests per second is not to be met by hundreds before its first answer. */
const DWELL = 200
/** Waits that are looked at. */
const LOOK = 256
/** Times the median: the longest that a single wait counts. */
const OUTLIER = 3
/** What twice as many must bring. */
const GAIN = 1.1
/** What a third less may cost. */
const TRIM = 1.04
const TRIM_STEP = 0.7
/** Rounds of a window. */
const ROUNDS = 2
/** Requests that a comparison is made from, and ms after which fewer must do. */
const WEIGHT = 256
const PATIENCE = 10_000
/** ms until more is tried, at first and at most. */
const PROBE_FIRST = 5_000
const PROBE_MOST = 300_000
/** Times as many in such a try. */
const PROBE_STEP = 1.5
/** The part of a try's further places that must have been worth as much as those before, for the search to begin anew from there. */
const FREE = 0.9
/** ms for which the number that failed is remembered, at first and at most. */
const MEMORY_FIRST = 60_000
const MEMORY_MOST = 600_000

export interface KneeSettings {
  /** Where it begins. */
  readonly start: number
  /** Where it ends. */
  readonly most: number
  /** From 0 (idle) to 1: how busy this side is. With no time left, more at once cannot bring more. */
  readonly load: () => number
}

/** The end of a request, as a measurement. */
export interface Measured {
  /** ms, when it began. */
  readonly began: number
  /** ms it took, without the making of its connection. */
  readonly took: number
  /** What was done: 1 for the request, and something for its bytes. */
  readonly work: number
  /** Whether all places were taken until it ended. */
  readonly full: boolean
}

/** From here on the event loop counts as having no time left. */
const BUSY = 0.95

type Phase = 'rise' | 'compare' | 'hold' | 'climb'

export class Knee {
  readonly #load: () => number
  readonly #start: number
  #most: number
  #level: number
  #phase: Phase = 'rise'
  /** When the level changed, and how many requests must end before what is seen is its doing. */
  #changed = 0
  #settling = 0
  readonly #gauge = new Gauge()
  #isOpen = false
  // Rising
  #waits: number[] = []
  #wait = Infinity
  // Comparing
  #lower = 0
  #upper = 0
  #lowerRate: Rated | undefined
  #upperRate: Rated | undefined
  #why: 'rise' | 'trim' | 'probe' = 'rise'
  // Holding
  #usual: number | undefined
  /** Windows in a row in which less than half of the usual got done. */
  #slow = 0
  #probeAt = 0
  #probeAfter = PROBE_FIRST
  // What failed
  #failed = Infinity
  #forgetAt = 0
  #memory = MEMORY_FIRST

  constructor({ start, most, load }: KneeSettings) {
    this.#start = start
    this.#most = most
    this.#level = Math.min(start, most)
    this.#load = load
  }

  /** How many at once. */
  get level(): number {
    return this.#level
  }

  /** Never more than this from now on. */
  setMost(most: number): void {
    this.#most = most
    if (this.#level > most) this.#set(most, 0)
  }

  /** Others know that as many are right: it goes on from there. */
  lift(level: number, now: number): void {
    const lifted = Math.min(level, this.#most)
    if (lifted <= this.#level) return
    this.#rise(lifted, now)
  }

  /** A request brought an answer. */
  ended({ began, took, work, full }: Measured, now: number): void {
    if (this.#phase === 'rise') {
      if (began >= this.#changed && full) this.#look(took, now)
      return
    }
    if (!this.#isOpen) {
      this.#settling--
      if (this.#settling > 0 || began < this.#changed) return
      this.#isOpen = true
      this.#gauge.open(now, this.#level)
      return
    }
    this.#gauge.add(work, took, full)
    if (this.#phase === 'climb') {
      if (this.#gauge.passed(1)) this.#step(now)
    } else if (this.#gauge.passed(ROUNDS) && (this.#gauge.weight >= WEIGHT || this.#gauge.age(now) >= PATIENCE)) {
      this.#weigh(now)
    }
  }

  /** The server has had too much with `at` at once. `again`: it has not recovered since it was told so the last time. */
  cut(at: number, least: number, now: number, again: boolean): void {
    if (!again) {
      this.#failed = Math.max(least + 1, at)
      this.#forgetAt = now + this.#memory
      this.#memory = Math.min(this.#memory * 2, MEMORY_MOST)
    }
    this.#phase = 'climb'
    this.#set(Math.max(least, Math.min(this.#level, Math.floor(at * 0.7))), now)
  }

  /** What failed had nothing to do with how many there were: back to `level`. */
  pardon(level: number, now: number): void {
    this.#failed = Infinity
    this.#rise(Math.min(level, this.#most), now)
  }

  /** The highest that may be tried. */
  #ceiling(now: number): number {
    if (now >= this.#forgetAt) this.#failed = Infinity
    return Math.max(1, Math.min(this.#most, Math.floor(this.#failed * 0.9)))
  }

  #set(level: number, now: number): void {
    this.#settling = Math.max(level, this.#level)
    this.#level = level
    this.#changed = now
    this.#isOpen = false
  }

  // Rising

  #rise(level: number, now: number): void {
    this.#phase = 'rise'
    this.#waits.length = 0
    this.#wait = Infinity
    this.#set(level, now)
  }

  #look(took: number, now: number): void {
    if (this.#waits.length < LOOK) this.#waits.push(took)
    // As many as came to those there were: after a doubling they begin together, and end after one round.
    const needed = Math.max(this.#start, this.#level / 2)
    if (this.#waits.length < Math.min(needed, LOOK) || now - this.#changed < DWELL) return
    const wait = typical(this.#waits)
    this.#waits.length = 0
    const grew = wait / this.#wait
    const ceiling = this.#ceiling(now)
    if (grew > (this.#level < FEW ? FLAT_FEW : FLAT) && this.#lower > 0) {
      this.#compare('rise', this.#lower, this.#level, now)
    } else if (this.#level >= ceiling) {
      this.#hold(ceiling, undefined, now)
    } else {
      this.#wait = wait
      this.#lower = this.#level
      // Busy: the same again, as long as that lasts.
      this.#set(this.#load() >= BUSY ? this.#level : Math.min(this.#level * 2, ceiling), now)
    }
  }

  // Comparing

  /** `known`: what is known already of one of them; otherwise the upper one is the level now. */
  #compare(
    why: 'rise' | 'trim' | 'probe',
    lower: number,
    upper: number,
    now: number,
    known: { readonly lower?: Rated; readonly upper?: Rated } = {},
  ): void {
    this.#phase = 'compare'
    this.#why = why
    this.#lower = lower
    this.#upper = upper
    this.#lowerRate = known.lower
    this.#upperRate = known.upper
    const level = known.upper === undefined ? upper : lower
    if (level !== this.#level) {
      this.#set(level, now)
      return
    }
    // It has settled already.
    this.#isOpen = true
    this.#gauge.open(now, level)
  }

  /** A window is over. */
  #weigh(now: number): void {
    const rated = { rate: this.#gauge.rate, weight: this.#gauge.weight }
    const isFull = this.#gauge.isFull
    this.#gauge.open(now, this.#level)
    if (!isFull) return
    if (this.#phase === 'hold') this.#watch(rated, now)
    else this.#note(rated, now)
  }

  #note(rated: Rated, now: number): void {
    if (this.#level === this.#upper) this.#upperRate = rated
    else this.#lowerRate = rated
    if (this.#upperRate === undefined) this.#set(this.#upper, now)
    else if (this.#lowerRate === undefined) this.#set(this.#lower, now)
    else this.#decide(this.#lowerRate, this.#upperRate, now)
  }

  #decide(lower: Rated, upper: Rated, now: number): void {
    const gain = upper.rate / lower.rate
    if (this.#why === 'trim') {
      if (gain >= TRIM) this.#hold(this.#upper, upper.rate, now)
      else this.#trim(this.#lower, lower, now)
      return
    }
    // In a try of its own accord the gain must be more than chance: else it would drift upwards from one to the next.
    const chance = this.#why === 'probe' ? Math.sqrt(1 / lower.weight + 1 / upper.weight) : 0
    if (gain >= GAIN + chance) {
      this.#probeAfter = PROBE_FIRST
      // After a try: only if it was as good as free.
      const more = this.#why === 'rise' || gain > FREE * (this.#upper / this.#lower)
      if (more && this.#upper < this.#ceiling(now)) this.#rise(this.#upper, now)
      else this.#trim(this.#upper, upper, now)
    } else if (this.#why === 'probe') {
      this.#probeAfter = Math.min(this.#probeAfter * 2, PROBE_MOST)
      this.#hold(this.#lower, lower.rate, now)
    } else {
      this.#trim(this.#lower, lower, now)
    }
  }

  /** More than `level` is no use; perhaps less would do. */
  #trim(level: number, rated: Rated, now: number): void {
    const lower = Math.max(this.#start, Math.ceil(level * TRIM_STEP))
    if (lower < level) this.#compare('trim', lower, level, now, { upper: rated })
    else this.#hold(level, rated.rate, now)
  }

  // Holding

  #hold(level: number, rate: number | undefined, now: number): void {
    this.#phase = 'hold'
    this.#usual = rate
    this.#slow = 0
    this.#probeAt = now + this.#probeAfter
    this.#set(level, now)
  }

  #watch({ rate, weight }: Rated, now: number): void {
    const usual = this.#usual ?? rate
    if (rate < usual / 2) {
      // Once may be a passing cloud.
      this.#slow++
      if (this.#slow < 2) return
      this.#probeAfter = PROBE_FIRST
      this.#lower = 0
      this.#rise(Math.max(Math.min(this.#start, this.#level), Math.ceil((this.#level * rate) / usual)), now)
      return
    }
    this.#slow = 0
    this.#usual = usual + (rate - usual) / 4
    const upper = Math.min(Math.ceil(this.#level * PROBE_STEP), this.#ceiling(now))
    if (now < this.#probeAt || upper <= this.#level || this.#load() >= BUSY) return
    this.#compare('probe', this.#level, upper, now, { lower: { rate, weight } })
  }

  // After a failure

  #step(now: number): void {
    const ceiling = this.#ceiling(now)
    if (this.#level >= ceiling) this.#hold(ceiling, undefined, now)
    else this.#set(Math.min(ceiling, this.#level + Math.max(1, this.#level >> 3)), now)
  }
}

interface Rated {
  /** Work per ms. */
  readonly rate: number
  readonly weight: number
}

/** The mean, to which no single wait adds too much. */
function typical(waits: readonly number[]): number {
  const most = OUTLIER * (waits.toSorted((a, b) => a - b)[waits.length >> 1] ?? 0)
  return waits.reduce((sum, wait) => sum + Math.min(wait, most), 0) / waits.length
}
