/** How many cases a test draws: a tenth of what it could, unless `npm test -- --thorough` asks for all. Each run draws others. */
const thorough = process.env['TEST_THOROUGH'] === '1'

/** For `fc.assert`. @param all what a thorough run draws */
export const runs = (all: number): { readonly numRuns: number } => ({ numRuns: thorough ? all : Math.ceil(all / 10) })

/** Of cases in an order the first, the last, and every tenth from a random one on; a thorough run takes all. */
export function tenth<T>(all: readonly T[]): readonly T[] {
  const from = Math.floor(Math.random() * 10)
  return thorough ? all : all.filter((_, n) => n === 0 || n === all.length - 1 || n % 10 === from)
}

/** One of few, drawn anew in each run; a thorough run takes all. For what two or ten differ in so little that all of them would mostly repeat it. */
export function oneOf<T>(few: readonly T[]): readonly T[] {
  const drawn = Math.floor(Math.random() * few.length)
  return thorough ? few : few.slice(drawn, drawn + 1)
}
