let second = Number.NaN
let text = ''

/**
 * A time (ms since 1970) as `Date.toISOString` writes it. Outcomes come by the thousand in one second, and Node.js takes several µs for each
 * such text: here the part up to the second is kept.
 */
export function isoTime(time: number): string {
  const floor = Math.floor(time / 1000)
  if (floor !== second) {
    second = floor
    text = new Date(floor * 1000).toISOString().slice(0, -4)
  }
  return `${text}${String(time - floor * 1000).padStart(3, '0')}Z`
}
