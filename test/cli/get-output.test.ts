/** What `halyard get` writes to stdout and stderr, and to whom. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startFlagServer } from 'halyard/flag-server'
import { filesIn, get, records, writeList } from '../support/get-command.js'
import { halyard } from '../support/halyard.js'
import { MAIN_URL } from '../support/main-url.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const CODES = ['br', 'cn', 'in', 'us']
const urls = (server: { readonly flagsUrl: string }, codes = CODES): string[] =>
  codes.map((cc) => `${server.flagsUrl}/${cc}/${cc}.gif`)

test('a pipe gets the path of each file that is there, and nothing else', async (t) => {
  await using server = await startFlagServer()
  const { stdout } = await get(t, temporaryFolder(t), [...urls(server), `${server.flagsUrl}/zz/zz.gif`, '-o', 'out'])
  assert.deepEqual(stdout.trimEnd().split('\n').sort(), ['out/br.gif', 'out/cn.gif', 'out/in.gif', 'out/us.gif'])
})

test('-q: a run that goes well says nothing at all', async (t) => {
  await using server = await startFlagServer()
  assert.deepEqual(await get(t, temporaryFolder(t), [...urls(server), '-q']), { code: 0, signal: null, stdout: '', stderr: '' })
})

test('-q: what failed is said nevertheless', async (t) => {
  await using server = await startFlagServer()
  const { stdout, stderr } = await get(t, temporaryFolder(t), [`${server.flagsUrl}/zz/zz.gif`, '-q'])
  assert.equal(stdout, '')
  assert.match(stderr, /^ {2}HTTP_404 http:.*\/zz\.gif: /m)
})

test('-v: a line for each outcome, on stderr', async (t) => {
  await using server = await startFlagServer()
  const { stderr } = await get(t, temporaryFolder(t), [...urls(server), `${server.flagsUrl}/zz/zz.gif`, '-v'])
  for (const cc of CODES) assert.match(stderr, new RegExp(`^ok ${cc}\\.gif, [\\d.]+ KB, [\\d.]+ s$`, 'm'))
  assert.match(stderr, /^HTTP_404 http:.*\/zz\.gif: the server answered 404$/m)
})

test('-v: a retry is told too', async (t) => {
  await using server = await startFlagServer({ fail: 1, status: 503 })
  const { code, stderr } = await get(t, temporaryFolder(t), [...urls(server, ['br']), '-v'])
  assert.equal(code, 0)
  assert.match(stderr, /^line 1 of the list: HTTP_503, attempt 1 failed; again in /m)
})

test('--progress json: every line of stdout is an event, the last one the summary', async (t) => {
  await using server = await startFlagServer()
  const { stdout, stderr } = await get(t, temporaryFolder(t), [...urls(server), '--progress', 'json'])
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.equal(events[0]?.['type'], 'start')
  const outcomes = events.filter(({ type }) => type === 'outcome')
  assert.deepEqual(outcomes.map(({ id, status }) => JSON.stringify([id, status])).sort(), [
    '[0,"ok"]',
    '[1,"ok"]',
    '[2,"ok"]',
    '[3,"ok"]',
  ])
  const { type, ok, lines, failures } = events.at(-1) ?? {}
  assert.deepEqual({ type, ok, lines, failures }, { type: 'summary', ok: 4, lines: 4, failures: { byCode: [], byHost: [] } })
  assert.match(stderr, /^4 ok; /)
})

test('a pipe that is closed early is no error: the downloads go on', async (t) => {
  await using server = await startFlagServer({ delay: 0.1 })
  const folder = temporaryFolder(t)
  writeList(folder, urls(server))
  const script = `'${process.execPath}' '${fileURLToPath(MAIN_URL)}' get -i list.txt -j 1 -q --progress json | head -n 1; exit \${PIPESTATUS[0]}`
  const { status, stdout, stderr } = await shell(script, folder)
  assert.deepEqual([status, stdout.split('\n').length, stderr], [0, 2, ''])
  assert.deepEqual(filesIn(folder), ['br.gif', 'cn.gif', 'in.gif', 'us.gif'])
})

const hasFullDevice = existsSync('/dev/full') ? {} : { skip: 'there is no /dev/full' }

test(
  'a stdout that cannot be written is an error, said in one line, once all is downloaded and recorded',
  hasFullDevice,
  async (t) => {
    await using server = await startFlagServer()
    const folder = temporaryFolder(t)
    writeList(folder, urls(server))
    const main = `'${process.execPath}' '${fileURLToPath(MAIN_URL)}'`
    const { status, stderr } = await shell(`${main} get -i list.txt > /dev/full`, folder)
    assert.equal(status, 5)
    assert.match(stderr, /^halyard: stdout could not be written: ENOSPC.*$/m)
    assert.doesNotMatch(stderr, /^ +at /m)
    assert.equal(records(folder).length, CODES.length)
  },
)

test('a stderr that cannot be written changes nothing but that nothing is said', hasFullDevice, async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  writeList(folder, urls(server))
  const main = `'${process.execPath}' '${fileURLToPath(MAIN_URL)}'`
  const { status, stdout } = await shell(`${main} get -i list.txt 2> /dev/full`, folder)
  assert.deepEqual([status, stdout.trimEnd().split('\n').length], [0, CODES.length])
})

/** The server runs in this process: it must be able to answer while the shell runs. */
async function shell(script: string, cwd: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn('bash', ['-c', script], { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, stdout, stderr }
}

test('--dry-run prints each URL and its file, says what makes no sense, and requests nothing', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  const [br = '', cn = ''] = urls(server)
  writeList(folder, [br, 'not a url', cn, br])
  const { code, stdout, stderr } = await get(t, folder, ['-i', 'list.txt', '-n', '-o', 'out'])
  assert.equal(code, 1)
  assert.equal(stdout, `${br}\tout/br.gif\n${cn}\tout/cn.gif\n${br}\tout/br-4.gif\n`)
  assert.match(stderr, /^line 2: INVALID_URL: .*\n3 files would be downloaded; 1 line makes no sense\n$/)
  assert.equal(server.log.total, 0)
  assert.equal(existsSync(join(folder, 'out')), false)
})

test('nothing a list or a server says reaches the terminal as a command', async (t) => {
  const escape = '\u001b[2J\u009b31m\u202e'
  await using server = await startFlagServer({ location: `http://127.0.0.1:1/${escape}`, reason: escape })
  const folder = temporaryFolder(t)
  writeList(folder, [`${server.url}/${escape}.gif`, `${escape} is no url`])
  for (const args of [['-v'], ['--progress', 'json'], ['-n']]) {
    const { stdout, stderr } = await get(t, folder, ['-i', 'list.txt', '--retries', '0', '-o', args[0]!.slice(1), ...args])
    // oxlint-disable-next-line no-control-regex -- controls are the subject
    assert.doesNotMatch(stdout + stderr, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  }
})

test('where there is no UTF-8 the talk is ASCII', async (t) => {
  const env = { LC_ALL: 'C' }
  const { stderr } = await get(t, temporaryFolder(t), ['http://127.0.0.1:1/漢', 'häh?', '--retries', '0', '-o', 'Größe'], { env })
  assert.match(stderr, /^[\n\x20-\x7e]*$/)
})

test('--sink tar: a pipe gets the path of each shard when it is whole, and verify and list know what is in it', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  const { code, stdout } = await get(t, folder, [
    ...urls(server, ['br', 'zz', 'cn', 'in']),
    '-o',
    'out',
    '--sink',
    'tar',
    '--shard-size',
    '3',
  ])
  assert.deepEqual([code, stdout.split('\n').sort()], [1, ['', 'out/00000.tar', 'out/00001.tar']])
  assert.deepEqual(filesIn(folder, 'out'), ['00000.jsonl', '00000.tar', '00001.jsonl', '00001.tar'])
  const verified = await halyard(t, ['verify', 'out'], { cwd: folder })
  assert.match(verified.stderr, /^3 files, .*: all as they were\n$/)
  rmSync(join(folder, 'out', '00001.tar'))
  const missing = await halyard(t, ['verify', 'out'], { cwd: folder })
  assert.deepEqual([missing.code, missing.stdout], [1, '00001.tar: 000000003.gif: missing: the shard is not there\n'])
})

test('--dry-run --sink tar says which sample each line would become', async (t) => {
  const { stdout } = await get(t, temporaryFolder(t), [
    'http://h.example/{a,b}.gif',
    '-n',
    '--sink',
    'tar',
    '--shard-size',
    '1',
    '-o',
    'out',
  ])
  assert.equal(
    stdout,
    'http://h.example/a.gif\tout/00000.tar/000000000.gif\nhttp://h.example/b.gif\tout/00001.tar/000000001.gif\n',
  )
})
