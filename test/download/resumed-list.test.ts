/** A long list that is gone on with: from the place where the work is, under the names that it would have had. */
import assert from 'node:assert/strict'
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { downloadMany, type DownloadOptions, MemorySink, type Outcome, openSource, type Source, type SourceEntry } from 'halyard'
import { ScriptedFetcher } from '../support/scripted-fetcher.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const { RunFolder } = (await import(
  new URL('../../../dist/download/journal/run-folder.js', import.meta.url).href
)) as typeof import('../../src/download/journal/run-folder.js')
const { listIndex } = RunFolder.prototype
RunFolder.prototype.listIndex = function () {
  return listIndex.call(this, { every: 100 })
}

/** Long ones, so that they come in several pieces. */
const LINES = 1_500
const PADDING = 'x'.repeat(200)
const COMMENT = '# a comment\n\n'

/** Every fourth line wants one of ten names, every ninth is no URL. */
function listText(lines: number): string {
  let text = COMMENT
  for (let id = 0; id < lines; id++) {
    text +=
      id % 9 === 5 ? `no url ${id}\n` : `http://host.test/${id}${PADDING}/${id % 4 === 0 ? `same-${id % 10}` : `n-${id}`}.gif\n`
  }
  return text
}

/** A source that counts the entries it gives. */
class Counted implements Source {
  entries = 0
  readonly #source: Source
  readonly fingerprint: Source['fingerprint']
  readonly expected: NonNullable<Source['expected']>

  constructor(source: Source) {
    this.#source = source
    this.fingerprint = () => source.fingerprint()
    this.expected = async () => await source.expected?.()
  }

  async *batches(...how: Parameters<Source['batches']>): AsyncGenerator<readonly SourceEntry[]> {
    for await (const batch of this.#source.batches(...how)) {
      this.entries += batch.length
      yield batch
    }
  }
}

/** So many lines of a megabyte that say nothing. */
const filler = (megabytes: number): string => `#${'x'.repeat(2 ** 20 - 2)}\n`.repeat(megabytes)

const fetcher = (): ScriptedFetcher => new ScriptedFetcher(() => ({ body: 'x' }))

/** Runs until so many more lines are done; all of them without a number. */
async function life(source: Source, output: string, records = Infinity, more: DownloadOptions = {}): Promise<Outcome[]> {
  const stop = new AbortController()
  const outcomes: Outcome[] = []
  const options = { output, fetcher: fetcher(), sink: new MemorySink(), signal: stop.signal, ...more }
  for await (const outcome of downloadMany(source, options)) {
    outcomes.push(outcome)
    if (outcomes.length >= records) stop.abort()
  }
  return outcomes
}

const namesOf = (outcomes: readonly Outcome[]): Map<number, string | undefined> =>
  new Map(outcomes.map(({ id, file }) => [id, file] as const).toSorted(([a], [b]) => a - b))

async function openList(
  t: TestContext,
  name = 'list.txt',
  text = listText(LINES),
): Promise<{ path: string; open: () => Promise<Counted> }> {
  const path = join(temporaryFolder(t), name)
  await Promise.resolve(writeFileSync(path, text))
  return { path, open: async () => new Counted(await openSource({ inputs: [path] })) }
}

describe('a list that is gone on with', () => {
  test('is read from near the first line that is not done, and every line has the name and the number it would have had', async (t) => {
    const { open } = await openList(t)
    const right = namesOf(await life(await open(), join(temporaryFolder(t), 'right')))
    assert.equal(right.size, LINES)
    const output = join(temporaryFolder(t), 'out')
    const before = await life(await open(), output, 1_000)
    assert.ok(before.length < 1_300, `${before.length} lines were done before it stopped`)
    assert.ok(statSync(join(output, '.halyard', 'list.index')).size > 0)
    const second = await open()
    const after = await life(second, output)
    assert.deepEqual(namesOf([...before, ...after]), right)
    assert.ok(second.entries <= LINES - 500, `${second.entries} lines were read again`)
    for (const { line, id, status } of after) if (status === 'invalid') assert.equal(line, id + 3)
    const third = await open()
    assert.deepEqual(await life(third, output), [])
    assert.equal(third.entries, 0)
  })

  test('is read from its begin when the index is gone, and the names are the same', async (t) => {
    const { open } = await openList(t)
    const output = join(temporaryFolder(t), 'out')
    const before = await life(await open(), output, 700)
    rmSync(join(output, '.halyard', 'list.index'))
    const second = await open()
    const after = await life(second, output)
    assert.equal(second.entries, LINES)
    const names = namesOf([...before, ...after])
    assert.equal(names.size, LINES)
    const files = [...names.values()].filter((file) => file !== undefined)
    assert.equal(new Set(files).size, files.length)
    assert.deepEqual([names.get(0), names.get(20), names.get(40)], ['same-0.gif', 'same-0-21.gif', 'same-0-41.gif'])
  })

  test('a list that cannot be read from a place is read through, but not named again', async (t) => {
    // CSV: its first line says what is in the others.
    const text = `url\n${listText(LINES).slice(COMMENT.length)}`
    const { open } = await openList(t, 'list.csv', text)
    const right = namesOf(await life(await open(), join(temporaryFolder(t), 'right')))
    const output = join(temporaryFolder(t), 'out')
    const before = await life(await open(), output, 1_000)
    assert.ok(statSync(join(output, '.halyard', 'list.index')).size > 0)
    const second = await open()
    const after = await life(second, output)
    assert.equal(second.entries, LINES)
    assert.deepEqual(namesOf([...before, ...after]), right)
  })

  test('--retry-failed goes back to the first line that failed', async (t) => {
    const { open } = await openList(t)
    const output = join(temporaryFolder(t), 'out')
    const bad = new ScriptedFetcher(({ url }) => (url.endsWith('/n-3.gif') ? { fails: 'HTTP_403' } : { body: 'x' }))
    const before = await life(await open(), output, Infinity, { fetcher: bad })
    const second = await open()
    const after = await life(second, output, Infinity, { retryFailed: true })
    assert.equal(second.entries, LINES)
    assert.deepEqual(
      after.map(({ id, status, file }) => [id, status, file]),
      [[3, 'ok', 'n-3.gif']],
    )
    assert.equal(before.find(({ id }) => id === 3)?.status, 'error')
  })

  test('a list of more than 64 MB that was changed where nobody looked is refused, not misread', async (t) => {
    const entries = listText(LINES)
    const begin = 2 * 2 ** 20
    const { path, open } = await openList(t, 'list.txt', filler(2) + entries + filler(64))
    const output = join(temporaryFolder(t), 'out')
    await life(await open(), output, 1_000)
    // A byte less in the first line and one more in the last: the length, the begin and the end are the same.
    const changed = `${entries.slice(1, -1)}x\n`
    const bytes = readFileSync(path)
    bytes.write(changed, begin)
    writeFileSync(path, bytes)
    await assert.rejects(life(await open(), output), { code: 'ERR_SOURCE', message: /was changed since the run began/ })
  })

  test('a list that broke off is gone on with once it is mended, under the same numbers and names', async (t) => {
    const whole = gzipSync(listText(LINES))
    const { path, open } = await openList(t, 'list.txt.gz', listText(LINES))
    writeFileSync(path, whole)
    const right = namesOf(await life(await open(), join(temporaryFolder(t), 'right')))
    const output = join(temporaryFolder(t), 'out')
    writeFileSync(path, whole.subarray(0, whole.length >> 1))
    const before = await untilItBreaks(await open(), output)
    assert.ok(before.length > 0 && before.length < LINES, `${before.length} lines were done before it broke off`)

    // Another one that goes on otherwise than the broken one began is none that was mended.
    writeFileSync(path, gzipSync(listText(LINES).replace('no url 5\n', 'no url at all\n')))
    await assert.rejects(life(await open(), output), { code: 'ERR_DIFFERENT_RUN', message: /broke off.*--fresh/ })

    writeFileSync(path, whole)
    const after = await life(await open(), output)
    assert.deepEqual(namesOf([...before, ...after]), right)
    assert.equal(before.length + after.length, LINES)
  })

  test('a list that broke off, was mended and gone on with is then the list of the run, and no other', async (t) => {
    const whole = gzipSync(listText(LINES))
    const { path, open } = await openList(t, 'list.txt.gz', listText(LINES))
    const output = join(temporaryFolder(t), 'out')
    writeFileSync(path, whole.subarray(0, whole.length >> 1))
    await untilItBreaks(await open(), output)
    writeFileSync(path, whole)
    await life(await open(), output)
    writeFileSync(path, gzipSync(`${listText(LINES)}http://host.test/more.gif\n`))
    await assert.rejects(life(await open(), output), { code: 'ERR_DIFFERENT_RUN', message: /the list is another one/ })
  })
})

async function untilItBreaks(source: Source, output: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const run = downloadMany(source, { output, fetcher: fetcher(), sink: new MemorySink() })
  await assert.rejects(
    async () => {
      for await (const outcome of run) outcomes.push(outcome)
    },
    { code: 'ERR_SOURCE', message: /is not whole/ },
  )
  return outcomes
}
