/** `halyard flags`, run as a user runs it: what it prints, how it ends, and what it leaves in the folder. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startFlagServer } from 'halyard/flag-server'
import { counts, flags, POP20 } from '../support/flags-command.js'
import { halyard, halyardProcess } from '../support/halyard.js'
import { answer, startRawServer } from '../support/raw-server.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** The report as the book prints it: address and time replaced by what stays the same. */
function steady(stdout: string): string {
  return stdout
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'http://localhost:8000')
    .replace(/^Elapsed time: \d+\.\d\ds$/m, 'Elapsed time: 0.00s')
}

test('without arguments it downloads the twenty flags and prints what the book prints', async (t) => {
  const { code, stdout, stderr, folder } = await flags(t, [])
  assert.equal(stderr, '')
  assert.equal(code, 0)
  assert.equal(
    steady(stdout),
    [
      'LOCAL site: http://localhost:8000/flags',
      'Searching for 20 flags: from BG to VN',
      '5 concurrent connections will be used.',
      '--------------------',
      ' 20 flags downloaded.',
      'Elapsed time: 0.00s',
      '',
    ].join('\n'),
  )
  assert.deepEqual(
    readdirSync(join(folder, 'downloads')).sort(),
    POP20.map((cc) => `${cc.toLowerCase()}.gif`),
  )
})

test('with -v there is one line for each flag, as the book prints them', async (t) => {
  const { code, stdout, stderr } = await flags(t, ['-v', '--style', 'sequential', 'br', 'xx', 'CN'])
  assert.equal(stderr, '')
  assert.equal(code, 0)
  assert.equal(
    steady(stdout),
    [
      'LOCAL site: http://localhost:8000/flags',
      'Searching for 3 flags: BR, CN, XX',
      '1 connection will be used.',
      'BR OK',
      'CN OK',
      'XX not found: http://localhost:8000/flags/xx/xx.gif',
      '--------------------',
      '  2 flags downloaded.',
      '  1 not found.',
      'Elapsed time: 0.00s',
      '',
    ].join('\n'),
  )
})

test('one letter is 26 codes, and a flag that does not exist is no failure', async (t) => {
  const { code, stdout } = await flags(t, ['b'])
  assert.match(stdout, /^Searching for 26 flags: from BA to BZ$/m)
  assert.deepEqual(counts(stdout), [17, 9, 0])
  assert.equal(code, 0)
})

test('-a is every country', async (t) => {
  const { stdout, folder } = await flags(t, ['-a', '-m', '50'])
  assert.match(stdout, /^Searching for 194 flags: from AD to ZW$/m)
  assert.deepEqual(counts(stdout), [194, 0, 0])
  assert.equal(readdirSync(join(folder, 'downloads')).length, 194)
})

test('-l keeps the first codes, also of the default twenty', async (t) => {
  const { stdout } = await flags(t, ['-l', '2'])
  assert.match(stdout, /^Searching for 2 flags: BG, BR$/m)
  assert.match((await flags(t, ['--every', '--limit', '3'])).stdout, /^Searching for 3 flags: AA, AB, AC$/m)
  assert.match((await flags(t, ['-a', '-l', '1'])).stdout, /^Searching for 1 flag: AD$/m)
})

for (const [style, used] of [
  ['sequential', '1 connection will be used.'],
  ['async', '5 concurrent connections will be used.'],
  ['threads', '30 concurrent connections will be used.'],
]) {
  test(`the ${style} style uses the book's number of connections unless asked`, async (t) => {
    const { stdout } = await flags(t, ['b', 'a', '--style', style!])
    assert.equal(stdout.split('\n')[2], used)
  })
}

test('the number of connections is at most what was asked, what the style allows, and the number of codes', async (t) => {
  const line = async (...args: string[]): Promise<string> => (await flags(t, args)).stdout.split('\n')[2]!
  assert.equal(await line('-m', '7', 'b'), '7 concurrent connections will be used.')
  assert.equal(await line('--max-req', '7', 'b'), '7 concurrent connections will be used.')
  assert.equal(await line('-m', '2000', 'a', 'b'), '52 concurrent connections will be used.')
  assert.equal(await line('-m', '50', '--style', 'sequential', 'b'), '1 connection will be used.')
  assert.equal(await line('-m', '50', 'br'), '1 connection will be used.')
})

for (const [args, message] of [
  [['zz1'], 'each CC argument must be A to Z or AA to ZZ.'],
  [['br', '1'], 'each CC argument must be A to Z or AA to ZZ.'],
  [['-m', '0'], '--max_req CONCURRENT must be >= 1'],
  [['-m', '-3'], '--max_req CONCURRENT must be >= 1'],
  [['-m', 'many'], "--max_req CONCURRENT must be an integer, got 'many'"],
  [['-l', '0'], '--limit N must be >= 1'],
  [['-l', '1.5'], "--limit N must be an integer, got '1.5'"],
  [['-s', 'MOON'], '--server LABEL must be one of DELAY, ERROR, LOCAL, REMOTE'],
  [['--port', '70000'], "--port N must be an integer from 0 to 65535, got '70000'"],
  [['-o', ''], '--output DIR must be the name of a folder'],
  [['--base-url', 'example.com'], "--base-url must be an http or https address, got 'example.com'"],
  [['--base-url', 'ftp://x/'], "--base-url must be an http or https address, got 'ftp://x/'"],
  [['-s', 'REMOTE', '--delay', '1'], '--port, --delay and --error-rate are for the server inside this program'],
  // The first thing wrong is told, in the book's order.
  [['zz1', '-s', 'MOON', '-l', '0', '-m', '0'], '--max_req CONCURRENT must be >= 1'],
  [['zz1', '-s', 'MOON', '-l', '0'], '--limit N must be >= 1'],
  [['zz1', '-s', 'MOON'], '--server LABEL must be one of DELAY, ERROR, LOCAL, REMOTE'],
] as const) {
  test(`halyard flags ${args.join(' ')} is a usage error, and nothing is done`, async (t) => {
    const { code, stdout, stderr, folder } = await flags(t, args)
    assert.equal(code, 2)
    assert.equal(stdout, '')
    const [first, second] = stderr.split('\n')
    assert.equal(first, `*** Usage error: ${message}`)
    assert.equal(second, 'usage: halyard flags [-h] [-a] [-e] [-l N] [-m CONCURRENT] [-s LABEL] [-v]')
    assert.deepEqual(readdirSync(folder), [])
  })
}

for (const args of [['--style', 'magic'], ['--delay', 'soon'], ['--error-rate', '2'], ['-m']]) {
  test(`halyard flags ${args.join(' ')} is a usage error too`, async (t) => {
    const { code, stdout, stderr } = await flags(t, args)
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /^\*\*\* Usage error: option .*\nusage: halyard flags /)
  })
}

test('labels are understood in any case', async (t) => {
  assert.match((await flags(t, ['-s', 'delay', '--delay', '0', 'br'])).stdout, /^DELAY site: /)
})

test('the DELAY server is as slow as asked', async (t) => {
  const { stdout } = await flags(t, ['-s', 'DELAY', '--delay', '0.2', 'br'])
  assert.ok(Number(/Elapsed time: (.*)s/.exec(stdout)?.[1]) >= 0.2)
})

test('every request fails with --error-rate 1', async (t) => {
  const { code, stdout } = await flags(t, ['-s', 'ERROR', '--delay', '0', '--error-rate', '1'])
  assert.deepEqual(counts(stdout), [0, 0, 20])
  assert.equal(code, 1)
})

test('--base-url asks a server that is running already', async (t) => {
  await using server = await startFlagServer()
  const { stdout } = await flags(t, ['--base-url', `${server.flagsUrl}/`, 'br'])
  assert.match(stdout, new RegExp(`^REMOTE site: ${server.flagsUrl}\n`))
  assert.deepEqual(
    server.log.records.map(({ url }) => url),
    ['/flags/br/br.gif'],
  )
})

test('REMOTE is the site of the book, or the one that the environment names', async (t) => {
  await using server = await startFlagServer()
  // A process of its own: the environment is read when the program is loaded.
  const env = { FLAGS_BASE_URL: server.flagsUrl }
  const { stdout } = await halyardProcess(t, ['flags', '-s', 'REMOTE', 'br'], { cwd: temporaryFolder(t), env })
  assert.match(stdout, new RegExp(`^REMOTE site: ${server.flagsUrl}\n`))
  assert.deepEqual(counts(stdout), [1, 0, 0])
})

test('--port opens the server inside this program there, and a port that is taken is told', async (t) => {
  await using taken = await startFlagServer()
  const { code, stdout, stderr } = await flags(t, ['--port', String(taken.port), 'br'])
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /^halyard: Cannot listen on 127\.0\.0\.1, port \d+: .*EADDRINUSE/)
  await taken.close()
  assert.match((await flags(t, ['--port', String(taken.port), 'br'])).stdout, new RegExp(`^LOCAL site: ${taken.flagsUrl}\n`))
})

test('-o names the folder, and makes it', async (t) => {
  const { folder } = await flags(t, ['-o', 'a/b', 'br'])
  assert.deepEqual(readdirSync(join(folder, 'a', 'b')), ['br.gif'])
  assert.equal(existsSync(join(folder, 'downloads')), false)
})

test('a folder that cannot be made ends the program with 5 before anything is asked', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'downloads'), '')
  const { code, stdout, stderr } = await halyard(t, ['flags', '--base-url', server.flagsUrl], { cwd: folder })
  assert.equal(code, 5)
  assert.equal(stdout, '')
  assert.match(stderr, /^halyard: cannot write downloads\/: EEXIST/)
  assert.equal(server.log.total, 0)
})

test('what a server writes reaches the terminal without control characters', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.write(answer('500 \u009b31mred\u009b0m')))
  const { stdout } = await flags(t, ['-v', 'br', '--base-url', `${server.url}/flags`])
  assert.match(stdout, /^BR error: HTTP error 500 - \?31mred\?0m$/m)
})

test('a password in the address is not printed', async (t) => {
  await using server = await startFlagServer()
  const url = server.flagsUrl.replace('//', '//user:secret@')
  const { stdout, stderr } = await flags(t, ['-v', 'br', 'xx', '--base-url', url])
  assert.doesNotMatch(stdout + stderr, /secret/)
  assert.deepEqual(counts(stdout), [1, 1, 0])
})

for (const args of [[], ['-v'], ['-s', 'ERROR', '--delay', '0']]) {
  test(`piped output has no control codes (${args.join(' ') || 'no options'})`, async (t) => {
    const { stdout, stderr } = await flags(t, args)
    assert.equal(stderr, '')
    // oxlint-disable-next-line no-control-regex -- controls are the subject
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f█]/)
  })
}
