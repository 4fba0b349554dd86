/**
 * Twenty large numbers, which of them are prime? CPU work, so it goes to processes (threads would do as well: see `ThreadPoolExecutor`).
 *
 * `map` keeps the order of its input. The largest numbers come first, so the slow primes at the top hold back the quick composites behind them,
 * which were done long ago.
 *
 *   npm run build && node build/examples/06-primes.js [WORKERS [LARGEST]]
 *
 * Two of the numbers are larger than 2**53: as plain JavaScript numbers they would be others (9999999999999917 reads as …916, which is even).
 * They are bigints here, and the division is done on exact halves.
 */
import { availableParallelism } from 'node:os'
import { ProcessPoolExecutor, isMain } from 'halyard/futures'

const NUMBERS = [
  9999999999999999n,
  9999999999999917n,
  7777777777777777n,
  7777777777777753n,
  7777777536340681n,
  6666667141414921n,
  6666666666666719n,
  6666666666666666n,
  5555555555555555n,
  5555555555555503n,
  5555553133149889n,
  4444444488888889n,
  4444444444444444n,
  4444444444444423n,
  3333335652092209n,
  3333333333333333n,
  3333333333333301n,
  299593572317531n,
  142702110479723n,
  2n,
]

/**
 * Trial division, for n below 2**54. An odd n is 2·half + 1, and an odd i divides it exactly when half leaves (i - 1) / 2 over. `half` is below
 * 2**53, where numbers are exact; and `half - floor(half / i) · i` is `half % i`, eight times as fast.
 */
function isPrime(n: bigint): boolean {
  if (n < 2n) return false
  if (n % 2n === 0n) return n === 2n
  const half = Number(n / 2n)
  const root = Math.floor(Math.sqrt(Number(n))) + 1
  for (let i = 3; i <= root; i += 2) {
    if (half - Math.floor(half / i) * i === (i - 1) / 2) return false
  }
  return true
}

export interface PrimeResult {
  readonly n: bigint
  readonly prime: boolean
  /** Seconds. */
  readonly elapsed: number
}

export function check(n: bigint): PrimeResult {
  const started = performance.now()
  const prime = isPrime(n)
  return { n, prime, elapsed: (performance.now() - started) / 1000 }
}

if (isMain(import.meta)) {
  const [workers = String(availableParallelism()), largest = String(NUMBERS[0])] = process.argv.slice(2)
  const numbers = NUMBERS.filter((n) => n <= BigInt(largest))
  console.log(`Checking ${numbers.length} numbers with ${workers} processes:`)
  const started = performance.now()
  await using executor = new ProcessPoolExecutor(Number(workers))
  for await (const { n, prime, elapsed } of executor.map(check, numbers)) {
    console.log(`${String(n).padStart(16)}  ${prime ? 'P' : ' '} ${elapsed.toFixed(6).padStart(9)}s`)
  }
  console.log(`Total time: ${((performance.now() - started) / 1000).toFixed(2)}s`)
}
