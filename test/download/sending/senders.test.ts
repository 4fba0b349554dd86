/** What both senders promise, and what slices are for. The downloads run in this thread, without a network. */
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { MemorySink } from 'halyard'
import { AsyncExecutor, BrokenThreadPoolError, type Executor, Future } from 'halyard/futures'
import type { Attempt } from '../../../src/download/attempt.js'
import type { Plan } from '../../../src/download/plan.js'
import type { InFlight, Receiving, Sender } from '../../../src/download/sending/sender.js'
import { moment } from '../../support/moment.js'
import { type Answer, ScriptedFetcher } from '../../support/scripted-fetcher.js'

const load = async <T>(file: string): Promise<T> =>
  (await import(new URL(`../../../../dist/download/${file}.js`, import.meta.url).href)) as T
const { OneByOne } = await load<typeof import('../../../src/download/sending/one-by-one.js')>('sending/one-by-one')
const { Slices } = await load<typeof import('../../../src/download/sending/slices.js')>('sending/slices')
const { useTools, closeTools } = await load<typeof import('../../../src/download/tools.js')>('tools')

/** Stands where the flow does, and keeps what it is told. */
class Told implements Receiving {
  readonly ended: (readonly [InFlight, Attempt])[] = []
  readonly failures: unknown[] = []
  readonly #wanted: number
  #arrive: () => void = () => undefined
  readonly all: Promise<void>

  constructor(wanted: number) {
    this.#wanted = wanted
    this.all = new Promise((resolve) => (this.#arrive = resolve))
  }

  over(ended: readonly (readonly [InFlight, Attempt])[]): void {
    this.ended.push(...ended)
    if (this.ended.length >= this.#wanted) this.#arrive()
  }

  failed(error: unknown): void {
    this.failures.push(error)
    this.#arrive()
  }

  progress(): void {
    // Nothing here takes that long.
  }

  get codes(): string[] {
    return this.ended.map(([, { outcome }]) => outcome.code ?? outcome.status)
  }
}

let runs = 0

function planned(t: TestContext, script: (id: number) => Answer): Plan {
  const key = `senders-${(runs += 1)}`
  const fetcher = new ScriptedFetcher(({ url }) => script(Number(url.slice(url.lastIndexOf('/') + 1))))
  useTools(key, { fetcher, sink: new MemorySink() })
  t.after(() => closeTools(key))
  const plan = {
    key,
    secretParameters: [],
    fetch: { decode: false, timeout: 0 },
    sink: { root: '/nowhere' },
    segments: { count: 1 },
  }
  return plan as unknown as Plan
}

const transfers = (count: number): InFlight[] =>
  Array.from({ length: count }, (_, id) => {
    const url = `http://host.example/${id}`
    return { ticket: { job: { id, url, file: `${id}` }, url, attempt: 1, waited: 0 }, began: 0, slot: id }
  })

const counted = (executor: Executor): { readonly calls: () => number } => {
  const submit = executor.submit.bind(executor)
  let calls = 0
  executor.submit = ((...args: Parameters<typeof submit>) => {
    calls += 1
    return submit(...args)
  }) as typeof executor.submit
  return { calls: () => calls }
}

const senders: readonly (readonly [name: string, make: (executor: Executor, plan: Plan, told: Told) => Sender])[] = [
  ['one by one', (executor, plan, told) => new OneByOne(executor, plan, told)],
  ['in slices', (executor, plan, told) => new Slices(executor, 2, plan, told)],
]

for (const [name, make] of senders) {
  describe(`Sent ${name}`, () => {
    test('each is over once, with what became of it and of no other', async (t) => {
      const plan = planned(t, (id) => (id % 3 === 0 ? { fails: 'HTTP_404', http: 404 } : { body: `body of ${id}` }))
      await using executor = new AsyncExecutor(200)
      const told = new Told(100)
      const sender = make(executor, plan, told)
      for (const transfer of transfers(100)) sender.send(transfer)
      sender.flush()
      await told.all
      assert.equal(new Set(told.ended.map(([transfer]) => transfer)).size, 100)
      for (const [{ ticket }, { outcome }] of told.ended) {
        assert.equal(outcome.id, ticket.job.id)
        assert.equal(outcome.status, ticket.job.id % 3 === 0 ? 'not-found' : 'ok')
      }
      assert.equal(told.ended.length, 100)
    })

    test('one that takes its time keeps no other waiting', async (t) => {
      const opened = moment()
      const plan = planned(t, (id) => (id === 0 ? { body: 'late', when: opened.met } : { body: 'soon' }))
      await using executor = new AsyncExecutor(100)
      const [told, others] = [new Told(20), new Told(19)]
      const receiving: Receiving = {
        over: (ended) => (others.over(ended), told.over(ended)),
        failed: (error) => told.failed(error),
        progress: () => undefined,
      }
      const sender = make(executor, plan, receiving as Told)
      for (const transfer of transfers(20)) sender.send(transfer)
      sender.flush()
      await others.all
      assert.equal(
        others.ended.some(([{ ticket }]) => ticket.job.id === 0),
        false,
      )
      opened.arrive()
      await told.all
    })

    test('all that is told to stop is over, also what was not yet on its way', async (t) => {
      const plan = planned(t, () => ({ body: 'never', when: new Promise(() => undefined) }))
      await using executor = new AsyncExecutor(100)
      const told = new Told(13)
      const sender = make(executor, plan, told)
      const inFlight = transfers(13)
      for (const transfer of inFlight.slice(0, 10)) sender.send(transfer)
      sender.flush()
      for (const transfer of inFlight.slice(10)) sender.send(transfer)
      sender.abortAll(inFlight, new Error('the run was ended'))
      await told.all
      assert.deepEqual(
        told.codes,
        inFlight.map(() => 'STOPPED'),
      )
    })

    test('an executor that takes nothing any more is an error, and nothing stays in flight', async (t) => {
      const plan = planned(t, () => ({ body: '' }))
      const executor = new AsyncExecutor(4)
      await executor.shutdown()
      const told = new Told(3)
      const sender = make(executor, plan, told)
      let kept = 0
      assert.throws(
        () => {
          for (const transfer of transfers(3)) {
            sender.send(transfer)
            kept += 1
          }
          sender.flush()
        },
        { name: 'ExecutorShutdownError' },
      )
      assert.equal(told.ended.length, kept)
    })

    test('those of a worker that died are over as such, and only those that were not over before', async (t) => {
      const plan = planned(t, () => ({ body: '' }))
      const [first, second] = [Future.withResolvers<never>(), Future.withResolvers<never>()]
      const given = [first, second]
      const executor = { submit: () => given.shift()?.future } as unknown as Executor
      const told = new Told(2)
      const sender = make(executor, plan, told)
      for (const transfer of transfers(2)) sender.send(transfer)
      sender.flush()
      for (const producer of [first, second]) {
        producer.setRunningOrNotifyCancel()
        producer.setException(new BrokenThreadPoolError('a thread terminated abruptly', {}))
      }
      await told.all
      assert.deepEqual(told.codes, ['WORKER_DIED', 'WORKER_DIED'])
    })
  })
}

describe('Slices', () => {
  test('of many that start at once make a few calls, divided among the workers', async (t) => {
    const plan = planned(t, () => ({ body: 'x' }))
    await using executor = new AsyncExecutor(200)
    const { calls } = counted(executor)
    const told = new Told(40)
    const sender = new Slices(executor, 2, plan, told)
    for (const transfer of transfers(40)) sender.send(transfer)
    sender.flush()
    assert.equal(calls(), 2)
    await told.all
  })

  test('wait a moment for others while something is at work, and not at all when nothing is', async (t) => {
    const opened = moment()
    const plan = planned(t, () => ({ body: 'x', when: opened.met }))
    await using executor = new AsyncExecutor(50)
    const { calls } = counted(executor)
    const told = new Told(12)
    const sender = new Slices(executor, 1, plan, told)
    const [one, ...others] = transfers(12)
    sender.send(one as InFlight)
    sender.flush()
    assert.equal(calls(), 1)
    for (const [n, transfer] of others.entries()) {
      sender.send(transfer)
      sender.flush()
      // Eight are enough for a message; fewer wait.
      assert.equal(calls(), n < 7 ? 1 : 2)
    }
    opened.arrive()
    await told.all
    assert.equal(calls(), 3)
    assert.equal(told.ended.length, 12)
  })
})
