/** Modules of the download room that the package does not export, from the built output. */
const built = (file: string): string => new URL(`../../../dist/download/${file}.js`, import.meta.url).href

export const { makeJob } = (await import(built('make-job'))) as typeof import('../../src/download/make-job.js')
export const { redactUrl, secretParameters } = (await import(
  built('redact-url')
)) as typeof import('../../src/download/redact-url.js')
export const { excerpt } = (await import(built('source/entries'))) as typeof import('../../src/download/source/entries.js')
