/**
 * An error thrown in another thread arrives as the error it was.
 *
 * Class, message, code, own properties and the chain of causes come through; the stack shows both sides. A worker that dies takes only its own
 * call along, and says how it died.
 *
 *   npm run build && node build/examples/11-errors-across-threads.js
 */
import { BrokenThreadPoolError, NotSerializableError, ThreadPoolExecutor, isMain, registerError } from 'halyard/futures'

export class FlagError extends Error {
  override readonly name = 'FlagError'
  readonly cc: string

  constructor(message: string, cc: string, cause?: unknown) {
    super(message, { cause })
    this.cc = cc
  }
}
registerError(FlagError)

export function raise(cc: string): never {
  throw new FlagError('no such flag', cc, new RangeError('not in the atlas'))
}

export function die(code: number): void {
  process.exit(code)
}

export function handler(): () => string {
  return () => 'functions cannot travel'
}

if (isMain(import.meta)) {
  await using executor = new ThreadPoolExecutor(1)

  const error = await executor.submit(raise, 'XX').exception()
  if (error instanceof FlagError) console.log(`${error.name} for ${error.cc}: ${error.message}, because ${String(error.cause)}`)
  console.log('the stack names both sides:', error?.stack?.includes('raise') && error.stack.includes('--- in worker'))

  const unsendable = await executor.submit(handler).exception()
  if (unsendable instanceof NotSerializableError) console.log(`${unsendable.name}: ${unsendable.path}`)

  const death = await executor.submit(die, 7).exception()
  if (death instanceof BrokenThreadPoolError)
    console.log(`${death.name}: ${death.task} ended its worker with exit code ${death.exitCode}`)

  const absent = await executor.submit(() => 'a closure').exception()
  console.log(`${absent?.name}: a function that is not exported cannot be found in another thread`)
}
