/**
 * When does `map` start its calls, and when does it hand out their results?
 *
 * Three workers, five calls of 0, 1, 2, 3 and 4 seconds. The first three start at once, before anybody asks for a result; the others start as
 * workers come free; and the results come out strictly in the order of the list.
 *
 *   npm run build && node build/examples/03-executor-map.js
 *   LOITER_UNIT=0.1 node build/examples/03-executor-map.js     the same with tenths of a second
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { ThreadPoolExecutor, isMain } from 'halyard/futures'

/** How many real seconds a second of this demonstration lasts. */
const UNIT = Number(process.env['LOITER_UNIT'] ?? 1)

function display(text: string): void {
  const time = new Date().toTimeString().slice(0, 8)
  console.log(`[${time}] ${text}`)
}

export async function loiter(n: number): Promise<number> {
  const indent = '\t'.repeat(n)
  display(`${indent}loiter(${n}): doing nothing for ${n}s...`)
  await sleep(n * UNIT * 1000)
  display(`${indent}loiter(${n}): done.`)
  return n * 10
}

if (isMain(import.meta)) {
  display('Script starting.')
  await using executor = new ThreadPoolExecutor(3)
  const results = executor.map(loiter, [0, 1, 2, 3, 4])
  display(`results: ${inspect(results)}`)
  display('Waiting for individual results:')
  let i = 0
  for await (const result of results) display(`result ${i++}: ${result}`)
}
