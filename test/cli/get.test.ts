/** `halyard get` from the outside: what is there afterwards, what it says, and how it ends. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startFlagServer } from 'halyard/flag-server'
import { filesIn, get, records, writeList } from '../support/get-command.js'
import { noSmallDisk, smallDisk } from '../support/small-disk.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const CODES = ['br', 'cn', 'in', 'us']
const urls = (server: { readonly flagsUrl: string }, codes = CODES): string[] =>
  codes.map((cc) => `${server.flagsUrl}/${cc}/${cc}.gif`)

test('a list is downloaded, and one line says so', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  writeList(folder, ['# flags', '', ...urls(server)])
  const { code, stderr } = await get(t, folder, ['-i', 'list.txt', '-o', 'out'])
  assert.equal(code, 0)
  assert.match(stderr, /^4 ok; 17\.5 KB in [\d.]+ s.*, into out\n$/)
  assert.deepEqual(filesIn(folder, 'out'), ['br.gif', 'cn.gif', 'in.gif', 'us.gif'])
  assert.deepEqual(
    records(folder, 'out').map(({ id, status }) => [id, status]),
    [0, 1, 2, 3].map((id) => [id, 'ok']),
  )
})

test('URLs may be typed, and globs make several of one', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  const { code } = await get(t, folder, [`${server.url}/data/[08-10]{a,b}.bin?size=10`, ...urls(server, ['in'])])
  assert.equal(code, 0)
  assert.deepEqual(filesIn(folder), ['08a.bin', '08b.bin', '09a.bin', '09b.bin', '10a.bin', '10b.bin', 'in.gif'])
})

test('the same command again makes no request and ends with 0', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  writeList(folder, urls(server))
  await get(t, folder, ['-i', 'list.txt'])
  const { code, stderr } = await get(t, folder, ['-i', 'list.txt'])
  assert.equal(code, 0)
  assert.match(stderr, /; 4 done before\n$/)
  assert.equal(server.log.total, 4)
})

test('what was not found is shown, and not advised to be tried again: that would ask for nothing', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  const { code, stderr } = await get(t, folder, [`${server.flagsUrl}/xx/xx.gif`, ...urls(server, ['in'])])
  assert.equal(code, 1)
  assert.match(stderr, /\nTo see what failed:\n {2}halyard list downloads --failed\n$/)
})

test('nobody listening and no URL: exit 3, two records, the next step', async (t) => {
  const folder = temporaryFolder(t)
  const input = 'http://127.0.0.1:1/x\nnot a url\n'
  const { code, stderr } = await get(t, folder, ['-i', '-', '-o', 'out', '--retries', '1'], { input })
  assert.equal(code, 3)
  const [refused, invalid] = records(folder, 'out')
  assert.deepEqual([refused?.status, refused?.code, refused?.attempts], ['error', 'CONNECT_REFUSED', 2])
  assert.deepEqual([invalid?.status, invalid?.code, invalid?.line], ['invalid', 'INVALID_URL', 2])
  assert.match(stderr, /^0 ok, 1 failed, 1 invalid; /m)
  assert.match(stderr, /^ {2}CONNECT_REFUSED http:\/\/127\.0\.0\.1:1\/x: /m)
  assert.match(stderr, /^ {2}INVALID_URL line 2: not a url: /m)
  assert.match(stderr, /^Exit status 3: finished, and nothing succeeded\.$/m)
  assert.match(
    stderr,
    /\nTo try it again, with the same list on standard input:\n {2}halyard get -i - -o out --retries 1 --retry-failed\n$/,
  )
})

test('some lines failed: exit 1, and --retry-failed requests only those', async (t) => {
  await using server = await startFlagServer({
    faultsFor: ({ path, n }) => (path.includes('/cn') && n < 6 ? { status: 503 } : {}),
  })
  const folder = temporaryFolder(t)
  writeList(folder, [...urls(server), `${server.flagsUrl}/zz/zz.gif`])
  const first = await get(t, folder, ['-i', 'list.txt', '--retries', '0'])
  assert.equal(first.code, 1)
  assert.match(first.stderr, /^3 ok, 1 not found, 1 failed; /m)
  assert.match(first.stderr, /^ {2}halyard get -i list\.txt --retries 0 --retry-failed$/m)
  const before = server.log.total
  const again = await get(t, folder, ['-i', 'list.txt', '--retries', '0', '--retry-failed=HTTP_503'])
  assert.equal(again.code, 1)
  assert.deepEqual(
    server.log.records.slice(before).map(({ path }) => path),
    ['/flags/cn/cn.gif'],
  )
  assert.match(again.stderr, /^4 ok, 1 not found; /m)
})

test('a list that is not there: exit 4, nothing made', async (t) => {
  const folder = temporaryFolder(t)
  const { code, stderr } = await get(t, folder, ['-i', 'nowhere.txt'])
  assert.equal(code, 4)
  assert.match(stderr, /^halyard: nowhere\.txt cannot be read: /)
})

test('an output that cannot be written: exit 5, nothing requested', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'file'), '')
  const { code, stderr } = await get(t, folder, [...urls(server), '-o', 'file/out'])
  assert.equal(code, 5)
  assert.match(stderr, /^halyard: .*file\/out cannot be written/)
  assert.equal(server.log.total, 0)
})

test('a folder that holds another run: exit 6, what differs, and nothing is touched', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  await get(t, folder, urls(server, ['br']))
  const { code, stderr } = await get(t, folder, urls(server, ['cn']))
  assert.equal(code, 6)
  assert.match(stderr, /^halyard: .*downloads holds a different run: the list is another one.*--fresh/)
  assert.deepEqual(filesIn(folder), ['br.gif'])
})

test('--fresh forgets the other run, and the command that tries again does not', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  await get(t, folder, urls(server, ['br']))
  const { code, stderr } = await get(t, folder, [...urls(server, ['cn']), `${server.url}/n/1.bin?status=403`, '--fresh'])
  assert.equal(code, 1)
  assert.deepEqual(
    records(folder).map(({ status }) => status),
    ['ok', 'error'],
  )
  assert.match(stderr, /^ {2}halyard get http:.*cn\.gif 'http:.*status=403' --retry-failed$/m)
})

test('--refresh asks for all of it, and leaves what has not changed alone', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  writeList(folder, urls(server))
  await get(t, folder, ['-i', 'list.txt'])
  const { code, stderr } = await get(t, folder, ['-i', 'list.txt', '--refresh'])
  assert.equal(code, 0)
  assert.match(stderr, /^0 ok, 4 unchanged; /)
  assert.equal(server.log.total, 8)
})

test('--checksum keeps a file that has it and no other', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  const [url = ''] = urls(server, ['br'])
  const bytes = Buffer.from(await (await fetch(url)).arrayBuffer())
  const right = createHash('sha256').update(bytes).digest('hex')
  assert.equal((await get(t, folder, [url, '-o', 'right', '--checksum', `sha256:${right}`])).code, 0)
  assert.deepEqual(readFileSync(join(folder, 'right', 'br.gif')), bytes)
  const wrong = await get(t, folder, [url, '-o', 'wrong', '--retries', '0', '--checksum', `sha256:${'0'.repeat(64)}`])
  assert.equal(wrong.code, 3)
  assert.match(wrong.stderr, /^ {2}CHECKSUM /m)
  assert.deepEqual(filesIn(folder, 'wrong'), [])
})

test('headers go along: typed, from a file, and the name of the client', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'headers'), 'X-From: file\r\nAuthorization: Bearer s3cret\n')
  const { stderr } = await get(t, folder, [...urls(server, ['br']), '-H', 'X-Typed: a: b', '-H', '@headers', '-A', 'me/1'])
  const [request] = server.log.records
  assert.deepEqual(
    ['x-typed', 'x-from', 'authorization', 'user-agent'].map((name) => request?.headers[name]),
    ['a: b', 'file', 'Bearer s3cret', 'me/1'],
  )
  assert.doesNotMatch(stderr, /s3cret/)
})

test('--results writes every outcome into a table', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  await get(t, folder, [...urls(server), '--results', 'results.csv'])
  const rows = readFileSync(join(folder, 'results.csv'), 'utf8').trimEnd().split('\n')
  assert.equal(rows.length, 5)
  assert.match(rows[0]!, /^id,url,status,/)
})

test('--max-total begins nothing more, and says how to go on', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  writeList(folder, urls(server))
  const { code, stderr } = await get(t, folder, ['-i', 'list.txt', '-j', '1', '--max-total', '1K'])
  assert.equal(code, 1)
  assert.match(stderr, /^Exit status 1: stopped by --max-total, before the end of the list\.$/m)
  assert.match(stderr, /^To continue beyond --max-total:\n {2}halyard get -i list\.txt -j 1$/m)
  assert.equal((await get(t, folder, ['-i', 'list.txt', '-j', '1'])).code, 0)
  assert.equal(server.log.total, 4)
})

test('an empty list is done', async (t) => {
  const folder = temporaryFolder(t)
  writeList(folder, ['# nothing'])
  const { code, stderr } = await get(t, folder, ['-i', 'list.txt'])
  assert.equal(code, 0)
  assert.match(stderr, /^0 ok; 0 B in /)
})

test('a proxy of the environment is used, and NO_PROXY heeded', async (t) => {
  await using proxy = await startFlagServer({ body: 'from the proxy' })
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  const env = { http_proxy: proxy.url, HTTP_PROXY: '', HTTPS_PROXY: '', https_proxy: '', NO_PROXY: '', no_proxy: '' }
  await get(t, folder, [...urls(server, ['br']), '-o', 'a', '--retries', '0'], { env })
  assert.equal(proxy.log.total, 1)
  assert.equal(server.log.total, 0)
  assert.equal((await get(t, folder, [...urls(server, ['br']), '-o', 'b'], { env: { ...env, NO_PROXY: '127.0.0.1' } })).code, 0)
  assert.equal((await get(t, folder, [...urls(server, ['br']), '-o', 'c', '--proxy', ''], { env })).code, 0)
  assert.equal(proxy.log.total, 1)
})

test('a folder without permission: exit 5', { skip: process.getuid?.() === 0 && 'root may write anywhere' }, async (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'closed'))
  chmodSync(join(folder, 'closed'), 0o500)
  const { code } = await get(t, folder, ['http://127.0.0.1:1/x', '-o', 'closed/out'])
  assert.equal(code, 5)
})

test(
  'a disk that is full: exit 5, what was done is kept, and the command that continues is told',
  { skip: noSmallDisk },
  async (t) => {
    await using server = await startFlagServer()
    const { path: folder } = smallDisk(t, 'size=128k')
    writeList(
      folder,
      [1, 2, 3, 4].map((n) => `${server.url}/data/${n}.bin?size=40000`),
    )
    const args = ['-i', 'list.txt', '-o', 'out', '-j', '1']
    const { code, stderr } = await get(t, folder, args)
    assert.equal(code, 5)
    assert.match(stderr, /^halyard: .*space/m)
    assert.match(stderr, /^Exit status 5: the output could not be written; what was done is kept\.$/m)
    assert.match(stderr, /\nTo continue:\n {2}halyard get -i list\.txt -o out -j 1\n$/)
    assert.deepEqual(filesIn(folder, 'out'), ['1.bin', '2.bin'])
    assert.equal(records(folder, 'out').length, 2)
  },
)

test('a column that was mistyped can be put right: the run that never began does not keep the folder', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  writeList(folder, ['url,nm', `${server.flagsUrl}/br/br.gif,brazil.gif`], 'list.csv')
  assert.equal((await get(t, folder, ['-i', 'list.csv', '--name-col', 'name'])).code, 4)
  assert.equal((await get(t, folder, ['-i', 'list.csv', '--name-col', 'nm'])).code, 0)
  assert.deepEqual(filesIn(folder), ['brazil.gif'])
})
