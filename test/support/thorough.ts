/** How many cases a test draws: a tenth of what it could, unless `npm test -- --thorough` asks for all. Each run draws others. */
const thorough = process.env['HALYARD_TEST_THOROUGH'] === '1'

/** For `fc.assert`. @param all what a thorough run draws */
export const runs = (all: number): { readonly numRuns: number } => ({ numRuns: thorough ? all : Math.ceil(all / 10) })
