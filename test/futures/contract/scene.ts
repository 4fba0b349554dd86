/** What one contract test works with, and how a contract's tests are declared. */
import { after, describe, test } from 'node:test'
import type { Executor } from 'halyard/futures'
import { Stage } from '../../support/stage.js'

export interface ExecutorOptions {
  readonly maxWorkers?: number
  readonly maxQueue?: number
  readonly name?: string
}

export type MakeExecutor = (options?: ExecutorOptions) => Executor

/** What an executor cannot do by its nature, written down instead of hidden. */
export interface Capabilities {
  /** How its workers are called when nobody names them, without the slot. */
  readonly workerName: RegExp
  /** Calls run in this thread: closures work, and arguments, results and errors are the very same objects. */
  readonly inProcess: boolean
  readonly skip?: readonly { readonly reason: string; readonly tests: readonly string[] }[]
}

/** One test's stage door and its executors; all of it is gone when the test ends. */
export class Scene implements AsyncDisposable {
  readonly stage: Stage
  readonly #make: MakeExecutor
  readonly #shared: Map<number, Executor>
  readonly #own: Executor[] = []

  constructor(stage: Stage, make: MakeExecutor, shared: Map<number, Executor>) {
    this.stage = stage
    this.#make = make
    this.#shared = shared
  }

  get port(): number {
    return this.stage.port
  }

  /** An executor of two workers (or of one, if it cannot have two) that other tests use too: leave it idle and alive. */
  get pair(): Executor {
    return this.#sharedOf(2)
  }

  /** The same with one worker. */
  get single(): Executor {
    return this.#sharedOf(1)
  }

  /** An executor of the test's own, to shut down or to fill up. */
  readonly make = (options?: ExecutorOptions): Executor => {
    const executor = this.#make(options)
    this.#own.push(executor)
    return executor
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stage.cueAll()
    for (const [maxWorkers, executor] of this.#shared) {
      // Only an idle executor goes on to the next test; what hangs is the fault of this one.
      if (!(await becomesIdle(executor))) this.#shared.delete(maxWorkers)
    }
    await Promise.all(this.#own.map((executor) => executor.shutdown({ cancelFutures: true })))
    await this.stage[Symbol.asyncDispose]()
  }

  #sharedOf(maxWorkers: number): Executor {
    const executor = this.#shared.get(maxWorkers) ?? this.#make({ maxWorkers })
    this.#shared.set(maxWorkers, executor)
    return executor
  }
}

async function becomesIdle(executor: Executor): Promise<boolean> {
  for (let patience = 2000; patience > 0; patience -= 1) {
    if (executor.stats.busy === 0 && executor.stats.queued === 0) return true
    await new Promise((resolve) => {
      setTimeout(resolve, 1)
    })
  }
  void executor.shutdown({ wait: false, cancelFutures: true })
  return false
}

type Body = (scene: Scene) => Promise<void> | void

/** One executor's contract, while it is being declared. */
export class Contract {
  readonly capabilities: Capabilities
  readonly #make: MakeExecutor
  readonly #shared = new Map<number, Executor>()
  readonly #reasons: Map<string, string>

  constructor(make: MakeExecutor, capabilities: Capabilities) {
    this.capabilities = capabilities
    this.#make = make
    this.#reasons = new Map((capabilities.skip ?? []).flatMap(({ reason, tests }) => tests.map((title) => [title, reason])))
  }

  /** Declares the parts; a skip that names no test is a mistake and fails at once. */
  declare(name: string, parts: readonly ((contract: Contract) => void)[]): void {
    describe(name, { timeout: 300_000 }, () => {
      after(() => Promise.all([...this.#shared.values()].map((executor) => executor.shutdown())))
      for (const part of parts) part(this)
      if (this.#reasons.size > 0) throw new Error(`skipped, but no such test: ${[...this.#reasons.keys()].join(' · ')}`)
    })
  }

  /** Declares one test, or skips it with its reason. A property, so that it can be taken out of the contract and used alone. */
  readonly test = (title: string, body: Body): void => {
    const reason = this.#reasons.get(title)
    this.#reasons.delete(title)
    test(title, { skip: reason ?? false, timeout: 15_000 }, async () => {
      await using scene = new Scene(await Stage.build(), this.#make, this.#shared)
      await body(scene)
    })
  }
}
