/** Failures that nobody asks about: silent for the process, one line for the logger. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { after, before, beforeEach, describe, test } from 'node:test'
import { Future, setLogger, wait, type Logger } from 'halyard/futures'
import { collected } from '../support/garbage.js'
import { cancelled, failed, succeeded } from '../support/future-states.js'

const make = (): Future<unknown> => failed(new TypeError('no'))

async function run(program: string): Promise<{ code: number | null; stdout: string; stderr: string; took: number }> {
  const began = performance.now()
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../fixtures/programs/${program}.js`, import.meta.url))])
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr, took: performance.now() - began }
}

describe('a program', () => {
  test('with failures that nobody asks about ends well', async () => {
    const { code, stdout, stderr } = await run('unobserved-failures')
    assert.doesNotMatch(stderr, /unhandled/i)
    assert.deepEqual({ code, stdout }, { code: 0, stdout: 'the end\n' }, stderr)
  })

  test('whose every wait is over does not linger on their timeouts', async () => {
    const { code, stdout, stderr, took } = await run('long-timeouts')
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'the end\n', stderr: '' })
    assert.ok(took < 20_000, `took ${took} ms`)
  })
})

describe('an exception that was never retrieved', () => {
  const logged: string[] = []
  let previous: Logger
  before(() => {
    previous = setLogger((message) => logged.push(message))
  })
  beforeEach(() => logged.splice(0))
  after(() => {
    setLogger(previous)
  })

  /** Makes a future, uses it, forgets it, and tells what the logger heard when it was collected. */
  async function heard(create: () => Future<unknown>, use: (future: Future<unknown>) => unknown = () => {}): Promise<string[]> {
    let id = 0
    const reference = await (async () => {
      const future = create()
      id = future.id
      await use(future)
      return new WeakRef(future)
    })()
    assert.equal(await collected(reference), true)
    // The finalizers run in turns of their own.
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate)
    return logged.filter((message) => message.includes(`<Future #${id} `))
  }

  test('is told once, with the future', async () => {
    const messages = await heard(make)
    assert.equal(messages.length, 1)
    assert.match(messages[0] ?? '', /exception was never retrieved.*<Future #\d+ state=finished raised TypeError>/)
  })

  test('is told although somebody waited, for waiting is not looking', async () => {
    assert.equal((await heard(make, (future) => wait([future]))).length, 1)
  })

  const ways: Readonly<Record<string, (future: Future<unknown>) => unknown>> = {
    await: async (future) => {
      await assert.rejects(async () => future)
    },
    'result()': (future) => assert.rejects(future.result()),
    'exception()': (future) => future.exception(),
    'exceptionNow()': (future) => future.exceptionNow(),
    'resultNow()': (future) => assert.throws(() => future.resultNow()),
    'catch()': (future) => future.catch(() => 0),
    'a done callback that looks': (future) => {
      future.addDoneCallback((done) => done.exceptionNow())
    },
  }
  for (const [way, use] of Object.entries(ways)) {
    test(`is not told after ${way}`, async () => {
      assert.deepEqual(await heard(make, use), [])
    })
  }

  test('is not told of results and cancels', async () => {
    assert.deepEqual(await heard(() => succeeded(1)), [])
    assert.deepEqual(await heard(() => cancelled()), [])
  })
})
