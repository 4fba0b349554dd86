/** `halyard get` when somebody wants it to end. */
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { type FlagServer, startFlagServer } from 'halyard/flag-server'
import { filesIn, get, records, writeList } from '../support/get-command.js'
import { startHalyard } from '../support/halyard.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { oneOf } from '../support/thorough.js'
import type { Program } from '../support/child-program.js'

const CODES = ['br', 'cn', 'in', 'us', 'id', 'pk']

/** A run of which two files are there, and all others hang. */
async function hanging(t: TestContext, style: string, args: readonly string[] = []) {
  let open = false
  const server: FlagServer = await startFlagServer({
    faultsFor: ({ path }) => (open || /\/(?:br|cn)\./.test(path) ? {} : { silence: 'before-headers' }),
  })
  t.after(() => server.close())
  const folder = temporaryFolder(t)
  writeList(
    folder,
    CODES.map((cc) => `${server.flagsUrl}/${cc}/${cc}.gif`),
  )
  const command = ['-i', 'list.txt', '-j', '4', '--style', style, ...args]
  const program: Program = startHalyard(t, ['get', ...command], { cwd: folder })
  await program.printed(/br\.gif[^]*cn\.gif|cn\.gif[^]*br\.gif/)
  await server.log.waitFor(({ outcome }) => outcome === 'silent')
  const openAll = (): void => {
    open = true
  }
  return { server, folder, program, command, openAll }
}

// Each waits three seconds for what hangs.
describe('halyard get', { concurrency: 4 }, () => {
  // What the other styles do then is in exactly-once/interrupted.test.ts.
  for (const style of oneOf(['async', 'processes'])) {
    test(`Ctrl-C in the middle ends in 5 s with 130, and the same command finishes the job (${style})`, async (t) => {
      const { server, folder, program, command, openAll } = await hanging(t, style)
      const began = performance.now()
      program.killGroup('SIGINT')
      const { code, stderr } = await program.ended
      assert.equal(code, 130)
      assert.ok(performance.now() - began < 5_000, `${performance.now() - began} ms`)
      assert.match(stderr, /^Stopping: 3 s for what is on its way\. Ctrl-C again stops at once\.$/m)
      assert.match(stderr, /^2 of 6: 2 ok; /m)
      assert.match(stderr, /^Exit status 130: interrupted by Ctrl-C\.$/m)
      assert.match(stderr, new RegExp(`\\nTo continue:\\n {2}halyard get -i list\\.txt -j 4 --style ${style}\\n$`))
      assert.deepEqual(filesIn(folder), ['br.gif', 'cn.gif'])
      openAll()
      const before = server.log.total
      assert.equal((await get(t, folder, command)).code, 0)
      assert.equal(server.log.total - before, 4)
      assert.deepEqual(
        records(folder).map(({ status }) => status),
        CODES.map(() => 'ok'),
      )
    })
  }

  test('SIGTERM ends with 143, and what had --fresh is continued without it', async (t) => {
    const { program } = await hanging(t, 'async', ['--fresh'])
    program.kill('SIGTERM')
    const { code, stderr } = await program.ended
    assert.equal(code, 143)
    assert.match(stderr, /^Exit status 143: ended by SIGTERM\.$/m)
    assert.match(stderr, /\nTo continue:\n {2}halyard get -i list\.txt -j 4 --style async\n$/)
  })

  test('a second Ctrl-C ends the program at once', async (t) => {
    const { program } = await hanging(t, 'async')
    program.kill('SIGINT')
    await program.said(/^Stopping/m)
    program.kill('SIGINT')
    const { signal } = await program.ended
    assert.equal(signal, 'SIGINT')
  })
})
