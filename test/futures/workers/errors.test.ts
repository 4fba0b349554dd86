import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  AsyncExecutor,
  CancelledError,
  registerError,
  RemoteError,
  SequentialExecutor,
  TimeoutError,
  type Executor,
  type MapResults,
} from 'halyard/futures'
import { identity } from '../../fixtures/workers/arithmetic.js'
import {
  anyOfNone,
  misuseNode,
  outlive,
  readMissingFile,
  RegisteredError,
  rejectWithHttpError,
  throwAbortError,
  throwAggregate,
  throwBareFunctionCause,
  throwCancelled,
  throwCausedByRegistered,
  throwCircular,
  throwCoded,
  throwDeep,
  throwFromAnotherRealm,
  throwFrozen,
  throwFunction,
  throwHttpError,
  throwIfAborted,
  throwRegistered,
  throwSymbol,
  throwThreeDeep,
  throwTimeout,
  throwValue,
  throwWithFunctions,
  throwWithHostileGetter,
} from '../../fixtures/workers/errors.js'
import { myToken } from '../../fixtures/workers/identity.js'
import { causes, rejection, rejectionOf, testPools, testOnePool } from '../../support/worker-pools.js'

type WithProps = Error & Record<string, unknown>

/** What holds in a worker holds without one: the same test for all four executors. */
function testExecutors(title: string, body: (executor: Executor) => Promise<void>): void {
  testOnePool(title, body)
  test(`${title} (event loop)`, () => new AsyncExecutor(1).use(body))
  test(`${title} (sequential)`, () => new SequentialExecutor().use(body))
}

testExecutors('a thrown DOMException arrives as an Error named AbortError', async (executor) => {
  for (const task of [throwAbortError, throwIfAborted]) {
    const error = await rejectionOf(Error, executor.submit(task))
    assert.ok(error instanceof DOMException)
    assert.equal(error.name, 'AbortError')
    assert.equal(error.code, DOMException.ABORT_ERR)
    assert.match(error.message, task === throwAbortError ? /^The user stopped it$/ : /aborted/)
  }
})

testExecutors("a task's own TimeoutError is tellable from a deadline of the library's", async (executor) => {
  const error = await rejectionOf(Error, executor.submit(outlive))
  assert.equal(error.name, 'TimeoutError')
  assert.ok(!(error instanceof TimeoutError))
  assert.notEqual((error as WithProps).code, 'ERR_FUTURE_TIMEOUT')
})

testExecutors('a custom error keeps its name, message, code and own properties', async (executor) => {
  for (const task of [throwHttpError, rejectWithHttpError]) {
    const future = executor.submit(task, 404)
    const error = (await rejectionOf(Error, future)) as WithProps
    assert.equal(error.name, 'HttpError')
    assert.equal(error.message, 'the server answered 404')
    assert.equal(error.code, 'ERR_HTTP')
    assert.equal(error.status, 404)
    assert.deepEqual(error.headers, new Map([['retry-after', '3']]))
    assert.equal(await future.exception(), error)
    assert.equal(future.state, 'finished')
  }
})

testOnePool('an error of a class that is unknown here is a RemoteError of the same name', async (pool) => {
  const error = await rejectionOf(RemoteError, pool.submit(throwHttpError, 404))
  assert.equal(error.name, 'HttpError')
  assert.match(String(error), /^HttpError: the server answered 404$/)
  assert.equal(error.code, 'ERR_HTTP')
})

testOnePool('an error of an unknown class has the code of the original, and one of its own if that had none', async (pool) => {
  for (const [how, code] of [
    ['plain', 'ERR_REMOTE'],
    ['declaring', 'ERR_REMOTE'],
    ['computing', 'ERR_404'],
  ] as const) {
    assert.equal((await rejectionOf(RemoteError, pool.submit(throwCoded, how))).code, code)
  }
  assert.equal((await rejectionOf(RemoteError, pool.submit(throwFunction))).code, 'ERR_REMOTE')
})

testExecutors('a chain of causes arrives three deep, each with its class, code and properties', async (executor) => {
  const top = (await rejectionOf(RangeError, executor.submit(throwThreeDeep))) as WithProps
  assert.deepEqual([top.message, top.code, top.depth], ['top', 'ERR_TOP', 1])
  const middle = top.cause as WithProps
  assert.ok(middle instanceof Error)
  assert.deepEqual(
    [middle.name, middle.message, middle.code, middle.status],
    ['HttpError', 'the server answered 503', 'ERR_HTTP', 503],
  )
  const root = middle.cause as WithProps
  assert.ok(root instanceof TypeError)
  assert.deepEqual([root.message, root.code, root.depth, root.cause], ['root', 'ERR_ROOT', 3, undefined])
})

testExecutors('an AggregateError keeps every one of its errors, nested and caused ones too', async (executor) => {
  const error = (await rejectionOf(AggregateError, executor.submit(throwAggregate))) as AggregateError & WithProps
  assert.equal(error.message, 'three mirrors failed')
  assert.equal(error.code, 'ERR_MIRRORS')
  assert.equal(error.errors.length, 4)
  const [first, second, third, fourth] = error.errors as [WithProps, WithProps, unknown, AggregateError]
  assert.ok(first instanceof Error)
  assert.deepEqual([first.name, first.status, first.code], ['HttpError', 404, 'ERR_HTTP'])
  assert.ok(second instanceof TypeError)
  assert.equal((second.cause as WithProps).status, 500)
  assert.equal(third, 'just text')
  assert.ok(fourth instanceof AggregateError)
  assert.ok(fourth.errors[0] instanceof RangeError)
  assert.equal(fourth.errors[0].message, 'deepest')
})

testExecutors('the AggregateError of Promise.any arrives with its errors', async (executor) => {
  const error = await rejectionOf(AggregateError, executor.submit(anyOfNone))
  assert.deepEqual(
    error.errors.map((inner: WithProps) => inner.status),
    [404, 410],
  )
})

testExecutors('an error whose cause holds a function still arrives, with everything that can be sent', async (executor) => {
  const error = (await rejectionOf(Error, executor.submit(throwWithFunctions))) as WithProps
  assert.equal(error.message, 'outer')
  assert.equal(error.name, 'Error')
  assert.equal(error.status, 418)
  const middle = error.cause as WithProps
  assert.ok(middle instanceof Error)
  assert.equal(middle.message, 'middle')
  assert.equal(middle.kept, 'yes')
  assert.notEqual(middle.cause, undefined, 'a cause that cannot be sent is described, not dropped')
  const bare = (await rejectionOf(Error, executor.submit(throwBareFunctionCause))) as WithProps
  assert.equal(bare.message, 'outer')
  assert.notEqual(bare.cause, undefined, 'a cause that cannot be sent is described, not dropped')
})

testExecutors('an error that is its own cause arrives', async (executor) => {
  const error = await rejectionOf(Error, executor.submit(throwCircular))
  assert.equal(error.message, 'round and round')
  assert.equal((error.cause as Error).message, 'inner')
})

testExecutors('a very long chain of causes arrives at least eight deep', async (executor) => {
  const error = await rejectionOf(Error, executor.submit(throwDeep, 2_000))
  const chain = causes(error)
  assert.ok(chain.length >= 8, `only ${chain.length} arrived`)
  assert.deepEqual(
    chain.slice(0, 8).map((cause) => (cause as Error).message),
    [1999, 1998, 1997, 1996, 1995, 1994, 1993, 1992].map((level) => `level ${level}`),
  )
})

testExecutors('a frozen error arrives', async (executor) => {
  const error = (await rejectionOf(Error, executor.submit(throwFrozen))) as WithProps
  assert.deepEqual([error.name, error.status], ['HttpError', 423])
})

testOnePool('an error with a getter that throws arrives without it', async (pool) => {
  const error = (await rejectionOf(Error, pool.submit(throwWithHostileGetter))) as WithProps
  assert.equal(error.message, 'readable')
  assert.equal(error.kept, 1)
})

testOnePool('an error made in another realm arrives as an Error', async (pool) => {
  const error = (await rejectionOf(Error, pool.submit(throwFromAnotherRealm))) as WithProps
  assert.deepEqual([error.name, error.message, error.code], ['TypeError', 'from elsewhere', 'ERR_REALM'])
})

testExecutors("Node's own errors keep what Node adds to them", async (executor) => {
  const missing = (await rejectionOf(Error, executor.submit(readMissingFile, '/there/is/no/such/file'))) as WithProps
  assert.deepEqual([missing.code, missing.syscall, missing.path], ['ENOENT', 'open', '/there/is/no/such/file'])
  assert.equal(typeof missing.errno, 'number')
  const misuse = (await rejectionOf(TypeError, executor.submit(misuseNode))) as WithProps
  assert.equal(misuse.code, 'ERR_INVALID_ARG_TYPE')
})

testExecutors('whatever is thrown rejects, falsy values too', async (executor) => {
  for (const thrown of [undefined, null, 0, '', false, Number.NaN, 'text', 7n, { reason: 'an object' }, ['a', 'list']]) {
    const future = executor.submit(throwValue, thrown)
    assert.deepEqual(await rejection(future), thrown)
    const exception = await future.exception()
    assert.ok(exception instanceof Error)
    assert.deepEqual(exception.cause, thrown)
  }
})

testOnePool('a thrown value that cannot be sent still rejects, as an Error, and the worker lives', async (pool) => {
  const before = await pool.submit(myToken)
  for (const task of [throwFunction, throwSymbol]) {
    const error = await rejectionOf(Error, pool.submit(task))
    assert.match(error.message, task === throwFunction ? /function/ : /symbol/i)
  }
  assert.equal(await pool.submit(myToken), before)
})

testOnePool('a registered class comes back as itself, as a cause too', async (pool) => {
  registerError(RegisteredError)
  const error = await rejectionOf(RegisteredError, pool.submit(throwRegistered, 3))
  assert.deepEqual(
    [error.name, error.message, error.code, error.attempts],
    ['RegisteredError', 'too many attempts', 'ERR_REGISTERED', 3],
  )
  assert.equal(error.tired, true, 'its methods work')
  const outer = await rejectionOf(Error, pool.submit(throwCausedByRegistered))
  assert.ok(outer.cause instanceof RegisteredError)
  assert.equal(outer.cause.attempts, 3)
})

testExecutors('a task that throws CancelledError has failed, it was not cancelled', async (executor) => {
  const future = executor.submit(throwCancelled)
  const error = await rejectionOf(CancelledError, future)
  assert.equal(error.message, 'the task says so')
  assert.equal(error.cause, 'its own reason')
  assert.equal(future.cancelled(), false)
  assert.equal(future.state, 'finished')
})

testExecutors("a task that throws the library's TimeoutError fails with it", async (executor) => {
  const error = await rejectionOf(TimeoutError, executor.submit(throwTimeout))
  assert.equal(error.message, 'the task says so')
})

testPools('the stack shows where it failed over there, in which worker, and who asked here', async ({ open }) => {
  const pool = open({ maxWorkers: 1, name: 'Mast' })
  const error = await rejectionOf(Error, submitFromHere(pool))
  const [remote, local] = (error.stack ?? '').split('--- in worker Mast_0 (throwHttpError) ---')
  assert.ok(local !== undefined, `no separator in:\n${error.stack}`)
  assert.match(remote ?? '', /^HttpError: the server answered 500\n/)
  assert.match(remote ?? '', /throwHttpError .*fixtures\/workers\/errors\.js/)
  assert.match(local, /submitFromHere .*errors\.test\.js/)
})

testPools('the stack of an error inside a chunk shows as much', async ({ open }) => {
  const pool = open({ maxWorkers: 1, name: 'Mast' })
  const outcomes: unknown[] = []
  for await (const settled of mapFromHere(pool).settled()) outcomes.push(settled.status === 'rejected' ? settled.reason : settled)
  assert.equal(outcomes.length, 3)
  for (const error of outcomes) {
    assert.ok(error instanceof Error)
    const [remote, local] = (error.stack ?? '').split('--- in worker Mast_0 (throwHttpError) ---')
    assert.ok(local !== undefined, `no separator in:\n${error.stack}`)
    assert.match(remote ?? '', /throwHttpError .*fixtures\/workers\/errors\.js/)
    assert.match(local, /mapFromHere .*errors\.test\.js/)
  }
})

function mapFromHere(pool: Executor): MapResults<unknown> {
  return pool.map(throwHttpError, [500, 501, 502], { chunksize: 2, onError: 'continue' })
}

function submitFromHere(pool: Executor): PromiseLike<unknown> {
  return pool.submit(throwHttpError, 500)
}

testPools('errors of many calls at once reach each its own future', async ({ openShared }) => {
  const pool = openShared(8)
  const statuses = Array.from({ length: 60 }, (_, i) => 400 + i)
  const outcomes = await Promise.all(
    statuses.map(async (status) =>
      status % 3 === 0
        ? pool.submit(identity, status)
        : ((await rejection(pool.submit(rejectWithHttpError, status))) as WithProps).status,
    ),
  )
  assert.deepEqual(outcomes, statuses)
})
