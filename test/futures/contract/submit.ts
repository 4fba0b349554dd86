/** submit(): what comes back, when a call starts, and in which order. */
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { CancelledError, Future } from 'halyard/futures'
import * as work from '../../fixtures/tasks.js'
import { collected } from '../../support/garbage.js'
import type { Contract } from './scene.js'

export function submitContract(contract: Contract): void {
  results(contract)
  order(contract)
  callbacks(contract)
}

function results({ test, capabilities }: Pick<Contract, 'test' | 'capabilities'>): void {
  test('submit returns a Future of the result', async ({ pair }) => {
    const future = pair.submit(work.square, 7)
    assert.ok(Future.isFuture(future))
    assert.equal(await future, 49)
    assert.equal(future.state, 'finished')
    assert.equal(future.resultNow(), 49)
    assert.equal(await future.result(), 49)
    assert.equal(await future.exception(), null)
  })

  test('submit passes every argument in its place', async ({ pair }) => {
    assert.equal(await pair.submit(work.sentence, 'Ada', 'hoists', 'a flag'), 'Ada hoists a flag')
    assert.deepEqual(await pair.submit(work.argumentsOf), [])
    assert.deepEqual(await pair.submit(work.argumentsOf, [1, 2], undefined, null), [[1, 2], undefined, null])
  })

  test('an async function is awaited', async ({ pair }) => {
    assert.equal(await pair.submit(work.squareLater, 5), 25)
  })

  test('a thenable result is awaited', async ({ pair }) => {
    assert.equal(await pair.submit(work.thenable, 5), 5)
  })

  test('values come back as they are, the falsy ones too', async ({ pair }) => {
    const values = [
      undefined,
      null,
      false,
      0,
      -0,
      Number.NaN,
      '',
      10n ** 30n,
      new Date(0),
      new Map([['a', new Set([1])]]),
      { a: [1] },
    ]
    for (const value of values) assert.deepEqual(await pair.submit(work.echo, value), value)
  })

  test('a thrown error fails its future and never escapes submit', async ({ pair }) => {
    const future = pair.submit(work.fail, 'no')
    await assert.rejects(future.result(), { constructor: TypeError, name: 'TypeError', message: 'no' })
    assert.equal(future.state, 'finished')
    assert.equal((await future.exception())?.message, 'no')
    assert.throws(() => future.resultNow(), { constructor: TypeError, message: 'no' })
    assert.equal(future.exceptionNow()?.message, 'no')
  })

  test('a rejected promise fails its future the same way', async ({ pair }) => {
    await assert.rejects(pair.submit(work.failLater, 'later').result(), { constructor: TypeError, message: 'later' })
  })

  for (const value of [undefined, null, false, 0, '', 'a string', 42]) {
    test(`throwing ${JSON.stringify(value)} is a failure too`, async ({ pair }) => {
      const future = pair.submit(work.throwValue, value)
      const outcome = await future.result().then(
        () => 'fulfilled',
        (reason: unknown) => ({ reason }),
      )
      assert.deepEqual(outcome, { reason: value })
      const exception = await future.exception()
      assert.ok(exception instanceof Error)
      assert.ok('cause' in exception)
      assert.equal(exception.cause, value)
      assert.equal(future.exceptionNow() instanceof Error, true)
    })
  }

  test('what cannot be called is refused at the door', ({ pair }) => {
    for (const fn of [42, 'square', undefined, null, {}]) assert.throws(() => pair.submit(fn as never), TypeError)
  })

  test('a failed call does not disturb the next ones', async ({ single }) => {
    const futures = [1, 2, 3, 4].map((x) => single.submit(work.evenOnly, x))
    const outcomes = await Promise.allSettled(futures)
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'fulfilled', 'rejected', 'fulfilled'],
    )
  })

  test('hundreds of calls all get their own answer', async ({ pair }) => {
    const inputs = Array.from({ length: 300 }, (_, index) => index)
    const answers = await Promise.all(inputs.map((x) => pair.submit(work.square, x)))
    assert.deepEqual(
      answers,
      inputs.map((x) => x * x),
    )
  })

  test('a finished call keeps nothing alive: not its arguments, not its result, not its future', async ({ pair }) => {
    const references: WeakRef<object>[] = []
    await (async () => {
      const argument = { big: new Uint8Array(1000) }
      const future = pair.submit(work.echo, argument)
      references.push(new WeakRef(argument), new WeakRef((await future) as object), new WeakRef(future))
    })()
    assert.equal(await collected(...references), true)
  })

  test('a finished call keeps nothing alive on an idle executor with no next call either', async ({ make }) => {
    const executor = make({ maxWorkers: 1 })
    const references: WeakRef<object>[] = []
    await (async () => {
      const values = [{ one: 1 }, { two: 2 }]
      const futures = values.map((value) => executor.submit(work.echo, value))
      await Promise.all(futures)
      references.push(...values.map((value) => new WeakRef(value)), ...futures.map((future) => new WeakRef(future)))
    })()
    assert.equal(await collected(...references), true)
  })

  if (capabilities.inProcess) {
    test('in this thread arguments, results and errors are the very same objects', async ({ pair }) => {
      const argument = { a: 1 }
      const error = new Error('mine')
      assert.equal(await pair.submit(work.echo, argument), argument)
      assert.equal(await pair.submit(work.throwValue, error).exception(), error)
    })
  }
}

function order({ test }: Pick<Contract, 'test'>): void {
  test('a call handed to a free worker is running at once', async ({ single, stage, port }) => {
    const future = single.submit(work.hold, port, 'a')
    assert.equal(future.state, 'running')
    assert.equal(future.running(), true)
    assert.equal(future.done(), false)
    stage.cue('a')
    assert.equal(await future, 'a')
  })

  test('a call without a free worker is pending until there is one', async ({ single, stage, port }) => {
    const [first, second] = ['a', 'b'].map((name) => single.submit(work.hold, port, name))
    assert.equal(second?.state, 'pending')
    stage.cue('a')
    await first
    await stage.heard('b')
    assert.equal(second?.state, 'running')
    stage.cue('b')
    await second
  })

  test('one worker runs calls in the order of submission', async ({ single, stage, port }) => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const futures = names.map((name) => single.submit(work.hold, port, name))
    stage.cueAll()
    await Promise.all(futures)
    assert.deepEqual(stage.said, names)
  })

  test('one worker runs one call at a time', async ({ single, stage, port }) => {
    const futures = ['a', 'b'].map((name) => single.submit(work.hold, port, name))
    await stage.heard('a')
    await work.say(port, 'the test')
    assert.deepEqual(stage.said, ['a', 'the test'])
    stage.cueAll()
    await Promise.all(futures)
  })

  test('two workers run two calls at a time, and the third waits', async ({ pair, stage, port }) => {
    const futures = ['a', 'b', 'c'].map((name) => pair.submit(work.hold, port, name))
    assert.deepEqual(
      futures.map(({ state }) => state),
      ['running', 'running', 'pending'],
    )
    await stage.heard('a', 'b')
    assert.equal(stage.said.length, 2)
    stage.cue('b')
    await futures[1]
    await stage.heard('c')
    assert.equal(futures[0]?.running(), true)
    stage.cueAll()
    await Promise.all(futures)
  })

  test('a pending call can be cancelled and never runs', async ({ single, stage, port }) => {
    const [first, second, third] = ['a', 'b', 'c'].map((name) => single.submit(work.hold, port, name))
    assert.equal(second?.cancel('changed my mind'), true)
    assert.equal(second?.state, 'cancelled')
    stage.cueAll()
    await Promise.all([first, third])
    assert.deepEqual(stage.said, ['a', 'c'])
    await assert.rejects(second.result(), (error) => error instanceof CancelledError && error.cause === 'changed my mind')
  })

  test('a running call cannot be cancelled and runs to its end', async ({ single, stage, port }) => {
    const future = single.submit(work.hold, port, 'a')
    await stage.heard('a')
    assert.equal(future.cancel(), false)
    assert.equal(future.state, 'running')
    stage.cue('a')
    assert.equal(await future, 'a')
    assert.equal(future.cancel(), false)
    assert.equal(future.state, 'finished')
  })

  test('cancelling everything that waits leaves the executor in order', async ({ single, stage, port }) => {
    const first = single.submit(work.hold, port, 'first')
    const waiting = Array.from({ length: 50 }, (_, index) => single.submit(work.hold, port, `w${index}`))
    for (const future of waiting) assert.equal(future.cancel(), true)
    assert.equal(single.stats.queued, 0)
    const last = single.submit(work.hold, port, 'last')
    stage.cueAll()
    assert.deepEqual(await Promise.all([first, last]), ['first', 'last'])
    assert.deepEqual(stage.said, ['first', 'last'])
  })
}

function callbacks({ test }: Pick<Contract, 'test'>): void {
  test('a done callback runs before any promise reaction', async ({ pair, stage, port }) => {
    const log: string[] = []
    const future = pair.submit(work.hold, port, 'a')
    const reaction = future.then(() => log.push('then'))
    future.addDoneCallback((done) => log.push(`callback ${done.state}`))
    stage.cue('a')
    await reaction
    assert.deepEqual(log, ['callback finished', 'then'])
  })

  test('a done callback may submit more work to the same executor', async ({ single }) => {
    let second: Future<number> | undefined
    const first = single.submit(work.squareLater, 2)
    first.addDoneCallback((done) => {
      second = single.submit(work.square, done.resultNow())
    })
    await first
    assert.equal(await second, 16)
  })

  test("done callbacks and awaits see the submitter's async context", async ({ single, stage, port }) => {
    const context = new AsyncLocalStorage<string>()
    const seen: (string | undefined)[] = []
    const one = (name: string): Promise<unknown> =>
      context.run(name, async () => {
        const future = single.submit(work.hold, port, name)
        future.addDoneCallback(() => seen.push(context.getStore()))
        await future
        seen.push(context.getStore())
      })
    const all = ['request 1', 'request 2'].map(one)
    stage.cueAll()
    await Promise.all(all)
    assert.deepEqual(seen, ['request 1', 'request 1', 'request 2', 'request 2'])
  })
}
