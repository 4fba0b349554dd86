import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const { quoted, shownCommand } = (await import(
  new URL('../../../../dist/cli/get/shown-command.js', import.meta.url).href
)) as typeof import('../../../src/cli/get/shown-command.js')

type Typed = Parameters<typeof shownCommand>[0]['typed']
type Entry = Typed extends ReadonlyMap<infer Key, infer Given> ? readonly [Key, Given] : never
const typed = (entries: readonly Entry[]): Typed => new Map(entries)

test('a word is quoted so that a shell reads it back as it was', () => {
  const words = [
    'plain',
    '',
    "it's",
    'a b',
    '$HOME `id` $(id)',
    '*?[x]',
    '"',
    '\\',
    '漢字',
    '-x',
    'http://h/?a=1&b=2',
    '!',
    '~',
    '#',
    "a\u0007\u001b[31m'\\n",
  ]
  const { stdout } = spawnSync('bash', ['-c', `printf '%s\\0' ${words.map(quoted).join(' ')}`], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })
  assert.deepEqual(stdout.split('\0').slice(0, -1), words)
})

test('what a terminal would obey is not in a quoted word', () => {
  assert.doesNotMatch(quoted('a\u001b[31m\u009b\u202eb'), /[\p{Cc}\p{Cf}]/u)
})

test('options come back as they were typed, without what is not to be repeated', () => {
  const command = shownCommand({
    urls: ['http://h/a b'],
    typed: typed([
      ['inputs', ['x.txt', 'y.txt']],
      ['durable', true],
      ['http2', false],
      ['fresh', true],
      ['retryFailed', ['RESET']],
    ]),
    without: ['fresh'],
    adding: '--refresh',
  })
  assert.equal(command, "halyard get 'http://h/a b' -i x.txt -i y.txt --durable --no-http2 --retry-failed=RESET --refresh")
})

test('what is secret is hidden; what only looks like it is not', () => {
  const command = shownCommand({
    urls: ['https://me:pw@h/?token=pw&page=2'],
    typed: typed([
      ['headers', ['Cookie: pw', 'Accept: text/html', '@pw-file']],
      ['proxy', ['socks5://me:pw@h:1080']],
      ['name', ['{stem}@2x{ext}']],
    ]),
  })
  assert.equal(
    command,
    "halyard get 'https://***@h/?token=***&page=2' -H 'Cookie: ***' -H 'Accept: text/html' -H @pw-file --proxy 'socks5://***@h:1080' --name '{stem}@2x{ext}'",
  )
})

test('a command that nobody would copy is not shown', () => {
  assert.equal(shownCommand({ urls: Array.from({ length: 100 }, (_, i) => `http://h/${i}`), typed: typed([]) }), undefined)
})
