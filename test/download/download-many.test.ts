/** The main flow: from a list to its records, with a scripted network. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import {
  AsyncExecutor,
  DownloadError,
  downloadMany,
  type DownloadOptions,
  MemoryJournal,
  MemorySink,
  type Outcome,
  type RunEvent,
} from 'halyard'
import { type Answer, ScriptedFetcher } from '../support/scripted-fetcher.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const url = (name: string | number): string => `http://host.test/${name}`
const bodyOf = (address: string): Answer => ({ body: `body of ${address}` })
const whole = (): ScriptedFetcher => new ScriptedFetcher((request) => bodyOf(request.url))
const inMemory = (fetcher: ScriptedFetcher): DownloadOptions => ({
  fetcher,
  sink: new MemorySink(),
  journal: new MemoryJournal(),
})

async function outcomesOf(run: AsyncIterable<Outcome>): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for await (const outcome of run) outcomes.push(outcome)
  return outcomes.sort((a, b) => a.id - b.id)
}

const recordsIn = (folder: string): Outcome[] =>
  readFileSync(join(folder, '.halyard', 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome)

const filesIn = (folder: string): string[] => readdirSync(folder).filter((name) => !name.startsWith('.'))

const generated = (name: string): Iterable<string> => [url(name)].values()

function* brokenList(): Generator<string> {
  yield url('a')
  throw new Error('the database is gone')
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: (() => void) | undefined
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open: () => open?.() }
}

describe('a run', () => {
  test('gives every line one outcome, and the counts add up', async () => {
    const fetcher = new ScriptedFetcher((request) =>
      request.url.endsWith('gone') ? { fails: 'HTTP_404', http: 404 } : bodyOf(request.url),
    )
    const run = downloadMany([url('a'), url('gone'), 'not a url', 'ftp://host.test/x', url('b')], inMemory(fetcher))
    const outcomes = await outcomesOf(run)
    assert.deepEqual(
      outcomes.map(({ id, status, code, file }) => ({ id, status, code, file })),
      [
        { id: 0, status: 'ok', code: undefined, file: 'a' },
        { id: 1, status: 'not-found', code: 'HTTP_404', file: undefined },
        { id: 2, status: 'invalid', code: 'INVALID_URL', file: undefined },
        { id: 3, status: 'invalid', code: 'INVALID_SCHEME', file: undefined },
        { id: 4, status: 'ok', code: undefined, file: 'b' },
      ],
    )
    const { lines, ok, notFound, invalid, failed, bytes, failures } = await run.summary
    assert.deepEqual({ lines, ok, notFound, invalid, failed }, { lines: 5, ok: 2, notFound: 1, invalid: 2, failed: 0 })
    assert.equal(bytes, `body of ${url('a')}`.length * 2)
    assert.deepEqual(
      new Map(failures.byCode),
      new Map([
        ['HTTP_404', 1],
        ['INVALID_URL', 1],
        ['INVALID_SCHEME', 1],
      ]),
    )
    assert.equal(fetcher.requests.length, 3)
  })

  test('needs no loop: asking for its summary runs it', async () => {
    const { ok } = await downloadMany([url(1), url(2)], inMemory(whole())).summary
    assert.equal(ok, 2)
  })

  test('does nothing until somebody looks', async () => {
    const fetcher = whole()
    downloadMany([url(1)], inMemory(fetcher))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(fetcher.requests.length, 0)
  })

  test('of an empty list is complete', async () => {
    const { lines, interrupted } = await downloadMany([], inMemory(whole())).summary
    assert.deepEqual({ lines, interrupted }, { lines: 0, interrupted: false })
  })

  test('takes a string for one URL, not for a list of characters', async () => {
    const fetcher = whole()
    await downloadMany(url('one'), inMemory(fetcher)).summary
    assert.deepEqual(fetcher.urls, [url('one')])
  })

  test('has as many in flight as asked, and per host', async () => {
    const fetcher = new ScriptedFetcher(({ url: address }) => ({
      body: '',
      when: new Promise((go) => setImmediate(go, address)),
    }))
    const list = Array.from({ length: 200 }, (_, i) => `http://h${i % 10}.test/${i}`)
    await downloadMany(list, { ...inMemory(fetcher), concurrency: 12, perHost: 3 }).summary
    assert.equal(fetcher.most, 12)
    const one = new ScriptedFetcher(({ url: address }) => ({ body: '', when: new Promise((go) => setImmediate(go, address)) }))
    await downloadMany(
      list.map((_, i) => url(i)),
      { ...inMemory(one), concurrency: 12, perHost: 3 },
    ).summary
    assert.equal(one.most, 3)
  })

  test('tries again what may pass, and says so', async () => {
    const fetcher = new ScriptedFetcher((request, time) => (time < 1 ? { fails: 'RESET' } : bodyOf(request.url)))
    const events: RunEvent[] = []
    const [outcome] = await outcomesOf(downloadMany([url('a')], { ...inMemory(fetcher), onEvent: (event) => events.push(event) }))
    assert.equal(outcome?.status, 'ok')
    assert.equal(outcome?.attempts, 2)
    assert.deepEqual(
      events.map(({ type }) => type).filter((type) => type !== 'progress'),
      ['start', 'begin', 'retry', 'begin', 'outcome'],
    )
  })

  test('does not try again what will not pass, nor without retries', async () => {
    const fetcher = new ScriptedFetcher(() => ({ fails: 'HTTP_403', http: 403 }))
    const [outcome] = await outcomesOf(downloadMany([url('a')], inMemory(fetcher)))
    assert.deepEqual([outcome?.status, outcome?.code, outcome?.attempts], ['error', 'HTTP_403', 1])
    const resets = new ScriptedFetcher(() => ({ fails: 'RESET' }))
    await downloadMany([url('a')], { ...inMemory(resets), retries: 0 }).summary
    assert.equal(resets.requests.length, 1)
  })

  test('goes to the next mirror, without the headers of the first', async () => {
    const fetcher = new ScriptedFetcher((request) =>
      request.url === url('a') ? { fails: 'HTTP_404', http: 404 } : bodyOf(request.url),
    )
    const job = { url: url('a'), mirrors: ['http://mirror.test/a'], headers: { authorization: 'secret' } }
    const [outcome] = await outcomesOf(downloadMany([job], inMemory(fetcher)))
    assert.equal(outcome?.status, 'ok')
    assert.equal(outcome?.url, url('a'))
    assert.deepEqual(fetcher.urls, [url('a'), 'http://mirror.test/a'])
    assert.deepEqual(
      fetcher.requests.map(({ headers }) => headers?.['authorization']),
      ['secret', undefined],
    )
  })

  test('keeps nothing whose checksum or size is not that of the list', async () => {
    const sink = new MemorySink()
    const fetcher = whole()
    const list = [{ url: url('a'), hash: `sha256:${'0'.repeat(64)}` }, { url: url('b'), size: 3 }, url('c')]
    const outcomes = await outcomesOf(downloadMany(list, { fetcher, sink, journal: new MemoryJournal(), retries: 0 }))
    assert.deepEqual(
      outcomes.map(({ status, code }) => code ?? status),
      ['CHECKSUM', 'SIZE', 'ok'],
    )
  })

  test('shows no secret: not in outcomes, events or errors', async () => {
    const fetcher = new ScriptedFetcher((request) => (request.url.includes('bad') ? { fails: 'HTTP_403' } : bodyOf(request.url)))
    const events: RunEvent[] = []
    const list = [
      'http://user:canary@host.test/a?token=canary',
      'http://user:canary@host.test/bad?token=canary',
      'http://user:canary@',
    ]
    const outcomes = await outcomesOf(downloadMany(list, { ...inMemory(fetcher), onEvent: (event) => events.push(event) }))
    assert.equal(outcomes.length, 3)
    assert.ok(!JSON.stringify([outcomes, events]).includes('canary'))
  })
})

describe('what ends a run early', () => {
  test('its signal: nothing more begins, what was in flight ends, and the same call goes on', async (t) => {
    const output = temporaryFolder(t)
    const list = Array.from({ length: 40 }, (_, i) => url(i))
    const controller = new AbortController()
    const first = new ScriptedFetcher((request) => bodyOf(request.url))
    const run = downloadMany(list, { output, fetcher: first, concurrency: 4, signal: controller.signal })
    for await (const { id } of run) if (id === 10) controller.abort()
    const { interrupted, lines } = await run.summary
    assert.equal(interrupted, true)
    assert.ok(lines >= 11 && lines < 40, `${lines} lines`)
    assert.equal(recordsIn(output).length, lines)
    const second = whole()
    const summary = await downloadMany(list, { output, fetcher: second }).summary
    assert.deepEqual([summary.lines, summary.resumed, summary.interrupted], [40, lines, false])
    assert.equal(second.requests.length, 40 - lines)
    assert.deepEqual(new Set([...first.urls, ...second.urls]), new Set(list))
    assert.equal(filesIn(output).length, 40)
  })

  test('its signal, when what is in flight does not end: it is told to stop, and is not recorded', async (t) => {
    const output = temporaryFolder(t)
    const controller = new AbortController()
    const fetcher = new ScriptedFetcher(() => {
      setImmediate(() => controller.abort())
      return { body: 'never', when: new Promise(() => undefined) }
    })
    const options = { output, fetcher, signal: controller.signal, interruptGrace: 10 }
    const { lines, interrupted } = await downloadMany([url('slow')], options).summary
    assert.deepEqual([lines, interrupted], [0, true])
    assert.deepEqual(filesIn(output), [])
    assert.equal((await downloadMany([url('slow')], { output, fetcher: whole() }).summary).ok, 1)
  })

  test('a signal that was aborted before', async (t) => {
    const fetcher = whole()
    const output = temporaryFolder(t)
    const { interrupted } = await downloadMany([url('a')], { output, fetcher, signal: AbortSignal.abort() }).summary
    assert.equal(interrupted, true)
    assert.equal(fetcher.requests.length, 0)
  })

  test('leaving its loop', async (t) => {
    const output = temporaryFolder(t)
    const fetcher = whole()
    const list = Array.from({ length: 30 }, (_, i) => url(i))
    for await (const outcome of downloadMany(list, { output, fetcher, concurrency: 2 })) {
      assert.equal(outcome.status, 'ok')
      break
    }
    assert.ok(fetcher.requests.length < 30)
    assert.equal((await downloadMany(list, { output, fetcher: whole() }).summary).lines, 30)
  })

  test('an output that cannot be written: nothing is recorded that is not there', async (t) => {
    const output = temporaryFolder(t)
    class FullSink extends MemorySink {
      override begin(...args: Parameters<MemorySink['begin']>): ReturnType<MemorySink['begin']> {
        if (args[0].id === 3) throw new DownloadError('DISK_FULL', 'no space left for 3')
        return super.begin(...args)
      }
    }
    const list = Array.from({ length: 10 }, (_, i) => url(i))
    const run = downloadMany(list, { output, fetcher: whole(), sink: new FullSink(), concurrency: 1 })
    const seen: number[] = []
    await assert.rejects(
      async () => {
        for await (const { id } of run) seen.push(id)
      },
      { name: 'RunError', code: 'ERR_OUTPUT', message: /no space left/ },
    )
    assert.deepEqual(seen, [0, 1, 2])
    assert.deepEqual(
      recordsIn(output).map(({ id }) => id),
      [0, 1, 2],
    )
  })

  test('a password file that is not there: nothing is begun', async (t) => {
    const output = join(temporaryFolder(t), 'out')
    await assert.rejects(downloadMany([url('a')], { output, netrc: '/nowhere/netrc' }).summary, {
      code: 'ERR_OPTIONS',
      message: /\/nowhere\/netrc/,
    })
    assert.equal(existsSync(output), false)
  })

  test('a folder that cannot be made', async () => {
    const fetcher = whole()
    const run = downloadMany([url('a')], { output: '/proc/nope/deeper', fetcher })
    await assert.rejects(run.summary, { code: 'ERR_OUTPUT', message: /proc\/nope/ })
    assert.equal(fetcher.requests.length, 0)
  })

  test('more bytes than maxTotal', async () => {
    const fetcher = whole()
    const list = Array.from({ length: 50 }, (_, i) => url(i))
    const { stoppedBy, bytes, lines } = await downloadMany(list, { ...inMemory(fetcher), maxTotal: 100, concurrency: 1 }).summary
    assert.equal(stoppedBy, 'max-total')
    assert.ok(bytes >= 100 && bytes < 200)
    assert.ok(lines < 10)
  })

  test('a list that fails: what was done is recorded', async (t) => {
    const output = temporaryFolder(t)
    const run = downloadMany(brokenList(), { output, fetcher: whole() })
    await assert.rejects(run.summary, { code: 'ERR_SOURCE', message: /the database is gone/ })
  })
})

describe('too many open files', () => {
  test('halve what is in flight, and cost no attempt', async () => {
    let refusals = 3
    class Scarce extends MemorySink {
      override begin(...args: Parameters<MemorySink['begin']>): ReturnType<MemorySink['begin']> {
        if (refusals-- > 0) throw new DownloadError('EMFILE', 'too many open files')
        return super.begin(...args)
      }
    }
    const notices: string[] = []
    const outcomes = await outcomesOf(
      downloadMany([url(1), url(2), url(3), url(4)], {
        fetcher: whole(),
        sink: new Scarce(),
        journal: new MemoryJournal(),
        concurrency: 4,
        onEvent: (event) => event.type === 'notice' && notices.push(event.message),
      }),
    )
    assert.deepEqual(
      outcomes.map(({ status, attempts }) => `${status} ${attempts}`),
      Array(4).fill('ok 1'),
    )
    // The three that were refused had begun together.
    assert.deepEqual(notices, ['too many open files: going on with 2 at once'])
  })
})

describe('a second run in the folder', () => {
  test('makes no request when all is done', async (t) => {
    const output = temporaryFolder(t)
    const list = Array.from({ length: 25 }, (_, i) => url(i))
    await downloadMany(list, { output, fetcher: whole() }).summary
    const fetcher = whole()
    const { lines, resumed } = await downloadMany(list, { output, fetcher }).summary
    assert.deepEqual([lines, resumed, fetcher.requests.length], [25, 25, 0])
  })

  test('is refused with another list, and with --fresh is not', async (t) => {
    const output = temporaryFolder(t)
    await downloadMany([url('a')], { output, fetcher: whole() }).summary
    const fetcher = whole()
    await assert.rejects(downloadMany([url('b')], { output, fetcher }).summary, { code: 'ERR_DIFFERENT_RUN', message: /list/ })
    assert.equal(fetcher.requests.length, 0)
    assert.equal((await downloadMany([url('b')], { output, fetcher, fresh: true }).summary).lines, 1)
  })

  test('is refused with an option that changes names, and says which', async (t) => {
    const output = temporaryFolder(t)
    await downloadMany([url('a')], { output, fetcher: whole() }).summary
    await assert.rejects(downloadMany([url('a')], { output, fetcher: whole(), name: '{index}' }).summary, {
      code: 'ERR_DIFFERENT_RUN',
      message: /name was/,
    })
  })

  test('is refused with another generator by its first entry', async (t) => {
    const output = temporaryFolder(t)
    await downloadMany(generated('a'), { output, fetcher: whole() }).summary
    await assert.rejects(downloadMany(generated('b'), { output, fetcher: whole() }).summary, { code: 'ERR_DIFFERENT_RUN' })
    assert.equal((await downloadMany(generated('a'), { output, fetcher: whole() }).summary).resumed, 1)
  })

  test('repeats only what failed, when asked', async (t) => {
    const output = temporaryFolder(t)
    const list = [url('a'), url('b'), url('c')]
    const failing = new ScriptedFetcher((request) =>
      request.url === url('b') ? { fails: 'HTTP_403', http: 403 } : bodyOf(request.url),
    )
    assert.equal((await downloadMany(list, { output, fetcher: failing }).summary).failed, 1)
    const again = await downloadMany(list, { output, fetcher: whole() }).summary
    assert.equal(again.failed, 1)
    assert.deepEqual(again.failures.byCode, [['HTTP_403', 1]])
    const fetcher = whole()
    const { ok, failed } = await downloadMany(list, { output, fetcher, retryFailed: true }).summary
    assert.deepEqual([ok, failed, fetcher.urls], [3, 0, [url('b')]])
    assert.equal(recordsIn(output).length, 3)
  })

  test('asks only for what changed, when asked', async (t) => {
    const output = temporaryFolder(t)
    const list = [url('same'), url('new')]
    const before = new ScriptedFetcher((request) => ({ ...(bodyOf(request.url) as { body: string }), etag: '"1"' }))
    await downloadMany(list, { output, fetcher: before }).summary
    const fetcher = new ScriptedFetcher((request) =>
      request.url === url('same') ? { notModified: true } : { body: 'newer', etag: '"2"' },
    )
    const { ok, unchanged } = await downloadMany(list, { output, fetcher, refresh: true }).summary
    assert.deepEqual([ok, unchanged], [1, 1])
    assert.deepEqual(
      fetcher.requests.map(({ unless }) => unless?.etag),
      ['"1"', '"1"'],
    )
    assert.equal(readFileSync(join(output, 'new'), 'utf8'), 'newer')
    assert.equal(readFileSync(join(output, 'same'), 'utf8'), `body of ${url('same')}`)
    const same = recordsIn(output).find(({ id }) => id === 0)
    assert.equal(same?.file, 'same')
    assert.match(same?.sha256 ?? '', /^[0-9a-f]{64}$/)
  })
})

describe('names', () => {
  test('of the run that --fresh forgets are used again, those of others are not', async (t) => {
    const output = temporaryFolder(t)
    writeFileSync(join(output, 'mine'), 'precious')
    await downloadMany([url('a'), url('mine')], { output, fetcher: whole() }).summary
    await downloadMany([url('a'), url('mine'), url('b')], { output, fetcher: whole(), fresh: true }).summary
    assert.deepEqual(filesIn(output).sort(), ['a', 'b', 'mine', 'mine-2'])
    assert.equal(readFileSync(join(output, 'mine'), 'utf8'), 'precious')
  })

  test('that two lines want go to the first, the second gets its number, whatever is done first', async (t) => {
    const output = temporaryFolder(t)
    const slow = gate()
    const list = ['http://one.test/x.gif', 'http://two.test/x.gif', 'http://three.test/X.gif']
    const fetcher = new ScriptedFetcher((request) => {
      if (request.url === list[0]) return { body: '1', when: slow.opened }
      if (request.url === list[2]) slow.open()
      return { body: request.url === list[1] ? '2' : '3' }
    })
    const outcomes = await outcomesOf(downloadMany(list, { output, fetcher }))
    assert.deepEqual(
      outcomes.map(({ file }) => file),
      ['x.gif', 'x-2.gif', 'X-3.gif'],
    )
    assert.equal(readFileSync(join(output, 'x.gif'), 'utf8'), '1')
  })

  test('that were there before are not taken', async (t) => {
    const output = temporaryFolder(t)
    writeFileSync(join(output, 'mine.txt'), 'precious')
    const [outcome] = await outcomesOf(downloadMany([url('mine.txt')], { output, fetcher: whole() }))
    assert.equal(outcome?.file, 'mine-1.txt')
    assert.equal(readFileSync(join(output, 'mine.txt'), 'utf8'), 'precious')
  })

  test('stay the same in a run that goes on', async (t) => {
    const output = temporaryFolder(t)
    const list = Array.from({ length: 12 }, (_, i) => `http://h${i}.test/same.bin`)
    const controller = new AbortController()
    for await (const { id } of downloadMany(list, { output, fetcher: whole(), concurrency: 1, signal: controller.signal })) {
      if (id === 5) controller.abort()
    }
    await downloadMany(list, { output, fetcher: whole() }).summary
    for (const { id, file } of recordsIn(output)) {
      assert.equal(file, id === 0 ? 'same.bin' : `same-${id + 1}.bin`)
      assert.equal(readFileSync(join(output, file ?? ''), 'utf8'), `body of ${list[id]}`)
    }
  })

  test('taken are skipped or refused as asked', async () => {
    const list = ['http://one.test/x', 'http://two.test/x']
    const skip = await outcomesOf(downloadMany(list, { ...inMemory(whole()), onCollision: 'skip' }))
    assert.deepEqual(
      skip.map(({ status }) => status),
      ['ok', 'skipped'],
    )
    const fail = await outcomesOf(downloadMany(list, { ...inMemory(whole()), onCollision: 'fail' }))
    assert.deepEqual(
      fail.map(({ status, code }) => code ?? status),
      ['ok', 'INVALID_NAME'],
    )
  })
})

describe('a reader that is slow', () => {
  test('holds the run back', async () => {
    const fetcher = whole()
    const list = (function* (): Generator<string> {
      for (let i = 0; ; i += 1) yield url(i)
    })()
    const run = downloadMany(list, { ...inMemory(fetcher), perHost: 64 })
    const reader = run[Symbol.asyncIterator]()
    await reader.next()
    let before = -1
    while (fetcher.requests.length > before) {
      before = fetcher.requests.length
      for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve))
    }
    assert.ok(before < 1024 + 64 + 2, `${before} requests for a reader that took one outcome`)
    await reader.return?.()
  })
})

describe('parts of the caller’s own', () => {
  test('an executor is used and not shut down', async () => {
    await using executor = new AsyncExecutor(3)
    await downloadMany([url(1), url(2)], { ...inMemory(whole()), executor }).summary
    assert.equal(await executor.submit(() => 'alive'), 'alive')
  })

  test('an executor that was shut down before, or meanwhile, ends the run, and is said to be why', async () => {
    const ended = new AsyncExecutor(1)
    await ended.shutdown()
    const why = { name: 'RunError', code: 'ERR_WORKERS', message: /`executor` must not be shut down before the run is over/ }
    await assert.rejects(downloadMany([url(1)], { ...inMemory(whole()), executor: ended }).summary, why)

    const executor = new AsyncExecutor(1)
    const onEvent = ({ type }: RunEvent): void => {
      if (type === 'outcome') void executor.shutdown({ cancelFutures: true })
    }
    await assert.rejects(downloadMany([url(1), url(2)], { ...inMemory(whole()), executor, onEvent }).summary, why)
  })

  test('a fetcher is closed at the end', async () => {
    const fetcher = whole()
    await downloadMany([url(1)], inMemory(fetcher)).summary
    assert.equal(fetcher.closed, 1)
  })

  const wrong: readonly (readonly [string, DownloadOptions, RegExp])[] = [
    ['a sink for threads', { style: 'threads', sink: new MemorySink() }, /cannot travel/],
    ['no room at all', { concurrency: 0 }, /`concurrency` .* at least 1, got 0/],
    ['half a request', { perHost: 1.5 }, /`perHost`/],
    ['a number in words', { concurrency: 'many' as never }, /`concurrency` .* an integer or 'auto', got 'many'/],
    ['an unknown style', { style: 'cluster' as never }, /one of auto, sequential/],
    ['an executor and a style', { style: 'async', executor: new AsyncExecutor(1) }, /give one of them/],
    ['a broken header', { headers: ['no colon'] }, /Name: value/],
    ['a header with a line break', { headers: ['A: b\r\nC: d'] }, /must not have/],
    ['a header that halyard sets', { headers: ['If-None-Match: "1"'] }, /If-None-Match.*itself/],
    ['fresh and refresh', { fresh: true, refresh: true }, /forgets/],
    ['an unknown field in the name', { name: '{nonsense}' }, /nonsense/],
    ['a code that does not exist', { retryFailed: ['HTPT_404'] }, /HTPT_404/],
    ['a name server with a name', { dnsServers: ['9.9.9.9', 'dns.example'] }, /`dnsServers` .*'dns\.example'/],
    ['a name server with half a port', { dnsServers: ['[::1]:70000'] }, /`dnsServers`/],
    ['a host that leads to a name', { resolve: ['a.example:80:b.example'] }, /`resolve` .*host:port:address/],
    ['a certificate without its key', { cert: 'x.pem' }, /belong together/],
    ['an option that does not exist', { 'per-host': 3 } as never, /no option `per-host`: `perHost`\?/],
    ['an executor that is none', { executor: {} as never }, /`executor` .* an Executor.*got \{\}/],
    ['a folder that is a number', { output: 7 as never }, /`output` .* path of a folder, got 7/],
    ['a signal that is its controller', { signal: new AbortController() as never }, /`signal` .* an AbortSignal/],
    ['a sink without methods', { sink: {} as never }, /`sink` .* begin\(\)/],
    ['a journal that is true', { journal: true as never }, /`journal` .* false or a Journal/],
    ['a fetcher that is a function', { fetcher: (() => {}) as never }, /`fetcher` .* fetch\(\)/],
    ['no options at all', null as never, /options to be an object, got null/],
  ]
  for (const [what, options, message] of wrong) {
    test(`${what} is refused at once`, () => {
      assert.throws(() => downloadMany([url(1)], options), { name: 'RunError', code: 'ERR_OPTIONS', message })
    })
  }

  for (const list of [null, undefined, 7, {}]) {
    test(`a list that is ${JSON.stringify(list)} is refused at once`, () => {
      const message = /the list to be URLs, jobs or a source/
      assert.throws(() => downloadMany(list as never), { name: 'RunError', code: 'ERR_OPTIONS', message })
    })
  }
})
