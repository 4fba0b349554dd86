/** A source of numbers from 0 up to, not including, 1, like `Math.random`. */
export type Random = () => number

/** Gives the same numbers for the same seed: mulberry32, good enough for delays and for which request fails. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
