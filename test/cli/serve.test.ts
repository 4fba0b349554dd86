/** `halyard serve`, run as a user runs it. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { FLAGS_FOLDER, startFlagServer } from 'halyard/flag-server'
import type { Program } from '../support/child-program.js'
import { halyard, startHalyard } from '../support/halyard.js'
import { temporaryFolder } from '../support/temporary-folder.js'

interface Serving {
  readonly program: Program
  /** The address of a server's flags, by its label. */
  readonly url: (label: string) => string
}

/** Starts `halyard serve ARGS` on free ports, and waits until the last of its servers is there. */
async function serve(t: TestContext, args: readonly string[], last = 'ERROR'): Promise<Serving> {
  const program = startHalyard(t, ['serve', '-p', '0', ...args])
  await program.printed(new RegExp(`^${last} +http.*\n`, 'm'))
  const url = (label: string): string => new RegExp(`^${label} +(http://\\S+)$`, 'm').exec(program.stdout)![1]!
  return { program, url }
}

function get(url: string): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }))
    })
    sent.on('error', reject).end()
  })
}

const flag = readFileSync(join(FLAGS_FOLDER, 'br', 'br.gif'))

test('the three servers of the book are started, and each serves the flags', async (t) => {
  const { url } = await serve(t, ['--delay', '0', '-e', '0'])
  for (const label of ['LOCAL', 'DELAY', 'ERROR']) {
    assert.deepEqual(await get(`${url(label)}/br/br.gif`), { status: 200, body: flag }, label)
  }
})

test('only the servers named are started, whatever the case', async (t) => {
  const { program } = await serve(t, ['local'], 'LOCAL')
  assert.match(program.stdout, /^LOCAL http:\/\/127\.0\.0\.1:\d+\/flags\n$/)
})

test('--version N is the version of what is served, not of halyard', async (t) => {
  const { url } = await serve(t, ['LOCAL', '--version', '3', '--delay', '0'], 'LOCAL')
  const plain = await serve(t, ['LOCAL', '--delay', '0'], 'LOCAL')
  const { body } = await get(`${url('LOCAL')}/br/br.gif`)
  assert.deepEqual(body, (await get(`${plain.url('LOCAL')}/br/br.gif?version=3`)).body)
  assert.notDeepEqual(body, flag)
})

test('without -p the ports are those of the book', async (t) => {
  const { stdout } = await halyard(t, ['serve', '--help'])
  assert.match(stdout.replaceAll(/\s+/g, ' '), /LOCAL on port 8000, DELAY on 8001, ERROR on 8002/)
})

test('-p opens the port asked for', async (t) => {
  const taken = await startFlagServer()
  const { port } = taken
  await taken.close()
  const program = startHalyard(t, ['serve', 'DELAY', '-p', String(port)])
  await program.printed(new RegExp(`^DELAY http://127\\.0\\.0\\.1:${port}/flags\n`))
})

test('a port that is taken ends the program with 1 and says so', async (t) => {
  await using taken = await startFlagServer()
  const { code, stdout, stderr } = await halyard(t, ['serve', 'LOCAL', '-p', String(taken.port)])
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /^halyard: Cannot listen on 127\.0\.0\.1, port \d+: .*EADDRINUSE/)
})

test('every answer is logged, with its delay before it', async (t) => {
  const { program, url } = await serve(t, ['DELAY', '--delay', '0.01'], 'DELAY')
  await get(`${url('DELAY')}/br/br.gif`)
  await get(`${url('DELAY')}/xx/xx.gif`)
  await program.printed(/^DELAY XX 404/m)
  assert.deepEqual(program.stdout.split('\n').slice(1, -1), [
    'DELAY BR delay: 0.01s',
    'DELAY BR 200 OK',
    'DELAY XX delay: 0.01s',
    'DELAY XX 404 Not Found',
  ])
})

test('a path with control characters is logged without them', async (t) => {
  const { program, url } = await serve(t, ['LOCAL'], 'LOCAL')
  await get(`${new URL(url('LOCAL')).origin}/%1b[31m`)
  await program.printed(/^LOCAL \/%1b\[31m 404 Not Found$/m)
})

test('every fault of the flag server is an option', async (t) => {
  const { url } = await serve(t, ['LOCAL', '--status', '429', '--retry-after', '7', '--fail', '1'], 'LOCAL')
  assert.equal((await get(`${url('LOCAL')}/br/br.gif`)).status, 429)
  assert.equal((await get(`${url('LOCAL')}/br/br.gif`)).status, 200)
})

test('the ERROR server answers 418 as often as -e says', async (t) => {
  const { url } = await serve(t, ['ERROR', '-e', '1', '--delay', '0'])
  assert.equal((await get(`${url('ERROR')}/br/br.gif`)).status, 418)
})

test('-d serves the files of a folder too', async (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'a', 'b'), { recursive: true })
  writeFileSync(join(folder, 'a', 'b', 'c.txt'), 'hello')
  writeFileSync(join(folder, 'top.txt'), 'top')
  const { url } = await serve(t, ['LOCAL', '-d', `${folder}/`], 'LOCAL')
  const { origin } = new URL(url('LOCAL'))
  assert.equal((await get(`${origin}/a/b/c.txt`)).body.toString(), 'hello')
  assert.equal((await get(`${origin}/top.txt`)).body.toString(), 'top')
  assert.equal((await get(`${origin}/flags/br/br.gif`)).status, 200)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} stops the servers and ends the program with 0, also in the middle of an answer`, async (t) => {
    const { program, url } = await serve(t, ['DELAY', '--delay', '500'], 'DELAY')
    const got = assert.rejects(get(`${url('DELAY')}/br/br.gif`))
    await program.printed(/BR delay/)
    program.kill(signal)
    const { code, stderr } = await program.ended
    await got
    assert.equal(code, 0)
    assert.equal(stderr, 'Press Ctrl-C to stop.\n')
  })
}

for (const [args, message] of [
  [['MOON'], /^\*\*\* Usage error: LABEL must be one of LOCAL, DELAY, ERROR\nusage: halyard serve /],
  [['-p', '70000'], /^\*\*\* Usage error: --port N must be an integer from 0 to 65533, got '70000'\nusage: /],
  [['--seed', 'x'], /^\*\*\* Usage error: --seed N must be an integer from 0 up, got 'x'\nusage: /],
  [['-e', '2'], /^\*\*\* Usage error: option '-e, --error-rate <SHARE>' argument '2' is invalid\. Expected .*\nusage: /],
  [['--dealy', '2'], /^\*\*\* Usage error: unknown option '--dealy'\n\(Did you mean --delay\?\)\nusage: /],
  [['-d', '/nowhere/at/all'], /^\*\*\* Usage error: --directory \/nowhere\/at\/all cannot be read: ENOENT.*\nusage: /],
  [['-p', '0', '--size', '5', '--body', 'x'], /^\*\*\* Usage error: `size` and `body` contradict each other/],
] as const) {
  test(`halyard serve ${args.join(' ')} is a usage error`, async (t) => {
    const { code, stdout, stderr } = await halyard(t, ['serve', ...args])
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, message)
  })
}
