import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type FlagServer, startFlagServer } from 'halyard/flag-server'
import { temporaryFolder } from '../support/temporary-folder.js'
import { oneOf, someOf } from '../support/thorough.js'
import type { Comparison, ComparisonJob, StyleRun } from '../../src/compare/index.js'

const { compare } = (await import(
  new URL('../../../dist/compare/index.js', import.meta.url).href
)) as typeof import('../../src/compare/index.js')

const CODES = ['BR', 'CN', 'DE', 'IN', 'US']
/** Longer than a thread takes to start where everything is busy: whose calls come to it late gets those of the others when the first are done. */
const DELAY = 1000
const folder = temporaryFolder({ after })
let server: FlagServer
let result: Comparison
const seen: string[] = []

const jobFor = (job: Partial<ComparisonJob>): ComparisonJob => ({
  codes: CODES,
  baseUrl: server.flagsUrl,
  outputDir: folder,
  concurrency: 8,
  styles: ['sequential', 'async', 'threads', 'processes'],
  ...job,
})
const runOf = ({ runs }: Comparison, style: StyleRun['style']): StyleRun => runs.find((run) => run.style === style)!

before(async () => {
  server = await startFlagServer({ delay: DELAY / 1000 })
  await mkdir(join(folder, 'async'))
  await writeFile(join(folder, 'async', 'notes.txt'), 'mine')
  result = await compare(jobFor({}), {
    onStyle: (style) => seen.push(`begin ${style}`),
    onDownload: (style, done) => seen.push(`${style} ${done}`),
    onRun: ({ style }) => seen.push(`end ${style}`),
  })
})

after(() => server.close())

test('every style downloads every flag once, in the order of the list', () => {
  assert.deepEqual(
    result.runs.map(({ style }) => style),
    ['sequential', 'async', 'threads', 'processes'],
  )
  for (const run of result.runs) {
    assert.equal(run.failure, undefined)
    assert.deepEqual(
      run.downloads.map(({ cc, status }) => [cc, status]),
      CODES.map((cc) => [cc, 'ok']),
      run.style,
    )
  }
})

test('every style writes the same files, and they are those of the server', async () => {
  const { files } = result
  assert.equal(files.count, 4 * CODES.length)
  assert.deepEqual([files.same, files.differing, files.missing], [CODES, [], []])
  const original = new Uint8Array(await (await fetch(`${server.flagsUrl}/br/br.gif`)).arrayBuffer())
  for (const style of ['sequential', 'async', 'threads', 'processes']) {
    const [first] = runOf(result, style as StyleRun['style']).downloads
    assert.deepEqual(new Uint8Array(await readFile(join(folder, style, 'br.gif'))), original)
    assert.equal(first!.bytes, original.byteLength)
  }
})

test('what else lies in the folder of a style stays there', async () => {
  assert.equal(await readFile(join(folder, 'async', 'notes.txt'), 'utf8'), 'mine')
  assert.equal((await readdir(join(folder, 'async'))).length, CODES.length + 1)
})

test('the times of a download follow each other, inside its run', () => {
  for (const { style, elapsed, downloads } of result.runs) {
    for (const { cc, start, connected = start, firstByte, end } of downloads) {
      assert.ok(firstByte !== undefined, `${style} ${cc}`)
      const times = [0, start, connected, firstByte, end, elapsed]
      // Clocks of two processes may differ by a hair.
      for (const [i, time] of times.entries())
        assert.ok(i === 0 || time >= times[i - 1]! - 5, `${style} ${cc}: ${times.join(' ')}`)
      assert.ok(firstByte - start >= DELAY - 5, `${style} ${cc}: the server took ${firstByte - start} ms`)
    }
  }
})

test('sequential downloads follow each other, and use one connection', () => {
  const { downloads, concurrency, carriers } = runOf(result, 'sequential')
  for (const [i, { start }] of downloads.entries()) assert.ok(i === 0 || start >= downloads[i - 1]!.end)
  assert.equal(downloads.filter(({ connected }) => connected !== undefined).length, 1)
  assert.deepEqual([concurrency, carriers], [1, 1])
})

test('in the other styles a thread asks for all of its flags before the first of them has come', () => {
  for (const style of ['async', 'threads', 'processes'] as const) {
    const { downloads } = runOf(result, style)
    for (const thread of new Set(downloads.map((download) => download.thread))) {
      const own = downloads.filter((download) => download.thread === thread)
      const lastAsked = Math.max(...own.map(({ start }) => start))
      const firstCame = Math.min(...own.map(({ firstByte }) => firstByte!))
      assert.ok(lastAsked < firstCame, `${style} ${thread}: ${lastAsked} ${firstCame}`)
    }
  }
})

test('each call names the slot and the thread that ran it', () => {
  const workers = (style: StyleRun['style']): string[] => runOf(result, style).downloads.map(({ worker }) => worker)
  assert.deepEqual([...new Set(workers('sequential'))], ['SequentialExecutor-1_0'])
  assert.equal(new Set(workers('async')).size, CODES.length)
  assert.ok(workers('threads').every((worker) => /^ThreadPoolExecutor-1_\d+$/.test(worker)))
  assert.ok(workers('processes').every((worker) => /^ProcessPoolExecutor-1_\d+$/.test(worker)))
  const threads = result.runs.map(({ downloads }) => new Set(downloads.map(({ thread }) => thread)))
  // A fresh start for each: no two styles share a process.
  assert.equal(
    new Set(threads.flatMap((set) => [...set])).size,
    threads.reduce((sum, { size }) => sum + size, 0),
  )
})

test('only threads and processes had something to start', () => {
  assert.deepEqual(
    result.runs.map(({ ready }) => ready !== undefined && ready > 0),
    [false, false, true, true],
  )
})

test('how much faster and how near the ideal are worked out from what was measured', () => {
  const { elapsed } = runOf(result, 'sequential')
  for (const run of result.runs) {
    assert.equal(run.faster, elapsed / run.elapsed)
    assert.ok(run.ofIdeal! > 0 && run.ofIdeal! <= 1.001, `${run.style}: ${run.ofIdeal}`)
  }
  assert.ok(runOf(result, 'sequential').ofIdeal! > 0.8)
  assert.ok(runOf(result, 'async').faster! > 2)
})

test('who watches hears of every beginning, every download and every end', () => {
  const expected = result.runs.flatMap(({ style }) => [
    `begin ${style}`,
    ...CODES.map((_, i) => `${style} ${i + 1}`),
    `end ${style}`,
  ])
  assert.deepEqual(seen, expected)
})

test('no more run at once than was asked for', async () => {
  for (const style of someOf(2, ['sequential', 'async', 'threads', 'processes'] as const)) {
    server.log.clear()
    const { runs } = await compare(jobFor({ concurrency: 3, styles: [style] }))
    const most = style === 'sequential' ? 1 : 3
    assert.deepEqual([runs[0]!.concurrency, server.log.total], [most, 5], style)
    assert.ok(server.log.peakConcurrency <= most, `${style}: ${server.log.peakConcurrency}`)
  }
})

test('a flag the server does not have is not found in every style, and no file is there', async () => {
  const { runs, files } = await compare(jobFor({ codes: ['BR', 'XX'], styles: ['async', 'threads'] }))
  for (const { downloads, failure } of runs) {
    assert.equal(failure, undefined)
    assert.deepEqual(
      downloads.map(({ status }) => status),
      ['ok', 'not-found'],
    )
  }
  assert.deepEqual([files.count, files.same], [2, ['BR']])
})

test('a flag left by an earlier run does not pass for one of this run', async () => {
  await writeFile(join(folder, 'async', 'xx.gif'), 'old')
  const { files } = await compare(jobFor({ codes: ['XX'], styles: ['async'] }))
  assert.equal(files.count, 0)
  assert.ok(!(await readdir(join(folder, 'async'))).includes('xx.gif'))
})

test('a server that answers with errors makes errors with their reason, not a failed style', async () => {
  await using failing = await startFlagServer({ status: 418 })
  const { runs } = await compare(jobFor({ baseUrl: failing.flagsUrl, codes: ['BR', 'CN'], styles: ['async', 'processes'] }))
  for (const run of runs) {
    assert.equal(run.failure, undefined)
    assert.deepEqual(
      run.downloads.map(({ status, note }) => [status, note]),
      [
        ['error', 'HTTP 418'],
        ['error', 'HTTP 418'],
      ],
    )
    assert.ok(run.downloads.every(({ firstByte }) => firstByte !== undefined))
  }
})

test('a server that is not there makes errors without a first byte', async () => {
  const gone = await startFlagServer()
  const baseUrl = gone.flagsUrl
  await gone.close()
  const { runs } = await compare(jobFor({ baseUrl, codes: ['BR'], styles: ['sequential'] }))
  const [download] = runs[0]!.downloads
  assert.equal(download!.status, 'error')
  assert.match(download!.note!, /ECONNREFUSED/)
  assert.doesNotMatch(download!.note!, /http:/)
  assert.equal(download!.firstByte, undefined)
})

test('a style that cannot write its files fails with the reason, and the others go on', async () => {
  const outputDir = join(folder, 'blocked')
  const { runs } = await compare(jobFor({ codes: ['BR', 'CN'], outputDir, styles: ['threads', 'async'] }), {
    // A folder where the file has to go.
    onStyle: (style) => {
      if (style === 'threads') mkdirSync(join(outputDir, 'threads', 'br.gif'))
    },
  })
  assert.match(runs[0]!.failure!, /^OutputError: cannot write .*br\.gif/)
  assert.deepEqual([runs[0]!.faster, runs[0]!.ofIdeal], [undefined, undefined])
  assert.equal(runs[1]!.failure, undefined)
  assert.equal(runs[1]!.downloads.length, 2)
})

test('a folder that cannot be made is an error before anything is downloaded', async () => {
  await writeFile(join(folder, 'file'), '')
  const asked = server.log.total
  await assert.rejects(compare(jobFor({ outputDir: join(folder, 'file') })), { name: 'OutputError', code: 'ERR_OUTPUT' })
  assert.equal(server.log.total, asked)
})

for (const style of oneOf(['sequential', 'threads', 'processes'] as const)) {
  test(`interrupted, ${style} ends at once: the comparison rejects with the reason and no process is left`, async () => {
    await using slow = await startFlagServer({ delay: 30 })
    const controller = new AbortController()
    const reason = new Error('enough')
    const running = compare(jobFor({ baseUrl: slow.flagsUrl, styles: [style, 'async'] }), { signal: controller.signal })
    await slow.log.waitFor(() => true)
    const begun = performance.now()
    controller.abort(reason)
    await assert.rejects(running, reason)
    assert.ok(performance.now() - begun < 10_000)
    for (const { n } of slow.log.records) await slow.log.waitFor((record) => record.n === n && record.outcome === 'client-closed')
  })
}

test('interrupted before it began, nothing begins', async () => {
  const asked = server.log.total
  await assert.rejects(compare(jobFor({}), { signal: AbortSignal.abort(new Error('no')) }), /no/)
  assert.equal(server.log.total, asked)
})
