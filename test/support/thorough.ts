/** How many cases a test draws: all of them if `npm test -- --thorough` asks for that, else some, in each run others. */
import { test, type TestContext } from 'node:test'

/** Whether all are asked for. */
export const thorough: boolean = process.env['TEST_THOROUGH'] === '1'

/** For `fc.assert`: a tenth. @param all what a thorough run draws */
export const runs = (all: number): { readonly numRuns: number } => ({ numRuns: thorough ? all : Math.ceil(all / 10) })

/** How many or how much: `all` in a thorough run, else `otherwise`. */
export const thoroughly = (all: number, otherwise: number): number => (thorough ? all : otherwise)

/** Of cases in an order the first, the last, and every tenth from a random one on; a thorough run takes all. */
export function tenth<T>(all: readonly T[]): readonly T[] {
  const from = Math.floor(Math.random() * 10)
  return thorough ? all : all.filter((_, n) => n === 0 || n === all.length - 1 || n % 10 === from)
}

/** Of places that are counted only as a test goes along, every third from a random one on; a thorough run takes all. They are counted from 1. */
export function everyThird(): { readonly first: number; readonly step: number } {
  return thorough ? { first: 1, step: 1 } : { first: 1 + Math.floor(Math.random() * 3), step: 3 }
}

/** So many of a list, in its order, drawn anew in each run; a thorough run takes all. For cases that cost the start of a program or more. */
export function someOf<T>(count: number, all: readonly T[]): readonly T[] {
  const left = new Set(all.keys())
  while (left.size > count) left.delete([...left][Math.floor(Math.random() * left.size)]!)
  return thorough ? all : all.filter((_, n) => left.has(n))
}

/** One of few, drawn anew in each run; a thorough run takes all. For what two or ten differ in so little that all of them would mostly repeat it. */
export function oneOf<T>(few: readonly T[]): readonly T[] {
  return someOf(1, few)
}

interface TestOptions {
  /** Why not, or false. */
  readonly skip: string | false
}
type Body = (t: TestContext) => Promise<void>
type Declaration = readonly [title: string, body: Body] | readonly [title: string, options: TestOptions, body: Body]

/** Of tests that each take whole programs, and that no other test needs, so many, drawn anew in each run; a thorough run takes all. */
export function someTests(count: number, declare: (test: (...declaration: Declaration) => void) => void): void {
  const all: Declaration[] = []
  declare((...declaration) => void all.push(declaration))
  for (const [title, ...rest] of someOf(count, all)) {
    if (rest.length === 1) void test(title, rest[0])
    else void test(title, rest[0], rest[1])
  }
}
