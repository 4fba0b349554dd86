import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { halyard, halyardProcess } from '../support/halyard.js'

const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }
const commands = ['get', 'status', 'list', 'verify', 'compare', 'completion', 'flags', 'serve']

for (const args of [['--version'], ['-V'], ['--version', 'flags']]) {
  test(`halyard ${args.join(' ')} prints the version`, async (t) => {
    assert.deepEqual(await halyardProcess(t, args), { code: 0, signal: null, stdout: `${manifest.version}\n`, stderr: '' })
  })
}

for (const args of [[], ['--help'], ['-h'], ['help']]) {
  test(`halyard ${args.join(' ')} prints the help with every command and examples`, async (t) => {
    const { code, stdout, stderr } = await halyard(t, args)
    assert.equal(code, 0)
    assert.equal(stderr, '')
    for (const command of commands) assert.match(stdout, new RegExp(`^ {2}${command} .*\\S {2,}\\S`, 'm'))
    assert.match(stdout, /^Examples:$/m)
  })
}

for (const args of [['--help'], ...commands.map((command) => [command, '--help'])]) {
  test(`the help of halyard ${args.join(' ')} fits 80 columns`, async (t) => {
    const { stdout } = await halyard(t, args)
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.length > 80),
      [],
    )
  })
}

for (const command of commands) {
  test(`halyard help ${command} is halyard ${command} --help, with examples`, async (t) => {
    const [help, option] = [await halyard(t, ['help', command]), await halyard(t, [command, '--help'])]
    assert.deepEqual(help, option)
    assert.equal(help.code, 0)
    assert.match(help.stdout, new RegExp(`^Usage: halyard ${command} `))
    assert.match(help.stdout, /^Examples:$/m)
  })
}

test('an unknown command is a usage error with a suggestion', async (t) => {
  const { code, stdout, stderr } = await halyardProcess(t, ['flgas'])
  assert.equal(code, 2)
  assert.equal(stdout, '')
  assert.match(stderr, /^\*\*\* Usage error: unknown command 'flgas'\n\(Did you mean flags\?\)\n/)
})

test('help for an unknown command is a usage error too', async (t) => {
  const { code, stdout, stderr } = await halyard(t, ['help', 'foo'])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /^\*\*\* Usage error: unknown command 'foo'\n/)
})

test('an unknown option is a usage error with a suggestion', async (t) => {
  const { code, stdout, stderr } = await halyard(t, ['flags', '--sevrer', 'LOCAL'])
  assert.equal(code, 2)
  assert.equal(stdout, '')
  assert.match(
    stderr,
    /^\*\*\* Usage error: unknown option '--sevrer'\n\(Did you mean --server\?\)\nusage: halyard flags \[-h\] /,
  )
})

test('control characters that were typed do not reach the terminal', async (t) => {
  const { code, stderr } = await halyard(t, ['flags', '--x\u001b[31m\u202e'])
  assert.equal(code, 2)
  assert.match(stderr, /unknown option '--x\?\[31m\?'/)
})
