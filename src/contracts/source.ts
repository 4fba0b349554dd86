/** What every source promises. One suite, run by each implementation; what one cannot do is a declared gap with its reason. */
import assert from 'node:assert/strict'
import { readdirSync, readlinkSync } from 'node:fs'
import { describe, test, type TestContext } from 'node:test'
import type { Source, SourceEntry } from '../download/index.js'

/** What a source is made of. */
export interface List {
  readonly urls: readonly string[]
  /** A line that makes no job comes before the URL with this index. */
  readonly badAt?: number
}

/** Why a source cannot do what others do. */
export interface SourceGaps {
  readonly badLines?: string
  readonly emptyList?: string
  /** It can be read once, and not be told before it is read. */
  readonly comesOnce?: string
}

/** Makes a source of a list, for one test. */
export type MakeSource = (list: List, t: TestContext) => Source | Promise<Source>

const urlsUpTo = (count: number): string[] => Array.from({ length: count }, (_, index) => `http://host.example/file-${index}.gif`)

async function read(source: Source): Promise<SourceEntry[]> {
  const entries: SourceEntry[] = []
  for await (const batch of source.batches()) {
    assert.ok(batch.length > 0 && batch.length <= 1_000, `a batch of ${batch.length}`)
    entries.push(...batch)
  }
  return entries
}

const urlsOf = (entries: readonly SourceEntry[]): string[] =>
  entries.flatMap((entry) => ('input' in entry ? [entry.input.url] : []))

/** Files that this process has open: how often each. */
function openFiles(): Map<string, number> {
  const files = new Map<string, number>()
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`)
      if (target.startsWith('/')) files.set(target, (files.get(target) ?? 0) + 1)
    } catch {
      // The one that lists the others.
    }
  }
  return files
}

/** Those that were not open before. */
function opened(before: ReadonlyMap<string, number>): string[] {
  return [...openFiles()].filter(([file, times]) => times > (before.get(file) ?? 0)).map(([file]) => file)
}

const gap = (reason: string | undefined): { skip?: string } => (reason === undefined ? {} : { skip: reason })

/**
 * Declares the contract of sources as tests of node:test.
 *
 * @param name of the implementation, for the titles
 * @param gaps what it cannot do, each with the reason; those tests are skipped with it
 */
export function describeSourceContract(name: string, make: MakeSource, gaps: SourceGaps = {}): void {
  const noFiles = process.platform === 'linux' ? undefined : 'open files are counted in /proc'

  describe(`${name} keeps the source contract:`, () => {
    test('every URL comes once, in order, in batches of 1 to 1,000', async (t) => {
      const urls = urlsUpTo(2_500)
      assert.deepEqual(urlsOf(await read(await make({ urls }, t))), urls)
    })

    test('lines have ascending numbers, or none of them has', async (t) => {
      const lines = (await read(await make({ urls: urlsUpTo(20) }, t))).map(({ line }) => line)
      if (lines.every((line) => line === undefined)) return
      assert.deepEqual(
        lines,
        lines.map(Number).toSorted((a, b) => a - b),
      )
    })

    test('a list without entries is no failure', gap(gaps.emptyList), async (t) => {
      assert.deepEqual(await read(await make({ urls: [] }, t)), [])
    })

    test('reading again gives the same entries', gap(gaps.comesOnce), async (t) => {
      const source = await make({ urls: urlsUpTo(50), ...(gaps.badLines === undefined ? { badAt: 3 } : {}) }, t)
      assert.deepEqual(await read(source), await read(source))
    })

    test('a bad line is an entry with a problem, and the lines after it are read', gap(gaps.badLines), async (t) => {
      const urls = urlsUpTo(5)
      const entries = await read(await make({ urls, badAt: 2 }, t))
      assert.deepEqual(urlsOf(entries), urls)
      const bad = entries[2]
      assert.ok(bad !== undefined && 'problem' in bad)
      assert.match(bad.problem.code, /^INVALID_/)
      assert.ok(bad.text.length > 0 && bad.text.length <= 200)
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(bad.text, /[\u0000-\u001f\u007f-\u009f]/)
    })

    test('the fingerprint is the same for the same list and another for another; none where the list comes only once', async (t) => {
      const print = async (urls: string[]): Promise<string | undefined> => (await make({ urls }, t)).fingerprint()
      const first = await print(urlsUpTo(20))
      if (gaps.comesOnce !== undefined) {
        assert.equal(first, undefined)
        return
      }
      assert.match(first ?? '', /^[0-9a-f]{64}$/)
      assert.equal(await print(urlsUpTo(20)), first)
      assert.notEqual(await print(urlsUpTo(21)), first)
      assert.notEqual(await print(urlsUpTo(20).toReversed()), first)
    })

    test('breaking off the loop closes files', gap(noFiles), async (t) => {
      const before = openFiles()
      const source = await make({ urls: urlsUpTo(6_000) }, t)
      for await (const _ of source.batches()) break
      assert.deepEqual(opened(before), [])
    })

    test('reading to the end closes files', gap(noFiles), async (t) => {
      const before = openFiles()
      await read(await make({ urls: urlsUpTo(2_000) }, t))
      assert.deepEqual(opened(before), [])
    })

    test('after an abort the next batch rejects with the reason, and files are closed', async (t) => {
      const before = noFiles === undefined ? openFiles() : new Map<string, number>()
      const source = await make({ urls: urlsUpTo(6_000) }, t)
      const controller = new AbortController()
      const reason = new Error('enough')
      let batches = 0
      await assert.rejects(async () => {
        for await (const _ of source.batches(controller.signal)) {
          batches += 1
          controller.abort(reason)
        }
      }, reason)
      assert.equal(batches, 1)
      if (noFiles === undefined) assert.deepEqual(opened(before), [])
    })

    test('aborted before it begins, it gives nothing', async (t) => {
      const source = await make({ urls: urlsUpTo(10) }, t)
      const reason = new Error('enough')
      await assert.rejects(async () => {
        for await (const batch of source.batches(AbortSignal.abort(reason))) assert.fail(`${batch.length} entries`)
      }, reason)
    })
  })
}
