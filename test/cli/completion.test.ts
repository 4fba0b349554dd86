/** `halyard completion`, and what the scripts that it prints are told. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { halyard } from '../support/halyard.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** What is offered for the last of these words. */
async function offered(t: TestContext, words: readonly string[], cwd = temporaryFolder(t)): Promise<string[]> {
  const { code, stdout } = await halyard(t, ['complete', '--', ...words], { cwd })
  assert.equal(code, 0)
  const lines = stdout.trimEnd().split('\n')
  assert.match(lines.pop()!, /^:\d$/)
  return lines.map((line) => line.split('\t')[0]!)
}

for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
  test(`there is a script for ${shell}`, async (t) => {
    const { code, stdout } = await halyard(t, ['completion', shell])
    assert.equal(code, 0)
    assert.match(stdout, /halyard complete '?--'? /)
  })
}

test(
  'the script for bash is one',
  { skip: spawnSync('bash', ['--version']).status !== 0 && 'there is no bash here' },
  async (t) => {
    const { stdout } = await halyard(t, ['completion', 'bash'])
    assert.deepEqual([spawnSync('bash', ['-n'], { input: stdout }).status], [0])
  },
)

test('an unknown shell is a usage error that names the others', async (t) => {
  const { code, stderr } = await halyard(t, ['completion', 'tcsh'])
  assert.equal(code, 2)
  assert.match(stderr, /Allowed choices are bash, zsh, fish, powershell/)
})

const answers: readonly (readonly [words: readonly string[], answer: readonly string[]])[] = [
  [['s'], ['status', 'serve']],
  [['help', 'ver'], ['verify']],
  [
    ['get', '--per'],
    ['--per-host', '--per-host-rate'],
  ],
  [
    ['get', '--style', ''],
    ['auto', 'sequential', 'async', 'threads', 'processes'],
  ],
  [['get', '--style', 't'], ['threads']],
  [['get', '--style=p'], ['processes']],
  [
    ['get', '-i', 'x', '--on-collision', 's'],
    ['suffix', 'skip'],
  ],
  [['list', 'out', '--status', 'n'], ['not-found']],
  [['completion', 'z'], ['zsh']],
  [['get', '--no-such', ''], []],
  [['nonsense', ''], []],
]
for (const [words, answer] of answers) {
  test(`halyard ${words.join(' ')}<Tab> offers ${answer.join(', ') || 'nothing'}`, async (t) => {
    assert.deepEqual(await offered(t, words), answer)
  })
}

test('files are offered where a file is wanted, folders where a folder is, hidden ones only on demand', async (t) => {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'lists', 'more'), { recursive: true })
  for (const name of ['list.txt', 'lists/a.txt', '.hidden', 'other']) writeFileSync(join(folder, name), '')
  assert.deepEqual(await offered(t, ['get', '-i', 'li'], folder), ['list.txt', 'lists/'])
  assert.deepEqual(await offered(t, ['get', '-i', 'lists/'], folder), ['lists/a.txt', 'lists/more/'])
  assert.deepEqual(await offered(t, ['get', '--output', ''], folder), ['lists/'])
  assert.deepEqual(await offered(t, ['verify', 'l'], folder), ['lists/'])
  assert.deepEqual(await offered(t, ['get', '-i', '.h'], folder), ['.hidden'])
  assert.deepEqual(await offered(t, ['get', '-i', 'nowhere/x'], folder), [])
})

test('a name that a shell would take for a command is not offered', async (t) => {
  const folder = temporaryFolder(t)
  for (const name of ['$(touch pwned)', '`id`', 'a;b', 'a b', 'good']) writeFileSync(join(folder, name), '')
  assert.deepEqual(await offered(t, ['get', '-i', ''], folder), ['good'])
})
