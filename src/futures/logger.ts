import { inspect } from 'node:util'

/** Receives failures that no caller can be told about: a throwing callback, a failing initializer, an error nobody retrieved. */
export type Logger = (message: string, error?: unknown) => void

const toStderr: Logger = (message, error) => {
  const detail = error instanceof Error ? (error.stack ?? String(error)) : error === undefined ? '' : inspect(error)
  process.stderr.write(`halyard: ${message}${detail === '' ? '' : ` ${detail}`}\n`)
}

let current: Logger = toStderr

/**
 * Replaces the logger and returns the one it replaced.
 * @param logger by default one line (and the error's stack) on stderr
 */
export function setLogger(logger: Logger): Logger {
  const previous = current
  current = logger
  return previous
}

/** A logger must never take the caller down: what it throws is dropped. */
export function log(message: string, error?: unknown): void {
  try {
    current(message, error)
  } catch {
    // Nobody is left to tell.
  }
}
