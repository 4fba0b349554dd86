import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { after, before, test } from 'node:test'
import { startFlagServer } from 'halyard/flag-server'
import { type Ended, runProgram } from '../support/child-program.js'
import { halyard, startHalyard } from '../support/halyard.js'
import { MAIN_URL } from '../support/main-url.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { oneOf } from '../support/thorough.js'
import { elements, parseXml } from '../support/well-formed-xml.js'

const UTF8 = { LC_ALL: 'C.UTF-8', COLUMNS: '' }

/** Runs `halyard compare ARGS` in a folder. */
function compare(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return halyard({ after }, ['compare', ...args], { cwd, env: { ...UTF8, ...env } })
}

/** One run in all styles, which many tests look at. */
const folder = temporaryFolder({ after })
let whole: Ended
before(async () => {
  whole = await compare(folder, ['BR', 'CN', 'DE', 'JP', 'US', '--delay', '0.1'])
})

test('it ends well, with the finding first', () => {
  assert.equal(whole.code, 0, whole.stderr)
  assert.match(
    whole.stdout,
    /^\n5 flags: \d\.\d\d s one at a time, \d\.\d\d s with 5 at a time\nSequential spends \d\d % of its time waiting/,
  )
})

test('the table has a line for every style, with the columns under each other', () => {
  const table = /^style .*\n(?:.+\n){4}/m.exec(whole.stdout)?.[0].trimEnd().split('\n') ?? []
  assert.deepEqual(
    table.map((line) => line.split(' ')[0]),
    ['style', 'sequential', 'async', 'threads', 'processes'],
  )
  assert.equal(new Set(table.map(({ length }) => length)).size, 1)
  assert.match(table[0]!, /^style +at once +seconds +× faster +of ideal +start-up$/)
  assert.match(table[1]!, /^sequential +1 +\d+\.\d\d +1\.0 +\d+ % +–$/)
  assert.match(table[3]!, /^threads +5 +\d+\.\d\d +\d+\.\d +\d+ % +\d+\.\d+ s$/)
})

test('there is a timeline of every style, the sequential one a staircase', () => {
  const sequential = /\nsequential {2}one at a time\n((?: {2}[A-Z]{2} ·*[-▒]+█+.*\n){5})/.exec(whole.stdout)?.[1] ?? ''
  // Where each begins: nobody knows how soon the first does on a busy machine, but every other only after the one before.
  const begins = sequential.split('\n').flatMap((row) => /^ {2}[A-Z]{2} (·*)/.exec(row)?.[1]?.length ?? [])
  assert.deepEqual(
    begins,
    [...new Set(begins)].sort((a, b) => a - b),
    sequential,
  )
  assert.equal(begins.length, 5, whole.stdout)
  assert.match(whole.stdout, /\nasync {2}5 at once on one event loop\n {2}BR /)
  assert.match(whole.stdout, /\nthreads {2}5 at once on \d threads?, \d+(\.\d+)? s to start them\n/)
  assert.match(whole.stdout, /\nprocesses {2}5 at once in \d process(es)?, \d+(\.\d+)? s to start them\n/)
})

test('it says what it wrote and where, as paths from here, that the files are the same, and what to do next', () => {
  assert.match(
    whole.stdout,
    /\n20 files, [\d.]+ KB, in halyard-compare\/sequential\/ halyard-compare\/async\/\nhalyard-compare\/threads\/ halyard-compare\/processes\/\n/,
  )
  assert.match(whole.stdout, /\nEvery flag is the same, byte for byte, in all 4 styles\.\n/)
  assert.match(
    whole.stdout,
    /\nPicture: halyard-compare\/halyard-compare\.html\nPicture: halyard-compare\/halyard-compare\.svg\n/,
  )
  assert.match(whole.stdout, /\n\nNext: open halyard-compare\/halyard-compare\.html in a browser\.\n$/)
})

test('the files are there', () => {
  assert.deepEqual(readdirSync(join(folder, 'halyard-compare')).sort(), [
    'async',
    'halyard-compare.html',
    'halyard-compare.svg',
    'processes',
    'sequential',
    'threads',
  ])
  for (const style of ['sequential', 'async', 'threads', 'processes']) {
    assert.deepEqual(readdirSync(join(folder, 'halyard-compare', style)).sort(), [
      'br.gif',
      'cn.gif',
      'de.gif',
      'jp.gif',
      'us.gif',
    ])
  }
})

test('the pictures show the same run as the table', () => {
  const svg = parseXml(readFileSync(join(folder, 'halyard-compare', 'halyard-compare.svg'), 'utf8'))
  const totals = elements(svg, 'text', 'total').map(({ text }) => text.replace(' s', ''))
  const seconds = [...whole.stdout.matchAll(/^(?:sequential|async|threads|processes) +\d+ +(\d\.\d\d) /gm)].map(
    ([, figure]) => figure,
  )
  assert.deepEqual(totals.slice(0, 4), seconds)
  const page = readFileSync(join(folder, 'halyard-compare', 'halyard-compare.html'), 'utf8')
  for (const figure of seconds) assert.ok(page.includes(`<td>${figure}</td>`), figure)
})

test('into a pipe go whole lines: no colours, no cursor, one line of talk per style', () => {
  assert.doesNotMatch((whole.stdout + whole.stderr).replaceAll('\n', ''), /\p{Cc}/u)
  assert.match(
    whole.stderr,
    /^Downloading 5 flags from http:\/\/127\.0\.0\.1:\d+\/flags\n(?:(?:sequential|async|threads|processes) +5 flags in \d\.\d\d s\n){4}$/,
  )
})

test('no line is wider than 80 columns, or than COLUMNS says', async (t) => {
  for (const line of whole.stdout.split('\n')) assert.ok(line.length <= 80, line)
  const { stdout } = await compare(temporaryFolder(t), ['BR', '--delay', '0', '--style', 'async', '-o', 'out'], {
    COLUMNS: '60',
  })
  for (const line of stdout.split('\n')) assert.ok(line.length <= 60, line)
})

test('where the locale is not UTF-8 all of it is ASCII', async (t) => {
  const { code, stdout, stderr } = await compare(temporaryFolder(t), ['BR', '--delay', '0', '--style', 'async'], {
    LC_ALL: 'C',
  })
  assert.equal(code, 0)
  assert.match(stdout + stderr, /^[\n -~]*$/)
})

test('only the styles asked for run, in the order asked for', async (t) => {
  const { stderr } = await compare(temporaryFolder(t), ['BR', '--delay', '0', '--style', 'async,sequential'])
  assert.match(stderr, /\nasync .*\nsequential .*\n$/)
})

test('the folder and the pictures go where they are told to', async (t) => {
  const cwd = temporaryFolder(t)
  const args = ['BR', '--delay', '0', '--style', 'async', '-o', 'out', '--picture', 'a/b.svg', '-p', 'c.HTML']
  const { stdout } = await compare(cwd, args)
  assert.deepEqual(readdirSync(join(cwd, 'out')), ['async'])
  assert.match(readFileSync(join(cwd, 'a', 'b.svg'), 'utf8'), /^<svg/)
  assert.match(readFileSync(join(cwd, 'c.HTML'), 'utf8'), /^<!doctype html>/)
  assert.match(stdout, /\nPicture: a\/b\.svg\nPicture: c\.HTML\n\nNext: open c\.HTML in a browser\.\n$/)
})

test('a flag that does not exist is counted and shown, and is no failure', async (t) => {
  const { code, stdout } = await compare(temporaryFolder(t), ['BR', 'XX', '--delay', '0', '--style', 'async,threads'])
  assert.equal(code, 0)
  assert.match(stdout, /\nasync {2}2 at once on one event loop, 1 flag not found\n {2}BR .*█.*\n {2}XX .*o/)
  assert.match(stdout, /\n1 flag the same, byte for byte, in every style that got it\.\n/)
})

test('another server is asked by its address; its errors are shown, and end in exit code 1', async (t) => {
  await using server = await startFlagServer({ status: 418 })
  const { code, stdout, stderr } = await compare(temporaryFolder(t), [
    'BR',
    'CN',
    '--server',
    `${server.flagsUrl}/`,
    '--style',
    'async',
  ])
  assert.equal(code, 1)
  assert.match(stdout, /\nasync {2}2 at once on one event loop, 2 errors \(HTTP 418\)\n/)
  assert.match(stderr, /\nasync: HTTP 418: BR CN\n$/)
  assert.deepEqual(
    server.log.records.map(({ path }) => path),
    ['/flags/br/br.gif', '/flags/cn/cn.gif'],
  )
})

test('the servers of the book are asked by name, in any case; what is typed beside it holds over theirs', async (t) => {
  const args = ['BR', '--server', 'error', '--delay', '0', '--error-rate', '1', '--style', 'async']
  const { code, stdout, stderr } = await compare(temporaryFolder(t), args)
  assert.equal(code, 1)
  assert.match(stderr, /^Downloading 1 flag from http:\/\/127\.0\.0\.1:\d+\/flags\n/)
  assert.match(stdout, /\nasync {2}1 at once on one event loop, 1 error \(HTTP 418\)\n/)
})

test('a style that fails is shown as failed, the others still run, and the exit code is 1', async (t) => {
  await using server = await startFlagServer({ delay: 0.3 })
  const cwd = temporaryFolder(t)
  const args = ['compare', 'BR', '--server', server.flagsUrl, '--style', 'threads,async']
  const running = halyard(t, args, { cwd, env: UTF8 })
  await server.log.waitFor(() => true)
  // While the first style waits for its answer, a folder takes the place of its file.
  mkdirSync(join(cwd, 'halyard-compare', 'threads', 'br.gif'))
  const { code, stdout, stderr } = await running
  assert.equal(code, 1)
  assert.match(stderr, /\nthreads {2}failed: OutputError: cannot write .*\nasync {4}1 flag in /)
  assert.match(stdout, /\nthreads +failed: OutputError: cannot write/)
  assert.match(stdout, /\nasync +1 +\d\.\d\d /)
})

test('Ctrl-C ends everything: exit code 130, no result, no connection left', async (t) => {
  await using server = await startFlagServer({ delay: 30 })
  for (const style of oneOf(['sequential', 'processes'])) {
    const cwd = temporaryFolder(t)
    const args = ['compare', 'BR', 'CN', '--server', server.flagsUrl, '--style', style]
    const running = startHalyard(t, args, { cwd, env: UTF8 })
    const asked = server.log.total
    const { n } = await server.log.waitFor((record) => record.n > asked)
    running.killGroup('SIGINT')
    const { code, signal, stdout } = await running.ended
    assert.deepEqual([code, signal, stdout], [130, null, ''], style)
    await server.log.waitFor((record) => record.n === n && record.outcome === 'client-closed')
  }
})

test('killed so that it can say nothing to anybody, it leaves nothing behind that asks or waits', async (t) => {
  await using server = await startFlagServer({ delay: 30 })
  const args = ['compare', 'BR', 'CN', '--server', server.flagsUrl, '--style', 'processes']
  const running = startHalyard(t, args, { cwd: temporaryFolder(t), env: UTF8 })
  const { n } = await server.log.waitFor(() => true)
  running.kill('SIGKILL')
  assert.equal((await running.ended).signal, 'SIGKILL')
  await server.log.waitFor((record) => record.n === n && record.outcome === 'client-closed')
})

test('what makes no sense is refused with exit code 2 before anything is asked or written', async (t) => {
  const cwd = temporaryFolder(t)
  const refusals: [string[], RegExp][] = [
    [['ABC'], /each CC argument must be A to Z or AA to ZZ/],
    [['-m', '0'], /--max_req CONCURRENT must be >= 1/],
    [['-l', 'x'], /--limit N must be an integer, got 'x'/],
    [['--delay', '-1'], /--delay/],
    [['--style', 'async,fibers'], /must be some of sequential,async,threads,processes, got 'fibers'/],
    [['--server', 'NOWHERE'], /must be one of DELAY, ERROR, LOCAL, REMOTE, or an address, got 'NOWHERE'/],
    [['--server', 'http://127.0.0.1:1', '--delay', '1'], /are for the server inside/],
    [['--server', 'ftp://x/flags'], /must be an http or https address, got 'ftp:\/\/x\/flags'/],
    [['--picture', 'x.png'], /x\.png must end with \.svg or \.html/],
    [['--nonsense'], /unknown option/],
  ]
  for (const [args, message] of refusals) {
    const { code, stdout, stderr } = await compare(cwd, args)
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, message)
  }
  assert.deepEqual(readdirSync(cwd), [])
})

test('a picture where no folder can be made ends in exit code 5, and ends at all', async (t) => {
  const cwd = temporaryFolder(t)
  const args = ['BR', '--delay', '0', '--style', 'async', '--picture', '/proc/nope/deeper/x.svg']
  const { code, stderr } = await compare(cwd, args)
  assert.equal(code, 5)
  assert.match(stderr, /\/proc\/nope/)
})

test('output that cannot be written ends in exit code 5, with the path', async (t) => {
  const cwd = temporaryFolder(t)
  writeFileSync(join(cwd, 'file'), '')
  const { code, stderr } = await compare(cwd, ['BR', '--delay', '0', '-o', 'file'])
  assert.equal(code, 5)
  assert.match(stderr, /^halyard: cannot write .*file/m)
})

test('nobody has to read to the end', async (t) => {
  const shell = `"$0" "$1" compare BR --delay 0 --style async | head -n 2`
  const { code, stdout, stderr } = await runProgram(t, '-c', {
    execPath: '/bin/sh',
    cwd: temporaryFolder(t),
    args: [shell, process.execPath, fileURLToPath(MAIN_URL)],
    env: UTF8,
  })
  assert.deepEqual([code, stdout.split('\n').length], [0, 3])
  assert.doesNotMatch(stderr, /EPIPE/)
})

test('the help says what every column means', async (t) => {
  const { code, stdout } = await compare(temporaryFolder(t), ['--help'])
  assert.equal(code, 0)
  for (const word of ['seconds', 'of ideal', 'start-up', 'Exit status', '--picture', '--delay'])
    assert.ok(stdout.includes(word), word)
})
