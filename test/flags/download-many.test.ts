import assert from 'node:assert/strict'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { FLAGS_FOLDER, startFlagServer } from 'halyard/flag-server'
import { answer, startRawServer, type RawConnection } from '../support/raw-server.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { oneOf } from '../support/thorough.js'

const { downloadMany, downloadOne, getFlag, STYLES } = (await import(
  new URL('../../../dist/flags/index.js', import.meta.url).href
)) as typeof import('../../src/flags/index.js')
type StyleName = import('../../src/flags/index.js').StyleName
type DownloadManyOptions = import('../../src/flags/index.js').DownloadManyOptions

/** Threads or processes, drawn anew; all four in a thorough run. */
const drawn = oneOf<StyleName>(['threads', 'processes'])
const styles = (Object.keys(STYLES) as StyleName[]).filter(
  (name) => name === 'sequential' || name === 'async' || drawn.includes(name),
)
const B = Array.from({ length: 26 }, (_, i) => `B${String.fromCharCode(65 + i)}`)

/** A server that answers as `respond` says for some country codes, and with a small flag for the others. */
async function startServer(t: TestContext, respond: Record<string, (connection: RawConnection) => void>): Promise<string> {
  const server = await startRawServer(t, (connection) => {
    const cc = /\/flags\/(..)\/\1\.gif$/.exec(connection.path)?.[1] ?? ''
    const special = respond[cc]
    if (special === undefined) connection.socket.write(answer('200 OK', `GIF89a ${cc}`))
    else special(connection)
  })
  return `${server.url}/flags`
}

/** Downloads into a folder of the test, five at a time. */
async function run(
  t: TestContext,
  style: StyleName,
  ccList: readonly string[],
  baseUrl: string,
  options: DownloadManyOptions = {},
): Promise<{ counter: Record<string, number>; files: string[]; folder: string }> {
  const folder = temporaryFolder(t)
  const counter = await downloadMany(ccList, baseUrl, false, 5, { style, destDir: folder, ...options })
  return { counter, files: readdirSync(folder).sort(), folder }
}

for (const style of styles) {
  test(`flags found and not found are counted apart (${style})`, async (t) => {
    await using server = await startFlagServer()
    const { counter, files } = await run(t, style, B, server.flagsUrl)
    assert.deepEqual(counter, { ok: 17, 'not-found': 9, error: 0 })
    assert.equal(files.length, 17)
  })

  test(`the files are the server's, byte for byte (${style})`, async (t) => {
    await using server = await startFlagServer()
    const { files, folder } = await run(t, style, ['BR', 'CN', 'VN'], server.flagsUrl)
    assert.deepEqual(files, ['br.gif', 'cn.gif', 'vn.gif'])
    for (const file of files) {
      const original = readFileSync(join(FLAGS_FOLDER, file.slice(0, 2), file))
      assert.deepEqual(readFileSync(join(folder, file)), original)
    }
  })

  test(`whatever goes wrong with one flag is counted, and the run goes on (${style})`, async (t) => {
    const baseUrl = await startServer(t, {
      ba: ({ socket }) => socket.write(answer("418 I'm a Teapot", 'short and stout')),
      bb: ({ socket }) => socket.end(answer('200 OK', 'GIF', { 'Content-Length': '100' })),
      bc: ({ socket }) => socket.destroy(),
      bd: ({ socket }) => socket.end('nonsense'),
      be: ({ socket }) => socket.write(answer('404 Not Found', 'no such flag')),
      bf: ({ socket }) => socket.write(answer('302 Found', '', { Location: 'file:///etc/passwd' })),
      bg: ({ socket }) => socket.write(answer('500 Internal Server Error')),
      bh: ({ socket }) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nGIF\r\n'),
    })
    const { counter, files } = await run(t, style, B, baseUrl)
    assert.deepEqual(counter, { ok: 18, 'not-found': 1, error: 7 })
    assert.deepEqual(
      files,
      B.slice(8).map((cc) => `${cc.toLowerCase()}.gif`),
    )
  })

  test(`a folder that cannot be written ends the run with an error that names the file (${style})`, async (t) => {
    await using server = await startFlagServer()
    const destDir = join(temporaryFolder(t), 'downloads')
    writeFileSync(destDir, 'a file where the folder should be')
    await assert.rejects(downloadMany(['BR', 'CN', 'VN'], server.flagsUrl, false, 1, { style, destDir }), (error) => {
      assert.ok(error instanceof Error)
      assert.equal(error.name, 'OutputError')
      assert.equal((error as { code?: string }).code, 'ERR_OUTPUT')
      assert.match(error.message, /^cannot write .*\.gif: /)
      return true
    })
  })

  test(`a signal ends the run, gives up what is in flight, and the counter tells what was done (${style})`, async (t) => {
    const controller = new AbortController()
    const baseUrl = await startServer(t, { be: () => controller.abort(new Error('enough')) })
    const { counter, files } = await run(t, style, B, baseUrl, { signal: controller.signal })
    assert.ok(counter['ok']! < 25, JSON.stringify(counter))
    assert.ok(counter['ok']! <= files.length)
    assert.equal(counter['error'], 0)
    assert.ok(files.every((file) => /^b[a-z]\.gif$/.test(file)))
  })

  test(`the progress display hears of every flag, and of the end (${style})`, async (t) => {
    await using server = await startFlagServer()
    const heard: string[] = []
    const progress = (total: number): { update(): void; close(): void } => {
      heard.push(`total ${total}`)
      return { update: () => void heard.push('update'), close: () => void heard.push('close') }
    }
    await run(t, style, ['BR', 'CN', 'XX'], server.flagsUrl, { progress })
    assert.deepEqual(heard, ['total 3', 'update', 'update', 'update', 'close'])
  })
}

for (const style of styles.filter((name) => name !== 'sequential')) {
  test(`as many requests are in flight as asked for, and no more (${style})`, async (t) => {
    let inFlight = 0
    const waiting: (() => void)[] = []
    const server = await startRawServer(t, ({ socket }) => {
      inFlight += 1
      waiting.push(() => socket.write(answer('200 OK', 'GIF89a')))
      // The fifth lets the first five go; a sixth before that would be one too many.
      assert.ok(inFlight <= 5)
      if (inFlight < 5) return
      inFlight = 0
      for (const go of waiting.splice(0)) go()
    })
    const { counter } = await run(t, style, B.slice(0, 10), `${server.url}/flags`)
    assert.equal(counter['ok'], 10)
  })
}

test('the sequential style asks for one flag after the other, in order', async (t) => {
  await using server = await startFlagServer()
  await run(t, 'sequential', ['VN', 'BR', 'CN'], server.flagsUrl)
  assert.equal(server.log.peakConcurrency, 1)
  assert.deepEqual(
    server.log.records.map(({ path }) => path.slice(-6)),
    ['br.gif', 'cn.gif', 'vn.gif'],
  )
})

test('a signal that is aborted already asks for nothing', async (t) => {
  await using server = await startFlagServer()
  const { counter, files } = await run(t, 'sequential', B, server.flagsUrl, { signal: AbortSignal.abort() })
  assert.ok(counter['ok']! <= 1)
  assert.deepEqual(files.length, counter['ok'])
})

test('a server that is not there is an error for every flag', async (t) => {
  const server = await startRawServer(t, () => {})
  await server.close()
  const { counter } = await run(t, 'async', B, `${server.url}/flags`)
  assert.deepEqual(counter, { ok: 0, 'not-found': 0, error: 26 })
})

test('downloadOne can be called by itself', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  assert.equal(await downloadOne('BR', server.flagsUrl, false, folder), 'ok')
  assert.equal(await downloadOne('xx', server.flagsUrl, false, folder), 'not-found')
  assert.deepEqual(readdirSync(folder), ['br.gif'])
})

test('getFlag asks in lower case, and keeps the case of the base address', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('200 OK', 'GIF89a')))
  await getFlag(`${server.url}/Flags`, 'BR')
  assert.match(server.heads[0]!, /^GET \/Flags\/br\/br\.gif /)
})
