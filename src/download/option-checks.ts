/** What is wrong with the value of an option, in words. */
import { inspect } from 'node:util'
import { RunError } from './errors.js'

export function amount(name: string, value: number): number {
  if (typeof value !== 'number' || !(value >= 0) || value === Infinity) {
    wrong(`Expected \`${name}\` to be a number of at least 0, got ${inspect(value)}`)
  }
  return value
}

export function integer(name: string, value: number, least: number): number {
  if (!Number.isInteger(value) || value < least) {
    wrong(`Expected \`${name}\` to be an integer of at least ${least}, got ${inspect(value)}`)
  }
  return value
}

export function oneOf(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) wrong(`Expected \`${name}\` to be one of ${allowed.join(', ')}, got ${inspect(value)}`)
}

export function wrong(message: string): never {
  throw new RunError('ERR_OPTIONS', message)
}
