import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { NotSerializableError, ThreadPoolExecutor, transfer } from 'halyard/futures'
import { identity } from '../../fixtures/workers/arithmetic.js'
import { myToken } from '../../fixtures/workers/identity.js'
import { meetAndReturn } from '../../fixtures/workers/meet.js'
import { tally } from '../../fixtures/workers/tallying.js'
import {
  bytesLeftAfterMove,
  giveCached,
  giveHandlers,
  giveMapWithFunction,
  giveMoved,
  givePooledBuffer,
  givePromiseInside,
  giveResponse,
  giveSubarray,
  giveSymbol,
  giveThrowingGetter,
  giveWeakMap,
  inspectBody,
  inspectBytes,
  raiseFlag,
  readKeptBuffer,
  reportResponse,
  speakInto,
} from '../../fixtures/workers/values.js'
import { Rendezvous } from '../../support/rendezvous.js'
import { Tally } from '../../support/tally.js'
import { rejection, rejectionOf, testPools, testOnePool } from '../../support/worker-pools.js'

testOnePool(
  'a result that cannot be cloned is a NotSerializableError that names the place, and the worker lives',
  async (pool) => {
    const before = await pool.submit(myToken)
    const error = await rejectionOf(NotSerializableError, pool.submit(giveHandlers))
    assert.equal(error.code, 'ERR_NOT_SERIALIZABLE')
    assert.equal(error.path, 'result.handlers[2]')
    assert.match(error.message, /result\.handlers\[2\]/)
    assert.match(error.message, /function/)
    assert.equal(await pool.submit(myToken), before)
  },
)

testOnePool('every other kind of result that cannot be cloned is refused the same way', async (pool) => {
  const before = await pool.submit(myToken)
  const symbol = await rejectionOf(NotSerializableError, pool.submit(giveSymbol))
  assert.equal(symbol.path, 'result')
  assert.match(symbol.message, /symbol/i)
  const weakMap = await rejectionOf(NotSerializableError, pool.submit(giveWeakMap))
  assert.equal(weakMap.path, 'result.cache')
  assert.match(weakMap.message, /WeakMap/)
  const promise = await rejectionOf(NotSerializableError, pool.submit(givePromiseInside))
  assert.equal(promise.path, 'result.later')
  assert.match(promise.message, /Promise/)
  const map = await rejectionOf(NotSerializableError, pool.submit(giveMapWithFunction))
  assert.match(map.path, /^result.*retry/)
  assert.equal(await pool.submit(myToken), before)
})

testOnePool('a result whose getter throws fails that call with an Error that tells why, and the worker lives', async (pool) => {
  const before = await pool.submit(myToken)
  const error = await rejectionOf(Error, pool.submit(giveThrowingGetter))
  assert.match(`${error.message} ${String(error.cause)}`, /the getter threw/)
  assert.equal(await pool.submit(myToken), before)
})

testOnePool(
  'an argument that cannot be cloned fails its own future, names the place, and never reaches a worker',
  async (pool, t) => {
    const future = pool.submit(identity, { depth: { onProgress: (): void => {} } })
    const error = await rejectionOf(NotSerializableError, future)
    assert.equal(error.path, 'args[0].depth.onProgress')
    assert.match(error.message, /args\[0\]\.depth\.onProgress/)
    assert.match(error.message, /function/)
    assert.equal(future.cancelled(), false)
    // One argument too many, and that one cannot travel: without it the call would run and leave its line.
    const started = new Tally(t)
    const withAnythingElse: (path: string, line: string, more?: unknown) => string = tally
    const third = await rejectionOf(
      NotSerializableError,
      pool.submit(withAnythingElse, started.path, 'must not run', Symbol('third')),
    )
    assert.equal(third.path, 'args[2]')
    assert.equal(await pool.submit(tally, started.path, 'after'), 'after')
    assert.deepEqual(started.lines, ['after'])
  },
)

testPools('an argument that cannot be cloned fails its future while the others of the same burst run', async ({ open }) => {
  const pool = open({ maxWorkers: 2 })
  const inputs = [1, (): void => {}, 3, new WeakSet(), 5]
  const outcomes = await Promise.allSettled(inputs.map((x) => pool.submit(identity<unknown>, x).result()))
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as Error).name)),
    [1, 'NotSerializableError', 3, 'NotSerializableError', 5],
  )
  assert.equal(pool.stats.busy, 0)
})

testOnePool('a Buffer arrives as a Buffer, both ways, on its own and inside an object', async (pool) => {
  assert.equal((await pool.submit(inspectBytes, Buffer.from('abc'))).isBuffer, true)
  const result = await pool.submit(givePooledBuffer, 'Süßholz')
  assert.ok(Buffer.isBuffer(result))
  assert.equal(result.toString(), 'Süßholz')
  assert.equal((await pool.submit(inspectBody, { body: Buffer.from('abc') })).isBuffer, true)
  const response = await pool.submit(giveResponse, 'hello')
  assert.equal(response.status, 200)
  assert.ok(Buffer.isBuffer(response.body))
  assert.equal(response.body.toString(), 'hello')
})

testOnePool('a Buffer in an item of a chunk arrives as it does alone, both ways', async (pool) => {
  const texts = ['a', 'bc', 'def', 'ghij']
  for (const chunksize of [1, 3]) {
    const bytes = texts.map((text, i) => (i === 1 ? new TextEncoder().encode(text) : Buffer.from(text)))
    for (const seen of [
      await pool.map(inspectBytes, bytes, { chunksize }).toArray(),
      await pool
        .map(
          inspectBody,
          bytes.map((body) => ({ body })),
          { chunksize },
        )
        .toArray(),
    ]) {
      assert.deepEqual(
        seen.map(({ isBuffer, byteLength }) => [isBuffer, byteLength]),
        [
          [true, 1],
          [false, 2],
          [true, 3],
          [true, 4],
        ],
      )
      for (const { backing } of seen) assert.ok(backing < Buffer.poolSize, `the worker got ${backing} bytes for a few`)
    }
    const buffers = await pool.map(givePooledBuffer, texts, { chunksize }).toArray()
    const responses = await pool.map(giveResponse, texts, { chunksize }).toArray()
    for (const [i, body] of [...buffers, ...responses.map((response) => response.body)].entries()) {
      assert.ok(Buffer.isBuffer(body), `chunksize ${chunksize}`)
      assert.equal(body.toString(), texts[i % texts.length])
      assert.ok(body.buffer.byteLength < Buffer.poolSize)
    }
  }
})

testOnePool('a Buffer that a task reports arrives as a Buffer, on its own and inside an object', async (pool) => {
  const future = pool.submit(reportResponse, 'halfway')
  const reports: unknown[] = []
  for await (const report of future.progress) reports.push(report)
  const [bytes, response] = reports as [Buffer, { status: number; body: Buffer }]
  assert.ok(Buffer.isBuffer(bytes) && Buffer.isBuffer(response.body))
  assert.deepEqual([bytes.toString(), response.body.toString(), response.status], ['halfway', 'halfway', 200])
})

testOnePool('a Uint8Array does not turn into a Buffer', async (pool) => {
  const seen = await pool.submit(inspectBytes, new Uint8Array([1, 2, 3]))
  assert.deepEqual([seen.type, seen.isBuffer, seen.sum], ['Uint8Array', false, 6])
  assert.equal(Buffer.isBuffer(await pool.submit(giveSubarray)), false)
})

testOnePool('a Buffer from the shared pool is not detached by sending it, neither here nor in the worker', async (pool) => {
  const neighbour = Buffer.from('neighbour')
  const sent = Buffer.from('sent')
  assert.equal(sent.buffer, neighbour.buffer, 'the test needs two Buffers of one pool')
  assert.equal((await pool.submit(inspectBytes, sent)).byteLength, 4)
  assert.equal(sent.toString(), 'sent')
  assert.equal(neighbour.toString(), 'neighbour')
  for (let i = 0; i < 20; i += 1) assert.equal((await pool.submit(givePooledBuffer, `n${i}`)).toString(), `n${i}`)
  assert.equal(await pool.submit(readKeptBuffer), 'keep me')
})

testOnePool('a subarray sends only its own bytes, both ways', async (pool) => {
  const large = new Uint8Array(1 << 20).fill(3)
  const seen = await pool.submit(inspectBytes, large.subarray(500, 504))
  assert.equal(seen.byteLength, 4)
  assert.equal(seen.sum, 12)
  assert.ok(seen.backing < 16_384, `the worker got ${seen.backing} bytes for 4`)
  assert.equal(large.byteLength, 1 << 20)
  const result = await pool.submit(giveSubarray)
  assert.deepEqual([...result], [7, 7, 7, 7])
  assert.ok(result.buffer.byteLength < 16_384, `the caller got ${result.buffer.byteLength} bytes for 4`)
})

testOnePool('a small Buffer does not carry the rest of the shared pool to the worker', async (pool) => {
  const seen = await pool.submit(inspectBytes, Buffer.from('tiny'))
  assert.ok(seen.backing < Buffer.poolSize, `the worker got ${seen.backing} bytes for 4`)
  const nested = await pool.submit(inspectBody, { body: Buffer.from('tiny') })
  assert.ok(nested.backing < Buffer.poolSize, `the worker got ${nested.backing} bytes for 4`)
})

testOnePool('a task that gives the same large array twice gives the same bytes twice', async (pool) => {
  for (let round = 0; round < 3; round += 1) {
    const bytes = await pool.submit(giveCached)
    assert.equal(bytes.byteLength, 4 << 20)
    assert.equal(bytes[12_345], 9)
  }
})

testOnePool('a large array that is sent without transfer() stays usable here', async (pool) => {
  const bytes = new Uint8Array(4 << 20).fill(1)
  assert.equal((await pool.submit(inspectBytes, bytes)).sum, 4 << 20)
  assert.equal(bytes.byteLength, 4 << 20)
})

test('transfer() moves an argument into a thread instead of copying it', async () => {
  await using pool = new ThreadPoolExecutor(1)
  const bytes = new Uint8Array(1 << 20).fill(2)
  const seen = await pool.submit(inspectBytes, transfer(bytes, [bytes.buffer]))
  assert.equal(seen.sum, 2 << 20)
  assert.equal(bytes.byteLength, 0, 'moved means gone from here')
  const listed = new Uint8Array(1 << 20).fill(2)
  const viaList = await pool.schedule({ fn: inspectBytes, args: [listed], transfer: [listed.buffer] })
  assert.equal(viaList.sum, 2 << 20)
  assert.equal(listed.byteLength, 0, 'schedule({ transfer }) moves too')
})

test('transfer() moves a result out of a thread instead of copying it', async () => {
  await using pool = new ThreadPoolExecutor(1)
  const bytes = await pool.submit(giveMoved, 1 << 20)
  assert.equal(bytes.byteLength, 1 << 20)
  assert.equal(bytes[77], 5)
  assert.equal(await pool.submit(bytesLeftAfterMove), 0, 'moved means gone from there')
})

test('transfer() moves the items of a chunk, both ways, as it moves them alone', async () => {
  await using pool = new ThreadPoolExecutor(1)
  const items = [1, 2, 3].map((fill) => transfer(new Uint8Array(1_000).fill(fill)))
  const seen = await pool.map(inspectBytes, items, { chunksize: 2 }).toArray()
  assert.deepEqual(
    seen.map(({ sum }) => sum),
    [1_000, 2_000, 3_000],
  )
  assert.deepEqual(
    items.map(({ byteLength }) => byteLength),
    [0, 0, 0],
  )
  const back = await pool.map(giveMoved, [1_000, 2_000], { chunksize: 2 }).toArray()
  assert.deepEqual(
    back.map(({ byteLength }) => byteLength),
    [1_000, 2_000],
  )
  assert.equal(await pool.submit(bytesLeftAfterMove), 0)
})

testOnePool('transfer() delivers the value in either kind of pool', async (pool) => {
  const bytes = new Uint8Array(10_000).fill(2)
  assert.equal((await pool.submit(inspectBytes, transfer(bytes, [bytes.buffer]))).sum, 20_000)
  const back = await pool.submit(giveMoved, 10_000)
  assert.equal(back.byteLength, 10_000)
  assert.equal(back[9_999], 5)
})

testOnePool('a burst of moved values with one that cannot be sent among them: all others arrive whole', async (pool) => {
  const sums = Array.from({ length: 9 }, (_, i) => {
    const bytes = new Uint8Array(1_000).fill(i + 1)
    const value = i === 4 ? Object.assign(bytes, { onProgress: (): void => {} }) : bytes
    return pool.submit(inspectBody, transfer({ body: value, extra: i === 4 ? (): void => {} : null }, [bytes.buffer]))
  })
  const outcomes = await Promise.all(sums.map(async (future) => (await future.exception())?.name ?? (await future).sum))
  assert.deepEqual(outcomes, [1_000, 2_000, 3_000, 4_000, 'NotSerializableError', 6_000, 7_000, 8_000, 9_000])
})

testPools('a moved argument arrives whole however often its call has to change places before it begins', async ({ t, take }) => {
  const meeting = await Rendezvous.open(t)
  const pool = take()
  // A busy pool of fast calls, which may send calls ahead, and then a call that shows that this was too early.
  await Promise.all(Array.from({ length: 500 }, () => pool.submit(myToken)))
  const holder = pool.submit(meetAndReturn, meeting.port, 'holder')
  const sums = [1, 2, 3].map((fill) => {
    const bytes = new Uint8Array(1_000).fill(fill)
    return pool.submit(inspectBytes, transfer(bytes, [bytes.buffer]))
  })
  const visitor = await meeting.arrival('holder')
  const urgent = pool.schedule({ fn: myToken, args: [], priority: 9 })
  visitor.release()
  await Promise.all([holder, urgent])
  assert.deepEqual(
    (await Promise.all(sums)).map(({ sum }) => sum),
    [1_000, 2_000, 3_000],
  )
})

testPools('results of one turn, one of which cannot be sent: all others arrive whole, moved ones too', async ({ openShared }) => {
  const pool = openShared(6)
  for (let round = 0; round < 5; round += 1) {
    const [moved, failed, pooled, movedToo] = [
      pool.submit(giveMoved, 10_000),
      pool.submit(giveHandlers),
      pool.submit(givePooledBuffer, 'pooled'),
      pool.submit(giveMoved, 20_000),
    ]
    assert.equal((await failed.exception())?.name, 'NotSerializableError')
    assert.deepEqual([(await moved).byteLength, (await moved)[9_999]], [10_000, 5])
    assert.deepEqual([(await movedToo).byteLength, (await movedToo)[19_999]], [20_000, 5])
    assert.equal((await pooled).toString(), 'pooled')
  }
})

test('a MessagePort given to transfer() connects the thread to the caller', async () => {
  await using pool = new ThreadPoolExecutor(1)
  const { port1, port2 } = new MessageChannel()
  const heard = once(port1, 'message')
  await pool.submit(speakInto, transfer(port2, [port2]), 'ahoy')
  assert.deepEqual(await heard, ['ahoy'])
  port1.close()
})

test('memory shared with a thread is shared, not copied', async () => {
  await using pool = new ThreadPoolExecutor(1)
  const shared = new SharedArrayBuffer(4)
  await pool.submit(raiseFlag, shared, 42)
  assert.equal(new Int32Array(shared)[0], 42)
})

testOnePool('a value that was already moved away fails its own call and nothing else', async (pool) => {
  const gone = new ArrayBuffer(8)
  structuredClone(gone, { transfer: [gone] })
  const error = await rejection(pool.submit(identity, transfer({ gone }, [gone])))
  assert.ok(error instanceof Error)
  assert.equal(await pool.submit(identity, 'still here'), 'still here')
})

testOnePool('what structured cloning carries arrives whole, both ways', async (pool) => {
  const circular: Record<string, unknown> = { name: 'loop' }
  circular.self = circular
  const value = {
    map: new Map<unknown, unknown>([
      ['a', 1],
      [{ key: true }, new Set([1n, 2n])],
    ]),
    date: new Date(86_400_000),
    pattern: /flags?/giu,
    big: 2n ** 80n,
    minusZero: -0,
    nan: Number.NaN,
    missing: undefined,
    // eslint-disable-next-line no-sparse-arrays
    holes: [1, , 3],
    floats: new Float64Array([0.5, -0.25]),
    error: new RangeError('as a value'),
  }
  const back = await pool.submit(identity, value)
  assert.deepEqual(back, value)
  const loop = (await pool.submit(identity<unknown>, circular)) as typeof circular
  assert.equal(loop.self, loop)
  assert.equal(await pool.submit(identity, undefined), undefined)
  assert.equal(await pool.submit(identity, null), null)
})

testOnePool('a large value arrives whole', async (pool) => {
  const text = 'é'.repeat(8 << 20)
  assert.equal((await pool.submit(identity, text)) === text, true)
})
