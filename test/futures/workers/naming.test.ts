import assert from 'node:assert/strict'
import { TaskNotFoundError } from 'halyard/futures'
import { add } from '../../fixtures/workers/arithmetic.js'
import byDefault, {
  arrow,
  asyncArrow,
  Counter,
  doubled,
  getHidden,
  makeScale,
  makeScaled,
  makeTenfold,
  memoize,
  memoized,
  misnamed,
  quadrupled,
  renamed,
  scale,
  tenfold,
  toolbox,
  tripled,
} from '../../fixtures/workers/namings.js'
import { rejectionOf, testPools, type Pool } from '../../support/worker-pools.js'

/** Refused: with the right class and code, on the future and not from submit(), and with words that help. */
async function refused(pool: Pool, fn: (...args: never[]) => unknown, ...words: RegExp[]): Promise<void> {
  const future = pool.submit(fn as (n: number) => unknown, 5)
  const error = await rejectionOf(TaskNotFoundError, future)
  assert.equal(error.code, 'ERR_TASK_NOT_FOUND')
  for (const word of [...words, /export/, /AsyncExecutor/]) assert.match(error.message, word)
  assert.equal(future.state, 'finished')
}

testPools('exported functions are found under whatever name they are exported', async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  assert.equal(await pool.submit(scale, 5), 10)
  assert.equal(await pool.submit(arrow, 5), 6)
  assert.equal(await pool.submit(asyncArrow, 5), 7)
  assert.equal(await pool.submit(byDefault, 5), 8)
  assert.equal(await pool.submit(renamed, 5), 12)
  assert.equal(await pool.submit(memoized, 5), -5)
  assert.equal(await pool.submit(quadrupled, 5), 20)
})

testPools('two exports made by one factory are never mistaken for each other', async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  for (const [fn, right] of [[doubled, 10] as const, [tripled, 15] as const, [tenfold, 50] as const]) {
    const future = pool.submit(fn, 5)
    const error = await future.exception()
    // To refuse is allowed, to run the other one is not.
    if (error === null) assert.equal(future.resultNow(), right)
    else assert.ok(error instanceof TaskNotFoundError, String(error))
  }
})

testPools('a closure is refused with its name, the file and what to do', async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  const offset = 3
  const shift = (n: number): number => n + offset
  await refused(pool, shift, /shift/, /naming\.test\.js/, /task\(/)
  function local(n: number): number {
    return n + offset
  }
  await refused(pool, local, /local/, /naming\.test\.js/)
  assert.equal(await pool.submit(add, 1, 2), 3)
})

testPools('an anonymous function is refused', async ({ open }) => {
  await refused(open({ maxWorkers: 1 }), (n: number) => n, /naming\.test\.js/)
})

testPools('a closure that has the name of an export is refused, never run as the export', async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  assert.equal(await pool.submit(scale, 5), 10)
  await refused(pool, makeScale(100), /scale/, /namings\.js/)
})

testPools('a closure whose name, place and text are those of an export is refused all the same', async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  await refused(pool, makeTenfold(3), /tenfold/)
  await refused(pool, makeScaled(4), /scaled/)
  // Once more when the export itself has been looked up before, so that nothing remembered answers for it.
  const known = pool.submit(tenfold, 5)
  await known.exception()
  await refused(pool, makeTenfold(7), /tenfold/)
  await refused(pool, makeTenfold(10), /tenfold/)
})

testPools("what a wrapper returns is refused, never run as an export with the wrapper's name", async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  await refused(pool, memoize(scale), /memoized/)
})

testPools('a function that is not exported is refused with a list of what is', async ({ open }) => {
  await refused(
    open({ maxWorkers: 1 }),
    getHidden(),
    /hidden/,
    /namings\.js/,
    /not .*export|isn't export/,
    /\bscale\b/,
    /\bdoubled\b/,
  )
})

testPools('a bound function is refused as bound', async ({ open }) => {
  await refused(open({ maxWorkers: 1 }), scale.bind(null), /bound/, /scale/)
})

testPools('methods are refused: of an instance, of a class, of an object, and fields', async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  const counter = new Counter()
  await refused(pool, counter.increment, /increment/)
  await refused(pool, Counter.zero, /zero/)
  await refused(pool, toolbox.polish, /polish/)
  await refused(pool, counter.asField, /asField/)
})

testPools('a class is refused, it cannot be called', async ({ open }) => {
  const error = await rejectionOf(Error, open({ maxWorkers: 1 }).submit(Counter as unknown as (n: number) => number, 1))
  assert.match(error.message, /Counter/)
})

testPools('native functions are refused as native', async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  await refused(pool, Math.sqrt, /native|built-in|builtin/, /sqrt/)
  await refused(pool, parseInt, /native|built-in|builtin/, /parseInt/)
  await refused(pool, structuredClone)
})

testPools('a function made from text is refused', async ({ open }) => {
  // oxlint-disable-next-line no-implied-eval
  await refused(open({ maxWorkers: 1 }), new Function('n', 'return n') as (n: number) => number)
})

testPools('a Proxy around an export is refused or runs the export, nothing else', async ({ open }) => {
  const trapped = new Proxy(scale, { apply: () => 'from the trap' as never })
  const error = await rejectionOf(Error, open({ maxWorkers: 1 }).submit(trapped, 5))
  assert.ok(error instanceof TaskNotFoundError, String(error))
})

testPools('a wrong name given to task() is not found, and the message says where it looked', async ({ open }) => {
  const error = await rejectionOf(TaskNotFoundError, open({ maxWorkers: 1 }).submit(misnamed, 5))
  assert.match(error.message, /mistyped/)
  assert.match(error.message, /namings\.js/)
})

testPools('a refused function costs no worker its life, and the next call runs', async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  const outcomes = await Promise.allSettled([
    pool.submit((n: number) => n, 1).result(),
    pool.submit(scale, 2).result(),
    pool.submit(scale.bind(null), 3).result(),
    pool.submit(scale, 4).result(),
  ])
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error).name)),
    ['TaskNotFoundError', 4, 'TaskNotFoundError', 8],
  )
})

testPools('what is not a function at all is refused by submit() itself', async ({ open }) => {
  const pool = open({ maxWorkers: 1 })
  for (const nothing of [undefined, null, 'scale', 7, {}]) {
    assert.throws(() => pool.submit(nothing as never), TypeError)
  }
  assert.equal(await pool.submit(add, 1, 2), 3)
})
