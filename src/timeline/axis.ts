import { decimal } from '../report/index.js'

/** A time axis from zero: where its marks stand, in milliseconds, and what they are called. */
export interface Axis {
  /** Right end in milliseconds; the last mark may stand before it. */
  readonly max: number
  readonly ticks: readonly { readonly at: number; readonly label: string }[]
}

/**
 * Marks at 1, 2 or 5 times a power of ten, no more than `most` of them besides the zero. The axis ends where the data end, not at a
 * round number, so that the longest run fills the width.
 */
export function timeAxis(max: number, most: number): Axis {
  const end = max > 0 ? max : 1
  const step = roundStep(end / Math.max(1, most))
  const places = Math.max(0, -Math.floor(Math.log10(step / 1000) + 1e-9))
  const ticks = Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) => ({
    at: i * step,
    label: i === 0 ? '0' : `${decimal((i * step) / 1000, places)} s`,
  }))
  return { max: end, ticks }
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least))
  const factor = [1, 2, 5, 10].find((f) => f * power >= least * (1 - 1e-9)) ?? 10
  return factor * power
}
