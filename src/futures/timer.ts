/** The longest time setTimeout can count, in ms, some 24 days; it takes a longer one for 1 ms. */
const LONGEST = 2 ** 31 - 1

/** setTimeout for any time from 0 to Infinity: one that is longer than a timer can count never comes. */
export function startTimer(ms: number | undefined, onTime: () => void): NodeJS.Timeout | undefined {
  return ms === undefined || ms > LONGEST ? undefined : setTimeout(onTime, Math.max(0, ms))
}
