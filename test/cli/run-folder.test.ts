/** `halyard status`, `list` and `verify`: what a folder says of its run. */
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startFlagServer } from 'halyard/flag-server'
import { get, writeList } from '../support/get-command.js'
import { halyard, startHalyard } from '../support/halyard.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** A finished run: br and cn are there, zz is not found, in fails, one line is none. */
async function finishedRun(t: TestContext) {
  const server = await startFlagServer({ faultsFor: ({ path }) => (path.includes('/in') ? { status: 503 } : {}) })
  t.after(() => server.close())
  const folder = temporaryFolder(t)
  const urls = ['br', 'cn', 'zz', 'in'].map((cc) => `${server.flagsUrl}/${cc}/${cc}.gif`)
  writeList(folder, [...urls, 'not a url'])
  await get(t, folder, ['-i', 'list.txt', '-o', 'out', '--retries', '0'])
  return { folder, urls, run: (...args: string[]) => halyard(t, args, { cwd: folder }) }
}

test('status tells how a run ended, and what failed', async (t) => {
  const { run } = await finishedRun(t)
  const { code, stdout } = await run('status', 'out')
  assert.equal(code, 0)
  assert.match(stdout, /^Finished: \d{4}-.*Z\n2 ok, 1 not found, 1 failed, 1 invalid; 7\.8 KB, into out\n/)
  assert.match(stdout, /^ {2}1 {2}HTTP_503 {5}the server is in trouble: /m)
})

test('status --json is one object', async (t) => {
  const { run } = await finishedRun(t)
  const state = JSON.parse((await run('status', 'out', '--json')).stdout) as Record<string, unknown>
  assert.deepEqual(state['byStatus'], { ok: 2, unchanged: 0, skipped: 0, 'not-found': 1, error: 1, invalid: 1 })
})

test('status tells who is at work, without disturbing', async (t) => {
  await using server = await startFlagServer({ silence: 'before-headers' })
  const folder = temporaryFolder(t)
  const program = startHalyard(t, ['get', `${server.flagsUrl}/br/br.gif`], { cwd: folder })
  await server.log.waitFor(({ outcome }) => outcome === 'silent')
  const { code, stdout } = await halyard(t, ['status', 'downloads'], { cwd: folder })
  assert.equal(code, 0)
  assert.match(stdout, new RegExp(`^At work: process ${program.pid} on `))
})

test('status tells how much of the list is done', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  const paths = ['br/br.gif', 'cn/cn.gif', 'de/de.gif?silence=before-headers']
  writeFileSync(join(folder, 'list.txt'), paths.map((path) => `${server.flagsUrl}/${path}\n`).join(''))
  const program = startHalyard(t, ['get', '-i', 'list.txt'], { cwd: folder })
  const isOver = (path: string, how: string) => server.log.waitFor(({ url, outcome }) => url.includes(path) && outcome === how)
  await Promise.all([isOver('br.gif', 'complete'), isOver('cn.gif', 'complete'), isOver('de.gif', 'silent')])
  const atWork = await halyard(t, ['status', 'downloads'], { cwd: folder })
  assert.match(atWork.stdout, /^At work: \d of about 3 lines are done; process /)
  program.killGroup('SIGINT')
  await program.ended
  const stopped = await halyard(t, ['status', 'downloads'], { cwd: folder })
  assert.match(stopped.stdout, /^Not finished: 2 of about 3 lines are done; the same command continues it\n2 ok/)
})

test('two runs in one folder: the second refuses with 6', async (t) => {
  await using server = await startFlagServer({ silence: 'before-headers' })
  const folder = temporaryFolder(t)
  const args = [`${server.flagsUrl}/br/br.gif`]
  startHalyard(t, ['get', ...args], { cwd: folder })
  await server.log.waitFor(({ outcome }) => outcome === 'silent')
  const { code, stderr } = await get(t, folder, args)
  assert.equal(code, 6)
  assert.match(stderr, /^halyard: another run works in this folder: process \d+ on /)
  assert.equal(server.log.total, 1)
})

test('list prints URLs: all of them, those that failed, those with a status or a code', async (t) => {
  const { run, urls } = await finishedRun(t)
  const [br = '', cn = '', zz = '', india = ''] = urls
  const listed = async (...args: string[]): Promise<string[]> => {
    const { code, stdout } = await run('list', 'out', ...args)
    assert.equal(code, 0)
    return stdout.split('\n').filter(Boolean).sort()
  }
  assert.deepEqual(await listed(), [br, cn, zz, india].sort())
  assert.deepEqual(await listed('--failed'), [zz, india].sort())
  assert.deepEqual(await listed('--status', 'ok'), [br, cn])
  assert.deepEqual(await listed('--code', 'HTTP_503'), [india])
  assert.deepEqual(await listed('--status', 'invalid'), ['not a url'])
})

test('list says that lines which are no URL are left out', async (t) => {
  const { run } = await finishedRun(t)
  assert.match(
    (await run('list', 'out', '--failed')).stderr,
    /^1 invalid line is left out; --status invalid or --json shows them\.\n$/,
  )
})

test('list --json prints whole records', async (t) => {
  const { run } = await finishedRun(t)
  const records = (await run('list', 'out', '--failed', '--json')).stdout.trimEnd().split('\n')
  assert.deepEqual(records.map((line) => (JSON.parse(line) as { code: string }).code).sort(), [
    'HTTP_404',
    'HTTP_503',
    'INVALID_URL',
  ])
})

test('what list prints goes into get', async (t) => {
  const { run, folder } = await finishedRun(t)
  const { stdout } = await run('list', 'out', '--status', 'ok')
  assert.equal((await get(t, folder, ['-i', '-', '-o', 'again'], { input: stdout })).code, 0)
})

test('verify: all as they were', async (t) => {
  const { run } = await finishedRun(t)
  assert.deepEqual(await run('verify', 'out'), {
    code: 0,
    signal: null,
    stdout: '',
    stderr: '2 files, 7.8 KB: all as they were\n',
  })
})

test('verify: what is missing or changed is printed, and the exit code is 1', async (t) => {
  const { run, folder } = await finishedRun(t)
  rmSync(join(folder, 'out', 'br.gif'))
  writeFileSync(join(folder, 'out', 'cn.gif'), 'GIF89a')
  const { code, stdout, stderr } = await run('verify', 'out')
  assert.equal(code, 1)
  assert.match(stdout, /^br\.gif: missing: /m)
  assert.match(stdout, /^cn\.gif: changed: sha256 is /m)
  assert.match(stderr, /^2 files, .*: 1 changed, 1 missing\nTo have them again: .* --refresh\.\n$/)
  const problems = (await run('verify', 'out', '--json')).stdout.trimEnd().split('\n')
  assert.deepEqual(problems.map((line) => (JSON.parse(line) as { problem: string }).problem).sort(), ['changed', 'missing'])
})

test('where a secret is hidden, list and the command that continues say that it has to be put back', async (t) => {
  await using server = await startFlagServer({ status: 503 })
  const folder = temporaryFolder(t)
  const { stderr } = await get(t, folder, [`${server.flagsUrl}/br/br.gif?token=s3cret`, '--retries', '0'])
  assert.match(stderr, /^To try it again, with the secret in place of \*{3}:\n {2}halyard get '.*token=\*{3}'/m)
  const listed = await halyard(t, ['list', 'downloads', '--failed'], { cwd: folder })
  assert.match(listed.stdout, /\?token=\*{3}\n$/)
  assert.equal(listed.stderr, '*** stands for a secret in 1 URL: put it back before you request it.\n')
})

for (const command of ['status', 'list', 'verify']) {
  test(`${command} of a folder without a run ends with 6 and asks for the right one`, async (t) => {
    const { code, stdout, stderr } = await halyard(t, [command, '.'], { cwd: temporaryFolder(t) })
    assert.deepEqual([code, stdout], [6, ''])
    assert.match(stderr, /^halyard: there is no journal in .*: is it the folder that was given to halyard get with -o\?\n$/)
  })
}
