/** Modules of the download room that the package does not export, from the built output. */
const built = (file: string): string => new URL(`../../../../dist/download/source/${file}.js`, import.meta.url).href

export const { openSource } = (await import(built('open-source'))) as typeof import('../../../src/download/source/open-source.js')
export const { givenSource } = (await import(built('given'))) as typeof import('../../../src/download/source/given.js')
export const { parseGlob } = (await import(built('globs'))) as typeof import('../../../src/download/source/globs.js')
