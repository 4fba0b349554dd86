/** Numbers as a reader sees them; the same in the table, the text and the pictures. */

/** `1.5` with two places is `1.50`; independent of the locale. */
export function decimal(value: number, places: number): string {
  return value.toFixed(places)
}

/** Milliseconds as seconds: two decimals, as the book prints them; three below a tenth of a second. */
export function seconds(ms: number): string {
  return decimal(ms / 1000, ms < 99.5 ? 3 : 2)
}

/** A ratio: one decimal below a hundred. */
export function ratio(value: number): string {
  return decimal(value, value < 99.95 ? 1 : 0)
}

/** A share of one as a whole percentage, rounded down: `100 %` is all of it, not nearly all. */
export function percent(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)} %`
}

/** Bytes with a unit: `0 B`, `3.2 KB`, `1.5 MB`; 1 KB is 1000 bytes. */
export function bytes(size: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let value = size
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${decimal(value, unit === 0 || value >= 99.95 ? 0 : 1)} ${units[unit]}`
}

/** What is counted, in a sentence. */
export interface Noun {
  readonly one: string
  readonly many: string
}

/** `1 flag`, `2,000 flags`. */
export function count(n: number, noun: Noun): string {
  return `${grouped(n)} ${n === 1 ? noun.one : noun.many}`
}

/** A whole number with its thousands set apart: `20,000`; the same in every locale. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

const twoDigits = (n: number): string => String(n).padStart(2, '0')

/** Milliseconds as a person says them: `0.42 s`, `12 s`, `3:20`, `1:02:03`, `2 d 4 h`. */
export function duration(ms: number): string {
  if (ms < 9_950) return `${seconds(ms)} s`
  const whole = Math.round(ms / 1000)
  if (whole < 60) return `${whole} s`
  const hours = Math.floor(whole / 3600)
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`
  const minutes = Math.floor(whole / 60) % 60
  return `${hours === 0 ? minutes : `${hours}:${twoDigits(minutes)}`}:${twoDigits(whole % 60)}`
}
