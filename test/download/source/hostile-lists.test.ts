import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { Program } from '../../support/child-program.js'
import { oneOf } from '../../support/thorough.js'

interface Read {
  readonly good: number
  readonly bad: number
  readonly last: string
  readonly error: string
  /** MB of memory at most, in this list and those before. */
  readonly peak: number
}

const program = new URL('../../fixtures/download/read-list.js', import.meta.url)

/** Reads the lists in a process of its own. The young generation is small there, so that what is measured is what is kept. */
async function read(lists: readonly string[]): Promise<Read[]> {
  const ended = await new Program(program, { args: lists, execArgv: ['--max-semi-space-size=1'], timeout: 120_000 }).ended
  assert.equal(ended.code, 0, ended.stderr)
  return ended.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Read)
}

/** Entries with an input, entries with a problem, and the error at the end. Those of a group are read by one process. */
const HOSTILE: readonly (readonly (readonly [list: string, good: number, bad: number, error?: string])[])[] = [
  [['300,000 long lines', 300_000, 0]],
  [
    ['a line of 1 GB', 2, 1],
    ['96 MB of NUL', 2, 1],
    ['a comment of 96 MB', 1, 0],
    ['4 MB of blank lines', 1, 0],
    ['a line of 96 MB in gzip', 2, 1],
  ],
  [
    ['a csv row of 96 MB', 2, 1],
    ['a csv row of a million cells', 2, 1],
    ['a csv header of a million cells', 0, 0, 'ERR_SOURCE'],
    ['a csv quote that is never closed', 100_000, 1],
    ['csv quotes all over', 1, 28_086],
  ],
  [
    ['a jsonl line of 96 MB', 2, 1],
    ['jsonl nested all over', 1, 70],
  ],
  [
    ['a loc of 8 MB', 1, 1],
    ['a loc of 8 MB in CDATA', 1, 1],
    ['an XML comment of 8 MB', 0, 0, 'ERR_SOURCE'],
    ['an XML name of 8 MB', 0, 0, 'ERR_SOURCE'],
    ['an XML DTD of 8 MB', 0, 0, 'ERR_SOURCE'],
    ['XML attributes without end', 0, 0],
    ['XML elements without end', 0, 0, 'ERR_SOURCE'],
    ['a metalink file with 100,000 URLs', 1, 1],
  ],
]

/** MB above a list of 500 lines. Held whole, the large ones would take 96 at least; when V8 collects is its own business. */
const ALLOWED = 64

describe('hostile lists take no more memory than short ones:', () => {
  let short: Read | undefined
  before(async () => {
    ;[short] = await read(['short'])
  })

  for (const group of oneOf(HOSTILE)) {
    let found: Promise<readonly Read[]> | undefined
    for (const [index, [list, good, bad, error = '']] of group.entries()) {
      test(list, async () => {
        found ??= read(group.map(([name]) => name))
        const { peak, last, ...rest } = (await found)[index] ?? assert.fail('it was not read')
        assert.deepEqual(rest, { good, bad, error })
        if (good > 0) assert.match(last, /^http:/)
        const more = peak - (short?.peak ?? 0)
        assert.ok(more < ALLOWED, `${String(more)} MB more than for a short list`)
      })
    }
  }
})
