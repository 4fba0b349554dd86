/** The four programs of the chapter, run as a reader runs them. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { FLAGS_FOLDER, startFlagServer } from 'halyard/flag-server'
import { runProgram, type Ended } from '../support/child-program.js'
import { answer, startRawServer } from '../support/raw-server.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { oneOf } from '../support/thorough.js'

const POP20 = 'BG BR CD CN DE EG ET FR ID IN IR JP MX NG PH PK RU TR US VN'.split(' ')
const popular = POP20.map((cc) => cc.toLowerCase())
const programs = ['flags', 'flags_threadpool', 'flags_asyncio', 'flags_processpool']
const fileOf = (program: string): URL => new URL(`../../../dist/flags/${program}.js`, import.meta.url)

interface Run extends Ended {
  readonly folder: string
}

async function run(t: TestContext, program: string, baseUrl: string): Promise<Run> {
  const folder = temporaryFolder(t)
  return { ...(await runProgram(t, fileOf(program), { cwd: folder, env: { FLAGS_BASE_URL: baseUrl } })), folder }
}

/** Answers every request with a flag, but those for `cc` in the way given. */
async function serverWithout(t: TestContext, cc: string, response: Buffer): Promise<string> {
  const server = await startRawServer(t, ({ socket, path }) => {
    if (path === `/flags/${cc}/${cc}.gif`) socket.end(response)
    else socket.write(answer('200 OK', 'GIF89a'))
  })
  return `${server.url}/flags`
}

for (const program of programs) {
  test(`${program} downloads the twenty flags, each once, and prints what the book prints`, async (t) => {
    await using server = await startFlagServer()
    const { code, stdout, stderr, folder } = await run(t, program, server.flagsUrl)
    assert.equal(stderr, '')
    assert.equal(code, 0)
    const [codes = '', summary = '', ...rest] = stdout.split('\n')
    assert.deepEqual(codes.split(' ').sort(), ['', ...POP20])
    assert.match(summary, /^20 flags downloaded in \d+\.\d\ds$/)
    assert.deepEqual(rest, [''])
    assert.deepEqual(
      server.log.records.map(({ method, url }) => `${method} ${url}`).sort(),
      popular.map((cc) => `GET /flags/${cc}/${cc}.gif`),
    )
    assert.deepEqual(readdirSync(folder), ['downloads'])
    assert.deepEqual(
      readdirSync(join(folder, 'downloads')).sort(),
      popular.map((cc) => `${cc}.gif`),
    )
    for (const cc of popular) {
      assert.deepEqual(readFileSync(join(folder, 'downloads', `${cc}.gif`)), readFileSync(join(FLAGS_FOLDER, cc, `${cc}.gif`)))
    }
  })
}

for (const program of oneOf(programs)) {
  test(`${program} fails on a flag that does not exist, and saves nothing under its name`, async (t) => {
    const { code, stderr, stdout, folder } = await run(
      t,
      program,
      await serverWithout(t, 'jp', answer('404 Not Found', 'no flag')),
    )
    assert.equal(code, 1)
    assert.match(stderr, /HTTP error 404 - Not Found: http:.*\/flags\/jp\/jp\.gif/)
    assert.doesNotMatch(stdout, /downloaded/)
    assert.ok(!readdirSync(join(folder, 'downloads')).some((name) => name.includes('jp')))
  })

  test(`${program} fails on a body that is cut, and saves nothing under its name`, async (t) => {
    const cut = answer('200 OK', 'GIF', { 'Content-Length': '6' })
    const { code, stderr, folder } = await run(t, program, await serverWithout(t, 'jp', cut))
    assert.equal(code, 1)
    assert.match(stderr, /the body ended after 3 bytes, before 6 bytes: http:.*jp\.gif/)
    assert.ok(!readdirSync(join(folder, 'downloads')).some((name) => name.includes('jp')))
  })

  test(`${program} can be imported without running`, async (t) => {
    const server = await startRawServer(t, ({ socket }) => socket.end())
    const importing = `const names = Object.keys(await import('${fileOf(program).href}')); console.log(names.sort().join(' '))`
    const ended = await runProgram(t, 'import-only', {
      execArgv: ['--input-type=module', '--eval', importing],
      env: { FLAGS_BASE_URL: server.url },
    })
    const exported = {
      flags: 'BASE_URL DEST_DIR POP20_CC downloadMany getFlag main saveFlag show',
      flags_threadpool: 'downloadMany downloadOne',
      flags_asyncio: 'downloadMany downloadOne',
      flags_processpool: 'downloadMany downloadOne',
    }[program]
    assert.deepEqual({ ...ended }, { code: 0, signal: null, stdout: `${exported}\n`, stderr: '' })
    assert.equal(server.connections, 0)
  })
}

test('flags downloads one after the other, in the order of the codes', async (t) => {
  await using server = await startFlagServer()
  const { stdout } = await run(t, 'flags', server.flagsUrl)
  assert.equal(stdout.split('\n')[0], `${POP20.join(' ')} `)
  assert.equal(server.log.peakConcurrency, 1)
})

for (const program of ['flags_threadpool', 'flags_asyncio']) {
  test(`${program} has all twenty requests in flight at once`, async (t) => {
    await using server = await startFlagServer({ delay: 0.5 })
    await run(t, program, server.flagsUrl)
    assert.equal(server.log.peakConcurrency, 20)
  })
}

test('the constants are those of the page', async () => {
  const flags = (await import(fileOf('flags').href)) as typeof import('../../src/flags/flags.js')
  assert.equal(flags.POP20_CC.join(' '), 'CN IN US ID BR PK NG BG RU JP MX PH VN ET EG DE IR TR CD FR')
  assert.equal(flags.BASE_URL, 'https://www.fluentpython.com/data/flags')
  assert.equal(flags.DEST_DIR, 'downloads/')
})
