/** Tar shards, from a list to archives: with a scripted network, and read by somebody else. */
import assert from 'node:assert/strict'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import {
  downloadMany,
  type DownloadOptions,
  type Outcome,
  type RunEvent,
  type Summary,
  verifyOutput,
  type VerifyProblem,
} from 'halyard'
import { type Answer, ScriptedFetcher } from '../../../support/scripted-fetcher.js'
import { noPython, readTars } from '../../../support/tar-reader.js'
import { temporaryFolder } from '../../../support/temporary-folder.js'
import { someOf } from '../../../support/thorough.js'

const MiB = 1024 * 1024
const url = (name: string | number): string => `http://host.test/${name}`
const urls = (count: number): string[] => Array.from({ length: count }, (_, n) => url(`${n}.gif`))
const bodyOf = (address: string): Answer => ({ body: `body of ${address}` })
const NOT_FOUND: Answer = { fails: 'HTTP_404', http: 404 }
const whole = (): ScriptedFetcher => new ScriptedFetcher((request) => bodyOf(request.url))

const run = (list: readonly string[], output: string, options: DownloadOptions = {}): Promise<Summary> =>
  downloadMany(list, { sink: 'tar', shardSize: 4, output, fetcher: whole(), retries: 0, ...options }).summary

const visible = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort()
const state = (folder: string, ...names: string[]): string => join(folder, '.halyard', ...names)
const keyOf = (id: number): string => String(id).padStart(9, '0')
const tar = (folder: string, shard = 0): string => join(folder, `0000${shard}.tar`)
const bytesOf = (folder: string): Buffer[] =>
  visible(folder)
    .filter((name) => name.endsWith('.tar'))
    .map((name) => readFileSync(join(folder, name)))

interface IndexLine extends Outcome {
  readonly key?: string
  readonly offset?: number
  readonly json?: { readonly offset: number; readonly bytes: number }
}
const indexOf = (folder: string, shard = 0): IndexLine[] =>
  readFileSync(join(folder, `0000${shard}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as IndexLine)

/** Answers some requests only when the test says so. */
function held(isHeld: (address: string) => boolean): { readonly fetcher: ScriptedFetcher; readonly release: () => void } {
  let letGo: (() => void) | undefined
  const when = new Promise<void>((resolve) => (letGo = resolve))
  const fetcher = new ScriptedFetcher(({ url: address }) =>
    isHeld(address) ? { body: `body of ${address}`, when } : bodyOf(address),
  )
  return { fetcher, release: () => letGo?.() }
}

/** Runs until those lines are done and their shards are there, and is interrupted then; returns how many lines. */
async function interrupted(list: readonly string[], output: string, isDone: (address: string) => boolean): Promise<number> {
  const controller = new AbortController()
  const { fetcher } = held((address) => !isDone(address))
  const wholeShards = list.filter(
    (_, id) => id % 4 === 0 && list.slice(id, id + 4).length === 4 && list.slice(id, id + 4).every(isDone),
  )
  const lines = list.filter(isDone).length
  let left = lines + wholeShards.length
  const onEvent = ({ type }: RunEvent): void => {
    if ((type === 'outcome' || type === 'shard') && (left -= 1) === 0) controller.abort()
  }
  await run(list, output, { fetcher, signal: controller.signal, interruptGrace: 0, onEvent })
  return lines
}

describe('shards', () => {
  test('hold their lines in the order of the list, whatever order these ended in', { skip: noPython }, async (t) => {
    const output = join(temporaryFolder(t), 'out')
    const { fetcher, release } = held((address) => address.endsWith('/0.gif') || address.endsWith('/5.gif'))
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'outcome' && event.outcome.id === 9) release()
    }
    const { ok } = await run(urls(10), output, { fetcher, onEvent })
    assert.equal(ok, 10)
    assert.deepEqual(
      visible(output),
      [0, 1, 2].flatMap((shard) => [`0000${shard}.jsonl`, `0000${shard}.tar`]),
    )
    const members = readTars(tar(output, 0), tar(output, 1), tar(output, 2))
    assert.deepEqual(
      members.map((shard) => shard.map(({ name }) => name)),
      [
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9],
      ].map((ids) => ids.flatMap((id) => [`${keyOf(id)}.gif`, `${keyOf(id)}.json`])),
    )
    for (const [shard, index] of members.map((_, number) => indexOf(output, number)).entries()) {
      for (const line of index) {
        const [body, json] = members[shard]?.filter(({ name }) => name.startsWith(`${line.key}.`)) ?? []
        assert.deepEqual([body?.at, body?.bytes, body?.sha256], [line.offset, line.bytes, line.sha256])
        assert.deepEqual([json?.at, json?.bytes], [line.json?.offset, line.json?.bytes])
      }
    }
    assert.equal(existsSync(state(output, 'shards')), false)
  })

  test('are the same bytes for the same input, in any order and at any pace', async (t) => {
    const folder = temporaryFolder(t)
    const list = [...urls(9), 'not a url', url('gone')]
    const { fetcher, release } = held((address) => address.endsWith('/1.gif'))
    const slow = new ScriptedFetcher(({ url: address }) => (address.endsWith('gone') ? NOT_FOUND : bodyOf(address)))
    await run(list, join(folder, 'a'), { fetcher: slow, style: 'sequential' })
    const onEvent = (event: RunEvent): void => void (event.type === 'outcome' && event.outcome.id === 8 && release())
    await run(list.slice(0, 9), join(folder, 'b'), { fetcher, onEvent })
    const [a, b] = [bytesOf(join(folder, 'a')), bytesOf(join(folder, 'b'))]
    assert.deepEqual([a.length, b.length], [3, 3])
    for (const [shard, bytes] of b.entries()) assert.ok(a[shard]?.equals(bytes), `shard ${shard}`)
    assert.doesNotMatch(readFileSync(join(folder, 'a', '00000.jsonl'), 'utf8'), /"(?:start|ms|worker|attempts)"/)
  })

  test('say of every line without a sample why', { skip: noPython }, async (t) => {
    const output = temporaryFolder(t)
    const fetcher = new ScriptedFetcher(({ url: address }) => (address.endsWith('a') ? NOT_FOUND : bodyOf(address)))
    await run([url('a'), 'no url', url('b')], output, { fetcher })
    assert.deepEqual(
      indexOf(output).map(({ id, status, code, key }) => [id, status, code, key]),
      [
        [0, 'not-found', 'HTTP_404', undefined],
        [1, 'invalid', 'INVALID_URL', undefined],
        [2, 'ok', undefined, '000000002'],
      ],
    )
    const [members] = readTars(tar(output))
    assert.deepEqual(
      members?.map(({ name }) => name),
      ['000000002.bin', '000000002.json'],
    )
  })

  test('of which no line has a sample are archives without members', { skip: noPython }, async (t) => {
    const output = temporaryFolder(t)
    await run(['no url', 'none either'], output)
    assert.deepEqual(readTars(tar(output)), [[]])
    assert.equal(indexOf(output).length, 2)
  })

  test('take keys from a template, and no two lines share one', async (t) => {
    const output = temporaryFolder(t)
    await run([url('x/a.gif'), url('y/a.png'), url('z/b.gif')], output, { name: '{stem}' })
    assert.deepEqual(
      indexOf(output).map(({ member }) => member),
      ['a.gif', 'a-2.png', 'b.gif'],
    )
  })

  test('take bodies of any size, many at once', { skip: noPython }, async (t) => {
    const output = temporaryFolder(t)
    // Twenty of just less than what is kept in memory: more than all of them may have there.
    const sizes = [0, MiB - 1, MiB, MiB + 1, 3 * MiB, ...Array.from({ length: 20 }, () => MiB - 7)]
    const fetcher = new ScriptedFetcher(({ url: address }) => {
      const id = Number.parseInt(address.slice(address.lastIndexOf('/') + 1), 10)
      return { body: String.fromCharCode(97 + (id % 26)).repeat(sizes[id] ?? 0) }
    })
    const { ok, bytes } = await run(urls(sizes.length), output, { fetcher, shardSize: 100 })
    assert.deepEqual([ok, bytes], [sizes.length, sizes.reduce((sum, size) => sum + size)])
    const [members = []] = readTars(tar(output))
    const bodies = members.filter(({ name }) => name.endsWith('.gif'))
    assert.deepEqual(
      bodies.map(({ bytes: length }) => length),
      sizes,
    )
    assert.deepEqual(
      bodies.map(({ sha256 }) => sha256),
      indexOf(output).map(({ sha256 }) => sha256),
    )
  })

  test('are told of when they are there, and their lines by shard and sample', async (t) => {
    const output = temporaryFolder(t)
    const events: RunEvent[] = []
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'shard') assert.ok(existsSync(join(output, event.file)))
      events.push(event)
    }
    await run(urls(5), output, { onEvent, durable: true })
    assert.deepEqual(
      events.filter(({ type }) => type === 'shard').map((event) => ({ ...event, bytes: 0 })),
      [
        { type: 'shard', file: '00000.tar', samples: 4, bytes: 0 },
        { type: 'shard', file: '00001.tar', samples: 1, bytes: 0 },
      ],
    )
    const outcomes = events.flatMap((event) => (event.type === 'outcome' ? [event.outcome] : [])).sort((a, b) => a.id - b.id)
    assert.deepEqual([outcomes[4]?.file, outcomes[4]?.member], ['00001.tar', '000000004.gif'])
  })

  test('are the same from every style', async (t) => {
    const folder = temporaryFolder(t)
    const { startFlagServer } = await import('halyard/flag-server')
    await using server = await startFlagServer()
    const list = Array.from({ length: 25 }, (_, n) => `${server.url}/n/${n}.bin?size=${n * 300}`)
    const made: Buffer[][] = []
    for (const style of someOf(2, ['sequential', 'async', 'threads', 'processes'] as const)) {
      const output = join(folder, style)
      await downloadMany(list, { sink: 'tar', shardSize: 10, output, style, concurrency: 8 }).summary
      made.push(bytesOf(output))
    }
    const [first = []] = made
    assert.equal(first.length, 3)
    for (const shards of made) for (const [number, bytes] of shards.entries()) assert.ok(first[number]?.equals(bytes))
  })
})

const even = (address: string): boolean => Number.parseInt(address.slice(address.lastIndexOf('/') + 1), 10) % 2 === 0

describe('a run into shards that goes on', () => {
  test('asks for nothing that is recorded, though its shard was not whole', async (t) => {
    const folder = temporaryFolder(t)
    const output = join(folder, 'out')
    const list = urls(10)
    assert.equal(await interrupted(list, output, even), 5)
    assert.deepEqual(visible(output), [])
    const fetcher = whole()
    const { ok, resumed } = await run(list, output, { fetcher })
    assert.deepEqual([ok, resumed], [10, 5])
    assert.deepEqual(
      fetcher.urls,
      list.filter((address) => !even(address)),
    )
    await run(list, join(folder, 'straight'))
    assert.deepEqual(bytesOf(output), bytesOf(join(folder, 'straight')))
  })

  test('is not led astray by what a crash left', async (t) => {
    const folder = temporaryFolder(t)
    const output = join(folder, 'out')
    const list = urls(4)
    await interrupted(list, output, even)
    const draft = state(output, 'shards', '00000.jsonl')
    // A line that came to the draft and not to the journal, and one that was torn.
    const [line = ''] = readFileSync(draft, 'utf8').split('\n')
    appendFileSync(draft, `${line.replace('"id":0', '"id":1').replace(/"at":\d+/, '"at":999999')}\n{"id":3,"ur`)
    // Archives that were being put together, and a spool of no shard.
    for (const name of ['00000.tar', '00000.index', '00007.0123456789ab.spool']) writeFileSync(state(output, 'shards', name), 'x')
    const fetcher = whole()
    await run(list, output, { fetcher })
    assert.equal(fetcher.requests.length, 2)
    await run(list, join(folder, 'straight'))
    assert.deepEqual(bytesOf(output), bytesOf(join(folder, 'straight')))
  })

  test('moves a shard that was whole to where it belongs, at whatever step it died', async (t) => {
    const folder = temporaryFolder(t)
    await run(urls(4), join(folder, 'straight'))
    const want = bytesOf(join(folder, 'straight'))
    for (const step of ['nothing moved', 'index moved', 'both moved'] as const) {
      const output = join(folder, step)
      await run(urls(4), output)
      const moves = [
        ['00000.tar', '00000.tar'],
        ['00000.jsonl', '00000.index'],
      ] as const
      mkdirSync(state(output, 'shards'))
      for (const [from, to] of moves.slice(0, { 'nothing moved': 2, 'index moved': 1, 'both moved': 0 }[step])) {
        renameSync(join(output, from), state(output, 'shards', to))
      }
      rmSync(state(output, 'published'))
      writeFileSync(state(output, 'shards', '00000.whole'), '')
      writeFileSync(state(output, 'shards', '00000.0123456789ab.spool'), 'no longer of use')
      const fetcher = whole()
      await run(urls(4), output, { fetcher })
      assert.deepEqual([fetcher.requests.length, bytesOf(output), indexOf(output).length], [0, want, 4], step)
      assert.equal(readFileSync(state(output, 'published'), 'utf8'), '0\n')
    }
  })

  test('puts a shard together that lacked nothing but that', async (t) => {
    const output = temporaryFolder(t)
    const list = urls(4)
    await interrupted(list, output, even)
    const { fetcher } = held(() => false)
    // The room for the archive is taken: all is recorded, and nothing can be published.
    mkdirSync(tar(output))
    await assert.rejects(run(list, output, { fetcher }), { code: 'ERR_OUTPUT', message: /00000\.tar is a folder/ })
    rmSync(tar(output), { recursive: true })
    const again = whole()
    const { ok } = await run(list, output, { fetcher: again })
    assert.deepEqual([ok, again.requests.length, visible(output)], [4, 0, ['00000.jsonl', '00000.tar']])
  })

  test('with retryFailed makes shards anew, of what they had and what came', { skip: noPython }, async (t) => {
    const folder = temporaryFolder(t)
    const output = join(folder, 'out')
    const list = urls(10)
    const fetcher = new ScriptedFetcher(({ url: address }) =>
      /[27]\.gif/.test(address) ? { fails: 'HTTP_503', http: 503 } : bodyOf(address),
    )
    await run(list, output, { fetcher })
    assert.deepEqual(
      readTars(tar(output, 0), tar(output, 1)).map(({ length }) => length),
      [6, 6],
    )
    const untouched = readFileSync(tar(output, 2))
    const events: RunEvent[] = []
    const again = whole()
    const { ok } = await run(list, output, { fetcher: again, retryFailed: true, onEvent: (event) => events.push(event) })
    assert.deepEqual([ok, again.urls], [10, [url('2.gif'), url('7.gif')]])
    assert.equal(events.filter(({ type }) => type === 'shard').length, 2)
    await run(list, join(folder, 'straight'))
    assert.deepEqual(bytesOf(output), bytesOf(join(folder, 'straight')))
    assert.ok(untouched.equals(readFileSync(tar(output, 2))))
    assert.equal((await verifyOutput(output)).checked, 10)
  })

  test('of a list that has grown on standard input fills its last shard', async (t) => {
    const folder = temporaryFolder(t)
    const output = join(folder, 'out')
    const growing = (count: number): Iterable<string> => urls(count).values()
    for (const count of [6, 9])
      await downloadMany(growing(count), { sink: 'tar', shardSize: 4, output, fetcher: whole() }).summary
    await run(urls(9), join(folder, 'straight'))
    assert.deepEqual(bytesOf(output), bytesOf(join(folder, 'straight')))
  })

  test('says so when what it knew of lines is lost', async (t) => {
    const output = temporaryFolder(t)
    await interrupted(urls(4), output, even)
    rmSync(state(output, 'shards'), { recursive: true })
    await assert.rejects(run(urls(4), output), {
      code: 'ERR_JOURNAL',
      message: /00000\.tar has 4 lines, .* 2 of them is lost: --fresh/,
    })
    const { ok } = await run(urls(4), output, { fresh: true })
    assert.equal(ok, 4)
  })
})

describe('what is in the folder', () => {
  test('is not replaced if no run here made it', async (t) => {
    const output = temporaryFolder(t)
    writeFileSync(join(output, '00003.tar'), 'precious')
    for (const fresh of [false, true]) {
      await assert.rejects(run(urls(1), output, { fresh }), { code: 'ERR_OUTPUT', message: /00003\.tar/ })
    }
    assert.equal(readFileSync(join(output, '00003.tar'), 'utf8'), 'precious')
    rmSync(join(output, '00003.tar'))
    assert.equal((await run(urls(1), output)).ok, 1)
  })

  test('of an earlier run is replaced with fresh, as the new shards come', async (t) => {
    const output = temporaryFolder(t)
    await run(['no url', ...urls(8)], output)
    await run(urls(4), output, { fresh: true })
    assert.deepEqual(
      indexOf(output).map(({ id, status }) => [id, status]),
      [0, 1, 2, 3].map((id) => [id, 'ok']),
    )
    assert.equal(visible(output).length, 6)
  })

  test('is verified sample by sample, in shards and in what waits for them', async (t) => {
    const output = temporaryFolder(t)
    const list = urls(12)
    await interrupted(list, output, (address) => !/\/(?:9|10|11)\.gif/.test(address))
    assert.deepEqual(await verifyOutput(output), { checked: 9, bad: 0, missing: 0, bytes: 9 * `body of ${url('0.gif')}`.length })
    const [line] = indexOf(output)
    const broken = readFileSync(tar(output))
    broken[line?.offset ?? 0] = 0
    writeFileSync(tar(output), broken)
    rmSync(tar(output, 1))
    for (const name of readdirSync(state(output, 'shards'))) if (name.endsWith('.spool')) rmSync(state(output, 'shards', name))
    const problems: VerifyProblem[] = []
    const { checked, bad, missing } = await verifyOutput(output, { onProblem: (problem) => problems.push(problem) })
    assert.deepEqual([checked, bad, missing], [4, 2, 4])
    assert.deepEqual(
      problems.map(({ file, member, problem }) => [file, member, problem]),
      [
        ['00000.tar', '000000000.gif', 'changed'],
        ...[4, 5, 6, 7].map((id) => ['00001.tar', `00000000${id}.gif`, 'missing']),
        ['00002.tar', '000000008.gif', 'unreadable'],
      ],
    )
  })

  test('is not taken for another size of shards, or for files', async (t) => {
    const output = temporaryFolder(t)
    await run(urls(3), output)
    await assert.rejects(run(urls(3), output, { shardSize: 5 }), {
      code: 'ERR_DIFFERENT_RUN',
      message: /shard-size was 4, and is now 5/,
    })
    await assert.rejects(downloadMany(urls(3), { output, fetcher: whole() }).summary, {
      code: 'ERR_DIFFERENT_RUN',
      message: /sink was "tar"/,
    })
  })
})

test('what contradicts shards is refused before anything is begun', () => {
  const wrong: readonly (readonly [DownloadOptions, RegExp])[] = [
    [{ shardSize: 4 }, /`shardSize` is for tar shards/],
    [{ sink: 'tar', shardSize: 0 }, /`shardSize` to be an integer of at least 1/],
    [{ sink: 'tar', shardSize: 100_001 }, /at most 100000/],
    [{ sink: 'zip' as 'tar' }, /`sink` to be one of files, tar/],
    [{ sink: 'tar', journal: false }, /needs the journal/],
    [{ sink: 'tar', refresh: true }, /`refresh` replaces single files/],
    [{ sink: 'tar', segments: 2 }, /`segments` is for single files/],
    [{ sink: 'tar', trustServerNames: true }, /leave `trustServerNames` out/],
  ]
  for (const [options, message] of wrong) {
    assert.throws(() => downloadMany(urls(1), { output: '/nowhere', ...options }), { code: 'ERR_OPTIONS', message })
  }
})
