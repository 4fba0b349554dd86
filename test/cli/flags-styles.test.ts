/** `halyard flags` in every style: the same files, the same counts, the same manners. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { FLAGS_FOLDER, startFlagServer } from 'halyard/flag-server'
import { counts, flags, POP20, styles } from '../support/flags-command.js'
import { MAIN_URL } from '../support/halyard.js'
import { temporaryFolder } from '../support/temporary-folder.js'

for (const style of styles) {
  test(`every code from a server that fails: the counts add up, and errors mean exit code 1 (${style})`, async (t) => {
    const args = ['-s', 'ERROR', '-e', '-m', '100', '--style', style, '--delay', '0']
    const { code, stdout, stderr, folder } = await flags(t, args)
    assert.equal(stderr, '')
    assert.match(stdout, /^ERROR site: http:.*\nSearching for 676 flags: from AA to ZZ\n/)
    const [ok, notFound, errors] = counts(stdout)
    assert.equal(ok + notFound + errors, 676)
    assert.ok(errors > 0)
    assert.equal(code, 1)
    assert.equal(readdirSync(join(folder, 'downloads')).length, ok)
  })

  test(`the files are the server's, byte for byte (${style})`, async (t) => {
    const { folder } = await flags(t, ['--style', style])
    for (const cc of POP20.map((code) => code.toLowerCase())) {
      assert.deepEqual(readFileSync(join(folder, 'downloads', `${cc}.gif`)), readFileSync(join(FLAGS_FOLDER, cc, `${cc}.gif`)))
    }
  })

  test(`with -v every code has its line, and no line is torn (${style})`, async (t) => {
    const args = ['-v', '-s', 'ERROR', '-m', '20', '--style', style, '--delay', '0', 'a', 'b']
    const { stdout } = await flags(t, args)
    const lines = stdout.split('\n').filter((line) => /^[AB][A-Z] /.test(line))
    const forms = /^(..) (OK|not found: http:\S+\.gif|error: HTTP error 418 - I'm a Teapot)$/
    assert.deepEqual(
      lines.filter((line) => !forms.test(line)),
      [],
    )
    assert.equal(new Set(lines.map((line) => line.slice(0, 2))).size, 52)
    const [ok, notFound, errors] = counts(stdout)
    assert.equal(lines.filter((line) => line.endsWith(' OK')).length, ok)
    assert.equal(lines.filter((line) => line.includes('not found')).length, notFound)
    assert.equal(lines.filter((line) => line.includes('error')).length, errors)
  })
}

for (const style of styles) {
  test(`a server that cuts the bodies leaves no file (${style})`, async (t) => {
    await using server = await startFlagServer({ cut: '50%' })
    const { code, stdout, stderr, folder } = await flags(t, ['--style', style, '--base-url', server.flagsUrl])
    assert.equal(stderr, '')
    assert.deepEqual(counts(stdout), [0, 0, 20])
    assert.equal(code, 1)
    assert.deepEqual(readdirSync(join(folder, 'downloads')), [])
  })
}

for (const style of styles) {
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
