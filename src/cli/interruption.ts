import { EXIT, type ExitCode } from './exit-codes.js'

/** Somebody wants the command to end: Ctrl-C, or SIGTERM. */
export interface Interruption {
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
  /** What the command then ends with; undefined while nobody asked. */
  readonly exitCode: () => ExitCode | undefined
}

/** Begins to listen. The first signal asks the command to finish; the second has its usual effect and ends the program at once. */
export function listenForInterruption(): Interruption {
  const controller = new AbortController()
  let exitCode: ExitCode | undefined
  const listen = (name: 'SIGINT' | 'SIGTERM'): void => {
    const onSignal = (): void => {
      exitCode ??= EXIT[name]
      for (const [other, listener] of listeners) process.off(other, listener)
      controller.abort(new Error(`interrupted by ${name}`))
    }
    listeners.push([name, onSignal])
    process.on(name, onSignal)
  }
  const listeners: [NodeJS.Signals, () => void][] = []
  listen('SIGINT')
  listen('SIGTERM')
  return { signal: controller.signal, exitCode: () => exitCode }
}
