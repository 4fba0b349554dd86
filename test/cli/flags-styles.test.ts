/** `halyard flags` in every style: the same files, the same counts, the same manners. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { FLAGS_FOLDER, startFlagServer } from 'halyard/flag-server'
import type { Ended } from '../support/child-program.js'
import { counts, flags, styles } from '../support/flags-command.js'
import { halyard } from '../support/halyard.js'
import { MAIN_URL } from '../support/main-url.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { oneOf } from '../support/thorough.js'

/** Each is 26 codes. */
const LETTERS = ['a', 'b', 'c', 'd']

for (const style of styles) {
  // All that there can be in the style of the book's own example; a part of them in the others, which differ in little.
  const { which, number, span } =
    style === 'threads'
      ? { which: ['-e'], number: 676, span: 'from AA to ZZ' }
      : { which: LETTERS, number: 104, span: 'from AA to DZ' }
  describe(`${number} codes from a server that fails (${style})`, () => {
    const folder = temporaryFolder({ after })
    let run: Ended
    before(async () => {
      const args = ['flags', '-v', '-s', 'ERROR', '-m', '100', '--style', style, '--delay', '0', ...which]
      run = await halyard({ after }, args, { cwd: folder })
    })

    test('the counts add up, and errors mean exit code 1', () => {
      const { code, stdout, stderr } = run
      assert.equal(stderr, '')
      const [site = '', search] = stdout.split('\n')
      assert.match(site, /^ERROR site: http:/)
      assert.equal(search, `Searching for ${number} flags: ${span}`)
      const [ok, notFound, errors] = counts(stdout)
      assert.equal(ok + notFound + errors, number)
      assert.ok(errors > 0)
      assert.equal(code, 1)
      assert.equal(readdirSync(join(folder, 'downloads')).length, ok)
    })

    test("the files are the server's, byte for byte", () => {
      for (const name of readdirSync(join(folder, 'downloads'))) {
        const served = readFileSync(join(FLAGS_FOLDER, name.slice(0, 2), name))
        assert.deepEqual(readFileSync(join(folder, 'downloads', name)), served)
      }
    })

    test('with -v every code has its line, and no line is torn', () => {
      const lines = run.stdout.split('\n').filter((line) => /^[A-Z][A-Z] /.test(line))
      const forms = /^(..) (OK|not found: http:\S+\.gif|error: HTTP error 418 - I'm a Teapot)$/
      assert.deepEqual(
        lines.filter((line) => !forms.test(line)),
        [],
      )
      assert.equal(new Set(lines.map((line) => line.slice(0, 2))).size, number)
      const [ok, notFound, errors] = counts(run.stdout)
      assert.equal(lines.filter((line) => line.endsWith(' OK')).length, ok)
      assert.equal(lines.filter((line) => line.includes('not found')).length, notFound)
      assert.equal(lines.filter((line) => line.includes('error')).length, errors)
    })
  })
}

for (const style of oneOf(styles)) {
  test(`a server that cuts the bodies leaves no file (${style})`, async (t) => {
    await using server = await startFlagServer({ cut: '50%' })
    const { code, stdout, stderr, folder } = await flags(t, ['--style', style, '--base-url', server.flagsUrl])
    assert.equal(stderr, '')
    assert.deepEqual(counts(stdout), [0, 0, 20])
    assert.equal(code, 1)
    assert.deepEqual(readdirSync(join(folder, 'downloads')), [])
  })
}

for (const style of oneOf(styles)) {
  test(`nobody reads the output: the flags are downloaded all the same (${style})`, async (t) => {
    const folder = temporaryFolder(t)
    const args = [fileURLToPath(MAIN_URL), 'flags', '-v', '--style', style]
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    t.after(() => child.kill('SIGKILL'))
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.stdout.once('data', () => child.stdout.destroy())
    const [code] = (await once(child, 'close')) as [number]
    assert.equal(stderr, '')
    assert.equal(code, 0)
    assert.equal(readdirSync(join(folder, 'downloads')).length, 20)
  })
}
