/** What is on the disk when: with `durable` all that somebody was told of, in the order that a loss of power asks for; without it nothing waits. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { downloadMany, type DownloadOptions, type Outcome } from 'halyard'
import { answer, startRawServer } from '../../support/raw-server.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { type DiskCall, diskCalls, unsafeAt } from './disk-calls.js'

/** Files in folders of their own, and one that is not found. */
const NAMES = ['deep/0/0.bin', 'deep/1/1.bin', 'gone', 'deep/0/2.bin', '3.bin']
const FILES = NAMES.length - 1
const JOURNAL = 'new/out/.halyard/journal.jsonl'

/** A run into a folder that is not there yet, nor the one above it. Told is the number of a line, and whether it has its record by then. */
async function callsOf(t: TestContext, options: DownloadOptions, names: readonly string[] = NAMES): Promise<DiskCall[]> {
  const server = await startRawServer(t, ({ socket, path }) =>
    socket.write(path === '/gone' ? answer('404 Not Found') : answer('200 OK', `the bytes of ${path}`)),
  )
  const root = temporaryFolder(t)
  const shown = ({ id }: Outcome): string =>
    `${id}${readFileSync(join(root, JOURNAL), 'utf8').includes(`{"id":${id},`) ? '' : ', not recorded'}`
  return await diskCalls(root, async (told) => {
    const run = downloadMany(
      names.map((name, n) => ({ url: `${server.url}/${name === 'gone' ? name : n}`, name })),
      {
        output: join(root, 'new', 'out'),
        style: 'async',
        onEvent: (event) => event.type === 'outcome' && told(shown(event.outcome)),
        ...options,
      },
    )
    for await (const outcome of run) told(shown(outcome))
    await run.summary
    told('the end')
  })
}

const positions = (calls: readonly DiskCall[], is: (call: DiskCall) => boolean): number[] =>
  calls.flatMap((call, index) => (is(call) ? [index] : []))

/** What a crash may cost: parts that have no name yet, and state that is made anew. */
const isDispensable = (path: string): boolean =>
  path.endsWith('.part') || /^new\/out\/\.halyard\/(?!journal|run\.json)/.test(path)

describe('durable', () => {
  test('everything that somebody is told of is on the disk: bytes, names, folders and records', async (t) => {
    for (const names of [NAMES, ['gone']]) {
      const calls = await callsOf(t, { durable: true }, names)
      const told = positions(calls, ({ did }) => did === 'told')
      assert.equal(told.length, 2 * names.length + 1)
      for (const index of told) {
        const { path } = calls[index] as DiskCall
        assert.doesNotMatch(path, /not recorded/)
        const unsafe = unsafeAt(calls, index).filter((lost) => !isDispensable(lost))
        assert.deepEqual(unsafe, [], path)
      }
    }
  })

  test('a file gets its name when its bytes are on the disk, and its record when its name is', async (t) => {
    const calls = await callsOf(t, { durable: true })
    const published = positions(calls, ({ did, to }) => did === 'renamed' && to?.endsWith('.bin') === true)
    assert.equal(published.length, FILES)
    for (const index of published) {
      const { path, to = '' } = calls[index] as DiskCall
      assert.ok(!unsafeAt(calls, index).includes(path), `${path} has its name too early`)
      const written = calls.findIndex(({ did, path: into }, at) => at > index && did === 'wrote' && into === JOURNAL)
      assert.ok(written > index && !unsafeAt(calls, written).includes(to), `${to} has its record too early`)
    }
  })

  test('without it nothing waits for the disk but the state that is replaced as a whole', async (t) => {
    const calls = await callsOf(t, { durable: false })
    assert.ok(positions(calls, ({ did, path }) => did === 'wrote' && path === JOURNAL).length > 0)
    const synced = calls.filter(({ did }) => did === 'synced').map(({ path }) => path)
    assert.deepEqual(
      synced.filter((path) => path !== 'new/out/.halyard' && !/^new\/out\/\.halyard\/.*\.new$/.test(path)),
      [],
    )
  })

  test('a tar shard gets its name when its bytes are on the disk, and the run is over when its name is', async (t) => {
    const calls = await callsOf(t, { durable: true, sink: 'tar', shardSize: 4 })
    const published = positions(calls, ({ did, to }) => did === 'renamed' && to?.endsWith('.tar') === true)
    assert.equal(published.length, 2)
    for (const index of published) {
      const { path } = calls[index] as DiskCall
      assert.ok(!unsafeAt(calls, index).includes(path), `${path} has its name too early`)
    }
    const unsafe = unsafeAt(calls, calls.length).filter((path) => !path.includes('.halyard/'))
    assert.deepEqual(unsafe, [])
  })
})
