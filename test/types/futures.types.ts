/** What must compile and what must not. This file is only compiled, never run: a wrong declaration breaks the build. */
import { expectTypeOf } from 'expect-type'
import {
  asCompleted,
  AsyncExecutor,
  currentTask,
  Future,
  ProcessPoolExecutor,
  SequentialExecutor,
  task,
  tasks,
  ThreadPoolExecutor,
  wait,
  type Executor,
  type FutureState,
  type MapResults,
  type Settled,
  type TaskRef,
} from 'halyard/futures'

declare const executor: Executor
declare function downloadOne(cc: string): Promise<string>
declare function area(width: number, height: number): number
declare function label(name: string, size: number, isLast: boolean): string
declare function optional(cc: string, verbose?: boolean): Date
declare function nothing(): void

export async function submitting(): Promise<void> {
  expectTypeOf(executor.submit(downloadOne, 'br')).toEqualTypeOf<Future<string>>()
  expectTypeOf(executor.submit(area, 3, 4)).toEqualTypeOf<Future<number>>()
  expectTypeOf(executor.submit(nothing)).toEqualTypeOf<Future<void>>()
  expectTypeOf(executor.submit(optional, 'br')).toEqualTypeOf<Future<Date>>()
  expectTypeOf(executor.submit(optional, 'br', true)).toEqualTypeOf<Future<Date>>()
  expectTypeOf(executor.submit((x: number) => [x], 1)).toEqualTypeOf<Future<number[]>>()
  expectTypeOf(await executor.submit(downloadOne, 'br')).toBeString()
  expectTypeOf(executor.trySubmit(downloadOne, 'br')).toEqualTypeOf<Future<string> | undefined>()

  // @ts-expect-error wrong type of argument
  executor.submit(downloadOne, 42)
  // @ts-expect-error missing argument
  executor.submit(downloadOne)
  // @ts-expect-error one argument too many
  executor.submit(downloadOne, 'br', 'cn')
  // @ts-expect-error second argument missing
  executor.submit(area, 3)
  // @ts-expect-error not a function
  executor.submit('downloadOne', 'br')
  // @ts-expect-error wrong type of argument
  executor.trySubmit(area, '3', 4)
}

export function scheduling(): void {
  expectTypeOf(executor.schedule({ fn: downloadOne, args: ['br'] })).toEqualTypeOf<Future<string>>()
  expectTypeOf(
    executor.schedule({ fn: area, args: [1, 2], timeout: 1, priority: 1, key: 'k', retries: 1, grace: 1, transfer: [] }),
  ).toEqualTypeOf<Future<number>>()
  executor.schedule({ fn: downloadOne, args: ['br'], signal: AbortSignal.timeout(1) })

  // @ts-expect-error wrong type of argument
  executor.schedule({ fn: downloadOne, args: [42] })
  // @ts-expect-error missing argument
  executor.schedule({ fn: area, args: [1] })
  // @ts-expect-error args are needed
  executor.schedule({ fn: downloadOne })
  // @ts-expect-error a timeout is a number of ms
  executor.schedule({ fn: downloadOne, args: ['br'], timeout: '1s' })
  // @ts-expect-error no such option
  executor.schedule({ fn: downloadOne, args: ['br'], timeuot: 1 })
}

declare function letters(): AsyncGenerator<string>

export async function mapping(): Promise<void> {
  expectTypeOf(executor.map(downloadOne, ['br', 'cn'])).toExtend<MapResults<string>>()
  expectTypeOf(await executor.map(downloadOne, ['br']).toArray()).toEqualTypeOf<string[]>()
  expectTypeOf(await executor.map(downloadOne, new Set(['br'])).toArray()).toEqualTypeOf<string[]>()
  expectTypeOf(await executor.map(downloadOne, letters()).toArray()).toEqualTypeOf<string[]>()
  expectTypeOf(await executor.map(area, [1], [2]).toArray()).toEqualTypeOf<number[]>()
  expectTypeOf(await executor.map(area, [1], [2], { chunksize: 2 }).toArray()).toEqualTypeOf<number[]>()
  expectTypeOf(await executor.map(label, ['a'], [1], [true]).toArray()).toEqualTypeOf<string[]>()
  expectTypeOf(await executor.map(label, ['a'], new Set([1]), [true], { timeout: 1 }).toArray()).toEqualTypeOf<string[]>()
  expectTypeOf(await executor.map((x: number) => `${x}`, [1]).toArray()).toEqualTypeOf<string[]>()
  for await (const image of executor.map(downloadOne, ['br'], { buffersize: 2, unordered: true, onError: 'continue' })) {
    expectTypeOf(image).toBeString()
  }
  for await (const settled of executor.map(downloadOne, ['br']).settled()) {
    expectTypeOf(settled).toEqualTypeOf<Settled<string>>()
    if (settled.status === 'fulfilled') expectTypeOf(settled.value).toBeString()
    else expectTypeOf(settled.reason).toBeUnknown()
  }

  // @ts-expect-error wrong type of input
  executor.map(downloadOne, [1, 2])
  // @ts-expect-error the second iterable is missing
  executor.map(area, [1])
  // @ts-expect-error wrong type in the second iterable
  executor.map(area, [1], ['2'])
  // @ts-expect-error no such way of handling errors
  executor.map(downloadOne, ['br'], { onError: 'ignore' })
  // @ts-expect-error not iterable
  executor.map(downloadOne, 42)
}

const work = tasks<{
  downloadOne(cc: string): Promise<string>
  area(width: number, height: number): number
  readonly LIMIT: number
}>('./work.js', import.meta.url)

export async function naming(): Promise<void> {
  const fixtures = tasks<typeof import('../fixtures/tasks.js')>('../fixtures/tasks.js', import.meta.url)
  expectTypeOf(executor.submit(fixtures.square, 2)).toEqualTypeOf<Future<number>>()
  expectTypeOf(executor.submit(work.downloadOne, 'br')).toEqualTypeOf<Future<string>>()
  expectTypeOf(work.area).toExtend<TaskRef<[number, number], number>>()
  expectTypeOf(await executor.map(work.area, [1], [2]).toArray()).toEqualTypeOf<number[]>()
  expectTypeOf(executor.schedule({ fn: work.downloadOne, args: ['br'] })).toEqualTypeOf<Future<string>>()
  const double = task(import.meta, 'double', (x: number): number => x * 2)
  expectTypeOf(double).toEqualTypeOf<(x: number) => number>()
  expectTypeOf(executor.submit(double, 2)).toEqualTypeOf<Future<number>>()

  // @ts-expect-error wrong type of argument of a reference
  executor.submit(work.downloadOne, 42)
  // @ts-expect-error missing argument of a reference
  executor.submit(work.area, 1)
  // @ts-expect-error the module exports no such function
  executor.submit(work.uploadOne, 'br')
  // @ts-expect-error not a function, so not a task
  executor.submit(work.LIMIT)
  // @ts-expect-error a reference is not a function here
  work.downloadOne('br')
  // @ts-expect-error wrong type of argument
  executor.submit(double, 'br')
}

export async function waiting(numbers: Future<number>[], texts: Future<string>[]): Promise<void> {
  const { done, notDone } = await wait(numbers, { returnWhen: 'FIRST_EXCEPTION', timeout: 1, count: 2 })
  expectTypeOf(done).toEqualTypeOf<Set<Future<number>>>()
  expectTypeOf(notDone).toEqualTypeOf<Set<Future<number>>>()
  const mixed = await wait([...numbers, ...texts])
  for (const future of mixed.done) expectTypeOf(future).toExtend<Future<number> | Future<string>>()
  const next = await asCompleted(numbers, { timeout: 1 }).next()
  if (next.done !== true) expectTypeOf(next.value).toExtend<Future<number>>()
  asCompleted(new Set([...numbers, ...texts]))
  asCompleted(new Map<Future<number>, string>().keys())

  // @ts-expect-error no such condition
  await wait(numbers, { returnWhen: 'SOME' })
  // @ts-expect-error promises are not futures
  await wait([Promise.resolve(1)])
  // @ts-expect-error promises are not futures
  asCompleted([Promise.resolve(1)])
}

export async function futures(future: Future<number>): Promise<void> {
  expectTypeOf(await future).toBeNumber()
  expectTypeOf(future).toExtend<PromiseLike<number>>()
  expectTypeOf(future.state).toEqualTypeOf<FutureState>()
  expectTypeOf(future.resultNow()).toBeNumber()
  expectTypeOf(future.exceptionNow()).toEqualTypeOf<Error | null>()
  expectTypeOf(await future.result({ timeout: 1 })).toBeNumber()
  expectTypeOf(await future.exception()).toEqualTypeOf<Error | null>()
  expectTypeOf(future.catch(() => 'x')).toEqualTypeOf<Promise<number | string>>()
  expectTypeOf(future.then((x) => `${x}`)).toEqualTypeOf<Promise<string>>()
  expectTypeOf(future.finally(() => {})).toEqualTypeOf<Promise<number>>()
  expectTypeOf(await Promise.all([future, executor.submit(downloadOne, 'br')])).toEqualTypeOf<[number, string]>()
  future.addDoneCallback((done) => expectTypeOf(done).toEqualTypeOf<Future<number>>())
  for await (const step of future.progress) expectTypeOf(step).toBeUnknown()
  const producer = Future.withResolvers<string>()
  expectTypeOf(producer.future).toEqualTypeOf<Future<string>>()
  expectTypeOf(producer.setRunningOrNotifyCancel()).toBeBoolean()
  const thing: unknown = future
  if (Future.isFuture(thing)) expectTypeOf(thing).toEqualTypeOf<Future<unknown>>()

  // @ts-expect-error the result has its type
  producer.setResult(42)
  // @ts-expect-error read only
  future.state = 'finished'
  // @ts-expect-error only executors and withResolvers make futures
  void new Future<number>()
}

export async function executors(): Promise<void> {
  for (const one of [new SequentialExecutor(), new AsyncExecutor(2), new ThreadPoolExecutor(20), new ProcessPoolExecutor()]) {
    expectTypeOf(one).toExtend<Executor>()
    expectTypeOf(one).toExtend<AsyncDisposable>()
  }
  expectTypeOf(
    await new ThreadPoolExecutor(1).use((pool) => {
      expectTypeOf(pool).toEqualTypeOf<ThreadPoolExecutor>()
      return pool.submit(area, 1, 2)
    }),
  ).toBeNumber()
  expectTypeOf(currentTask()?.signal).toEqualTypeOf<AbortSignal | undefined>()
  expectTypeOf(currentTask()?.attempt).toEqualTypeOf<number | undefined>()
  void new ThreadPoolExecutor({ threads: 2, resourceLimits: { maxOldGenerationSizeMb: 16 }, initializer: nothing })
  void new ThreadPoolExecutor({ initializer: downloadOne, initargs: ['br'], maxTasksPerChild: 2, onWorkerDeath: 'break' })
  void new ProcessPoolExecutor({ callsPerProcess: 2, killSignal: 'SIGKILL', env: { A: '1' }, execArgv: [], imports: ['./a.js'] })

  // @ts-expect-error processes have no threads
  void new ProcessPoolExecutor({ threads: 2 })
  // @ts-expect-error no such rule
  void new ThreadPoolExecutor({ onWorkerDeath: 'ignore' })
  // @ts-expect-error a number or options
  void new ThreadPoolExecutor('20')
  // @ts-expect-error a signal by its name
  void new ProcessPoolExecutor({ killSignal: 'SIGNOTHING' })
}
