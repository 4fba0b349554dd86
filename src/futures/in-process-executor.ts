import { captureContext } from './async-context.js'
import type { Call, CallRunner } from './call.js'
import { currentContext, runInTask, TaskContext } from './current-task.js'
import { NestedSubmitError, TaskNotFoundError } from './errors.js'
import { Executor } from './executor.js'
import { access } from './future.js'
import { describeTask, explicitReference } from './task.js'

type TaskFunction = (...args: never[]) => unknown

/** Runs calls in this thread, on its event loop: what the sequential and the async executor share. They differ in how many at once. */
export abstract class InProcessExecutor extends Executor {
  /** Numbers of the slots that were used and are free again. */
  readonly #freeSlots: number[] = []
  #slotsUsed = 0
  #busy = 0
  #isDispatching = false

  protected override get workerCount(): number {
    return 1
  }

  protected override get busy(): number {
    return this.#busy
  }

  protected override get runsChunks(): boolean {
    return false
  }

  protected override refusal(fn: unknown): Error | undefined {
    if (this.allowNested || this.busy < this.maxWorkers || currentContext()?.executor !== this) return undefined
    return new NestedSubmitError(
      `A task of ${this.name} submitted '${describeTask(fn)}' to the executor it runs in, which has no free slot: if it waits for that call, ` +
        'both wait for ever. Use another executor, more workers, or { allowNested: true } if nothing waits.',
    )
  }

  protected override dispatch(): void {
    // A synchronous task ends before it is out of this loop, so the loop starts the next; a nested submit must not start a second loop.
    if (this.#isDispatching) return
    this.#isDispatching = true
    while (this.busy < this.maxWorkers) {
      const call = this.queue.shift()
      if (call === undefined) break
      this.#start(call)
    }
    this.#isDispatching = false
  }

  /** It starts later, in somebody else's turn of the loop, and must not see that one's async context. */
  protected override postponed(call: Call): void {
    call.context = captureContext()
  }

  #start(call: Call): void {
    const slot = this.#freeSlots.pop() ?? this.#slotsUsed++
    const worker = `${this.name}_${slot}`
    call.attempt += 1
    access.begin(call.future, worker)
    const context = new TaskContext(worker, call.attempt, (value) => access.report(call.future, value), this)
    call.runner = new Running(context)
    this.#busy += 1
    const end = (failed: boolean, value: unknown): void => {
      this.#busy -= 1
      this.#freeSlots.push(slot)
      this.settle(call, failed, value)
      this.released()
      this.dispatch()
    }
    let result: unknown
    try {
      const run = (): unknown => runInTask(context, this.#functionOf(call), call.args)
      result = call.context === undefined ? run() : call.context(run)
    } catch (error) {
      end(true, error)
      return
    }
    if (isThenable(result)) {
      result.then(
        (value) => end(false, value),
        (error: unknown) => end(true, error),
      )
    } else end(false, result)
  }

  #functionOf({ fn }: Call): TaskFunction {
    if (typeof fn === 'function') return fn as TaskFunction
    const { url, name } = explicitReference(fn)!
    return async (...args: never[]) => {
      const module = (await import(url)) as Record<string, unknown>
      const found = module[name]
      if (typeof found !== 'function')
        throw new TaskNotFoundError(`'${name}' is not a function exported by ${url}; exported: ${Object.keys(module).join(', ')}`)
      return (found as (...args: never[]) => unknown)(...args)
    }
  }
}

/** A call that runs. Nothing is handed over early here: a call is in the queue or it runs. */
class Running implements CallRunner {
  readonly #context: TaskContext

  constructor(context: TaskContext) {
    this.#context = context
  }

  abort(_call: Call, reason: unknown): void {
    this.#context.abort(reason)
  }

  recall(): boolean {
    return false
  }

  begunIn(): undefined {
    return undefined
  }
}

function isThenable(x: unknown): x is PromiseLike<unknown> {
  return (typeof x === 'object' || typeof x === 'function') && x !== null && typeof (x as { then?: unknown }).then === 'function'
}
