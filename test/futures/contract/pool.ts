/** What both worker pools promise beyond the executor contract: initializers, limits, and ending by force. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  BrokenExecutorError,
  CancelledError,
  setLogger,
  type PoolOptions,
  type ProcessPoolExecutor,
  type ThreadPoolExecutor,
} from 'halyard/futures'
import { submitFromTask } from '../../fixtures/nested.js'
import * as work from '../../fixtures/tasks.js'
import { Stage } from '../../support/stage.js'

type Pool = ThreadPoolExecutor | ProcessPoolExecutor
type MakePool = (options: PoolOptions) => Pool

export function poolContract(name: string, make: MakePool, kind: 'thread' | 'process'): void {
  describe(`${name} keeps the pool contract:`, { timeout: 300_000 }, () => {
    initializers(make, kind)
    limits(make)
    force(make)
    door(make)
  })
}

const worker = ({ pid, threadId }: work.WhoAmI): string => `${pid}/${threadId}`

function initializers(make: MakePool, kind: 'thread' | 'process'): void {
  test('the initializer runs once in each worker, before the first call', async () => {
    await using pool = make({ maxWorkers: 1, initializer: work.remember, initargs: ['br', 7] })
    for (let count = 0; count < 3; count += 1) {
      assert.deepEqual(await pool.submit(work.remembered), { values: ['br', 7], times: 1 })
    }
  })

  test('without an initializer a worker remembers nothing', async () => {
    await using pool = make({ maxWorkers: 1 })
    assert.equal(await pool.submit(work.remembered), 'nothing')
  })

  test('a worker that replaces another one is initialised as well', async () => {
    await using pool = make({ maxWorkers: 1, initializer: work.remember, initargs: ['br'], maxTasksPerChild: 1 })
    for (let count = 0; count < 2; count += 1) {
      assert.deepEqual(await pool.submit(work.remembered), { values: ['br'], times: 1 })
    }
  })

  test('a failing initializer breaks the pool, and its error is the cause', async () => {
    const logged: string[] = []
    const previous = setLogger((message) => logged.push(message))
    try {
      await using pool = make({ maxWorkers: 1, initializer: work.initializerThatFails })
      const futures = [1, 2, 3].map((x) => pool.submit(work.square, x))
      const broken = (error: unknown): boolean => {
        assert.ok(error instanceof BrokenExecutorError)
        assert.equal(error.name, kind === 'thread' ? 'BrokenThreadPoolError' : 'BrokenProcessPoolError')
        assert.match(error.message, new RegExp(`initializer failed, the ${kind} pool is not usable anymore`))
        assert.ok(error.cause instanceof RangeError)
        assert.equal(error.cause.message, 'no database here')
        return true
      }
      for (const future of futures) await assert.rejects(future.result(), broken)
      assert.throws(() => pool.submit(work.square, 4), broken)
      assert.throws(() => pool.map(work.square, [4]), broken)
      assert.equal(logged.length > 0, true, 'nothing was logged')
    } finally {
      setLogger(previous)
    }
  })
}

function limits(make: MakePool): void {
  for (const [maxWorkers, maxTasksPerChild, calls] of [
    [1, 2, 4],
    [2, 2, 6],
    [1, 1, 3],
  ] as const) {
    test(`${maxWorkers} worker(s) of ${maxTasksPerChild} call(s) each serve a queue of ${calls}`, async () => {
      await using pool = make({ maxWorkers, maxTasksPerChild })
      const futures = Array.from({ length: calls }, () => pool.submit(work.whoAmI))
      const workers = (await Promise.all(futures)).map(worker)
      assert.ok(new Set(workers).size >= calls / maxTasksPerChild, workers.join(' '))
      for (const one of new Set(workers)) assert.ok(workers.filter((other) => other === one).length <= maxTasksPerChild)
    })
  }

  test('a worker is replaced while the pool shuts down without waiting', async () => {
    await using stage = await Stage.build()
    await using pool = make({ maxWorkers: 1, maxTasksPerChild: 1 })
    const futures = ['a', 'b', 'c'].map((name) => pool.submit(work.hold, stage.port, name))
    await stage.heard('a')
    await pool.shutdown({ wait: false })
    stage.cueAll()
    assert.deepEqual(await Promise.all(futures), ['a', 'b', 'c'])
  })

  test('workers start when they are needed, and an idle one is used again', async () => {
    await using pool = make({ maxWorkers: 4 })
    assert.equal(pool.stats.workers, 0)
    const workers = [await pool.submit(work.whoAmI), await pool.submit(work.whoAmI), await pool.submit(work.whoAmI)].map(worker)
    assert.equal(new Set(workers).size, 1)
    assert.equal(pool.stats.workers, 1)
  })

  test('no more workers than allowed, however long the queue', async () => {
    await using pool = make({ maxWorkers: 2 })
    const futures = Array.from({ length: 30 }, () => pool.submit(work.whoAmI))
    assert.ok(pool.stats.workers <= 2)
    const workers = (await Promise.all(futures)).map(worker)
    assert.ok(new Set(workers).size <= 2)
    await pool.shutdown()
    assert.equal(pool.stats.workers, 0)
  })
}

function force(make: MakePool): void {
  for (const method of ['terminateWorkers', 'killWorkers'] as const) {
    test(`${method}() fails what runs, cancels what waits, and is a shutdown`, async () => {
      await using stage = await Stage.build()
      await using pool = make({ maxWorkers: 1 })
      const [running, waiting] = ['a', 'b'].map((name) => pool.submit(work.hold, stage.port, name))
      await stage.heard('a')
      await pool[method]()
      await assert.rejects(running!.result(), BrokenExecutorError)
      await assert.rejects(waiting!.result(), CancelledError)
      assert.throws(() => pool.submit(work.square, 2), { code: 'ERR_EXECUTOR_SHUTDOWN' })
      assert.equal(pool.stats.workers, 0)
      assert.deepEqual(stage.said, ['a'])
    })

    test(`${method}() cancels what waits also when the pool is warm from many quick calls`, async () => {
      await using stage = await Stage.build()
      await using pool = make({ maxWorkers: 1 })
      for (let count = 0; count < 20; count += 1) await pool.submit(work.square, count)
      await Promise.all(Array.from({ length: 300 }, (_, index) => pool.submit(work.square, index)))
      const [running, waiting] = ['a', 'b'].map((name) => pool.submit(work.hold, stage.port, name))
      await stage.heard('a')
      await pool[method]()
      await assert.rejects(running!.result(), BrokenExecutorError)
      await assert.rejects(waiting!.result(), CancelledError)
      assert.deepEqual(stage.said, ['a'])
    })

    test(`${method}() before the first worker is only a shutdown`, async () => {
      await using pool = make({ maxWorkers: 1 })
      await pool[method]()
      await pool[method]()
      assert.throws(() => pool.submit(work.square, 2), { code: 'ERR_EXECUTOR_SHUTDOWN' })
    })

    test(`${method}() on a pool that is shut down and idle is fine`, async () => {
      await using pool = make({ maxWorkers: 1 })
      assert.equal(await pool.submit(work.square, 2), 4)
      await pool.shutdown()
      await pool[method]()
    })
  }
}

function door(make: MakePool): void {
  const refused: readonly [options: PoolOptions, name: string, message: string][] = [
    [{ maxWorkers: 0 }, 'RangeError', 'maxWorkers must be greater than 0'],
    [{ maxWorkers: -1 }, 'RangeError', 'maxWorkers must be greater than 0'],
    [{ maxWorkers: 1.5 }, 'TypeError', 'Expected `maxWorkers` to be an integer from 1 up, got 1.5 (number)'],
    [{ maxWorkers: 'x' as never }, 'TypeError', "Expected `maxWorkers` to be an integer from 1 up, got 'x' (string)"],
    [{ maxTasksPerChild: 0 }, 'RangeError', 'maxTasksPerChild must be >= 1'],
    [{ maxTasksPerChild: -3 }, 'RangeError', 'maxTasksPerChild must be >= 1'],
    [{ initializer: 'remember' as never }, 'TypeError', 'initializer must be a callable'],
    [{ initializer: {} as never }, 'TypeError', 'initializer must be a callable'],
  ]
  for (const [options, name, message] of refused) {
    const [[option, value] = []] = Object.entries(options)
    test(`the constructor refuses ${option}: ${JSON.stringify(value)}`, () => {
      assert.throws(
        () => make(options),
        (error) => error instanceof Error && error.name === name && error.message.includes(message),
      )
    })
  }

  test('the constructor takes a bare number of workers', async () => {
    const { constructor } = make({ maxWorkers: 1 })
    await using pool = new (constructor as new (maxWorkers: number) => Pool)(2)
    assert.equal(await pool.submit(work.square, 3), 9)
    assert.throws(() => new (constructor as new (maxWorkers: number) => Pool)(0), RangeError)
  })

  test('a nested pool may be allowed', async () => {
    await using pool = make({ maxWorkers: 1, allowNested: true })
    assert.equal(await pool.submit(submitFromTask, 'thread', true), 36)
  })
}
