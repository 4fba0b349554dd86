/** downloadOne: one file by one call, as a program uses it that has no list. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { downloadOne } from 'halyard'
import { answer, startRawServer } from '../support/raw-server.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const SHA256_OF_HELLO = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'

/** A server that has one file, `/hello`, and never answers for `/never`; and a folder that is not there yet. */
async function world(t: TestContext) {
  let asked: (() => void) | undefined
  const neverAsked = new Promise<void>((resolve) => (asked = resolve))
  const server = await startRawServer(t, ({ socket, path }) => {
    if (path === '/never') asked?.()
    else socket.write(path === '/hello' ? answer('200 OK', 'hello') : answer('404 Not Found'))
  })
  return { server, output: join(temporaryFolder(t), 'out'), neverAsked }
}

describe('downloadOne', () => {
  it('gives the record of the file, which is there under its name, alone', async (t) => {
    const { server, output } = await world(t)
    const { id, status, file, bytes, sha256, attempts } = await downloadOne(`${server.url}/hello`, { output })
    assert.deepEqual(
      { id, status, file, bytes, sha256, attempts },
      { id: 0, status: 'ok', file: 'hello', bytes: 5, sha256: SHA256_OF_HELLO, attempts: 1 },
    )
    assert.deepEqual(readdirSync(output), ['hello'])
    assert.equal(readFileSync(join(output, 'hello'), 'utf8'), 'hello')
  })

  it('takes a URL, or what a list may say of one', async (t) => {
    const { server, output } = await world(t)
    const url = `${server.url}/hello`
    assert.equal((await downloadOne(new URL(url), { output })).file, 'hello')
    const named = await downloadOne({ url, name: 'a/b.txt', hash: `sha256:${SHA256_OF_HELLO}` }, { output })
    assert.deepEqual([named.status, named.file], ['ok', 'a/b.txt'])
    assert.equal(readFileSync(join(output, 'a', 'b.txt'), 'utf8'), 'hello')
  })

  it('downloads again what it downloaded before, beside it: it keeps no record', async (t) => {
    const { server, output } = await world(t)
    const files: (string | undefined)[] = []
    for (let n = 0; n < 2; n += 1) files.push((await downloadOne(`${server.url}/hello`, { output })).file)
    assert.equal(server.heads.length, 2)
    assert.deepEqual(files, ['hello', 'hello-1'])
    assert.deepEqual(readdirSync(output).sort(), files)
  })

  it('gives a failure as a value, and leaves nothing behind', async (t) => {
    const { server, output } = await world(t)
    const gone = await downloadOne(`${server.url}/gone`, { output })
    assert.deepEqual([gone.status, gone.code, gone.http], ['not-found', 'HTTP_404', 404])
    const wrong = await downloadOne({ url: `${server.url}/hello`, hash: `md5:${'0'.repeat(32)}` }, { output, retries: 0 })
    assert.deepEqual([wrong.status, wrong.code, wrong.file], ['error', 'CHECKSUM', undefined])
    assert.deepEqual(existsSync(output) ? readdirSync(output) : [], [])
  })

  it('gives what is no URL as a value, and asks nobody', async (t) => {
    const { server, output } = await world(t)
    for (const [input, code] of [
      ['not a url', 'INVALID_URL'],
      ['ftp://host.example/x', 'INVALID_SCHEME'],
      [{ url: `${server.url}/hello`, hash: 'none' }, 'INVALID_HASH'],
    ] as const) {
      const outcome = await downloadOne(input, { output })
      assert.deepEqual([outcome.status, outcome.code], ['invalid', code])
    }
    assert.equal(server.heads.length, 0)
  })

  it('throws the reason of its signal, whether that aborts before or meanwhile', async (t) => {
    const { server, output, neverAsked } = await world(t)
    const reason = new Error('enough')
    const options = { output, signal: AbortSignal.abort(reason) }
    await assert.rejects(downloadOne(`${server.url}/hello`, options), (error) => error === reason)
    assert.equal(server.heads.length, 0)
    const controller = new AbortController()
    const download = downloadOne(`${server.url}/never`, { output, signal: controller.signal, interruptGrace: 0 })
    await neverAsked
    controller.abort(reason)
    await assert.rejects(download, (error) => error === reason)
    await server.closed(1)
    assert.deepEqual(existsSync(output) ? readdirSync(output) : [], [])
  })

  it('throws what no download can help: options that make no sense, a folder that cannot be', async (t) => {
    const { server, output } = await world(t)
    const url = `${server.url}/hello`
    await assert.rejects(downloadOne(url, { output, retries: -1 }), { name: 'RunError', code: 'ERR_OPTIONS' })
    writeFileSync(output, '')
    await assert.rejects(downloadOne(url, { output }), { name: 'RunError', code: 'ERR_OUTPUT' })
  })
})
