/** Jobs, heads and bodies as the engine hands them to a sink: those of the contract of sinks. */
export const { bytesOf, headOf, jobOf, leave, put } = (await import(
  new URL('../../../dist/contracts/samples.js', import.meta.url).href
)) as typeof import('../../src/contracts/samples.js')

export const MiB: number = 1024 * 1024
