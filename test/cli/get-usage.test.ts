/** What `halyard get` says of command lines that make no sense: nothing is requested, exit code 2. */
import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startFlagServer } from 'halyard/flag-server'
import { get } from '../support/get-command.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const { getCommand } = (await import(
  new URL('../../../dist/cli/commands/get.js', import.meta.url).href
)) as typeof import('../../src/cli/commands/get.js')

const MD5 = `md5:${'0'.repeat(32)}`

const mistakes: readonly (readonly [args: string, message: RegExp])[] = [
  ['', /^what shall be downloaded\? Name a URL, or a list with -i FILE$/],
  ['URL --jobs 0', /^--jobs must be auto, or a whole number from 1 to 65536, got '0'$/],
  ['URL -j many', /^--jobs must be auto, or a whole number from 1 to 65536, got 'many'$/],
  ['URL --per-host 1.5', /^--per-host must be auto, or a whole number .*, got '1\.5'$/],
  ['URL --rate -1', /^--rate must be a number of requests per second, 0 or more, got '-1'$/],
  ['URL --limit-rate 5X', /^--limit-rate must be bytes, such as 500, 64K, 1\.5M or 2G; 0 for no limit, got '5X'$/],
  ['URL --dns-servers dns.example', /^--dns-servers must be addresses of name servers, .*, got 'dns\.example'$/],
  ['URL --resolve a.example:192.0.2.1', /^--resolve must be HOST:PORT:ADDRESS, .*, got 'a\.example:192\.0\.2\.1'$/],
  ['URL --retries no', /^--retries must be a whole number from 0 to 1000, got 'no'$/],
  ['URL --timeout 5s', /^--timeout must be seconds, such as 30 or 0\.5; 0 for no limit, got '5s'$/],
  ['URL --connect-timeout 0', /^--connect-timeout must be seconds above 0, such as 30 or 0\.5, got '0'$/],
  ['URL --style fast', /^--style must be auto, sequential, async, threads or processes, got 'fast'$/],
  ['URL --on-collision ask', /^--on-collision must be suffix, skip or fail, got 'ask'$/],
  ['URL --progress dots', /^--progress must be auto, bar, plain, json or none, got 'dots'$/],
  ['URL --results x.txt', /^--results must be a file whose name ends with \.jsonl, \.csv or \.parquet, got 'x\.txt'$/],
  ['URL --checksum sha256:12', /^--checksum must be ALG:HEX, .*, got 'sha256:12'$/],
  ['URL --retry-failed http://x', /^--retry-failed must be codes of failures.*, got 'http:\/\/x'$/],
  ['-i list --input-format xlsx', /^--input-format must be txt, csv, .* or sitemap, got 'xlsx'$/],
  ['URL --output', /^option '-o, --output <DIR>' argument missing$/],
  ['URL -H @nowhere', /^--header @nowhere cannot be read: ENOENT/],
  [`URL URL --checksum ${MD5}`, /^--checksum is for exactly one URL$/],
  [`http://x/{a,b} --checksum ${MD5}`, /^--checksum is for exactly one URL$/],
  [`-i list --checksum ${MD5}`, /^--checksum and --input contradict each other: .*--hash-col$/],
  ['URL --url-col link', /are for lists: name one with -i FILE$/],
  ['-i - -i -', /^-i - can be read only once$/],
  ['URL --fresh --refresh', /^--fresh and --refresh contradict each other: /],
  ['URL --fresh --retry-failed', /^--fresh and --retry-failed contradict each other: /],
  ['URL -q -v', /^--quiet and --verbose contradict each other: choose one$/],
  ['URL --https-only --allow-downgrade', /^--https-only and --allow-downgrade contradict each other: /],
  ['URL -n --results x.csv', /^--dry-run and --results contradict each other: /],
  ['URL --cookie-jar j --style threads', /^--cookie-jar is one for all .* threads: use --style async$/],
  ['URL --shard-size 5', /^--shard-size is for tar shards: add --sink tar$/],
  ['URL --segments 4 --rate 5', /^--segments makes .* which --rate and --per-host-rate could not count/],
  ['URL --retry-failed=NOPE', /^Expected --retry-failed to name codes .*, got 'NOPE'$/],
  ['URL --cert x', /^--cert and --key belong together/],
  ['URL --netrc-file none', /^The file of --netrc-file cannot be read: ENOENT/],
  ['URL --cacert none', /^The file of --cacert cannot be read: ENOENT/],
  ['URL --results none/x.csv', /^none\/x\.csv cannot be written: there is no folder .*\/none$/],
  ['URL --cookie-jar none/jar', /^none\/jar cannot be written: there is no folder /],
  ['URL --jbos 4', /^unknown option '--jbos'$/],
]

for (const [args, message] of mistakes) {
  test(`halyard get ${args.replaceAll('URL', 'http://…')}: a usage error that says what is wrong`, async (t) => {
    await using server = await startFlagServer()
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'list'), `${server.flagsUrl}/br/br.gif\n`)
    const words = args.replaceAll('URL', `${server.flagsUrl}/br/br.gif`).split(' ').filter(Boolean)
    const { code, stdout, stderr } = await get(t, folder, words)
    const [first = '', ...rest] = stderr.trimEnd().split('\n')
    assert.match(first, /^\*\*\* Usage error: /)
    assert.match(first.replace('*** Usage error: ', ''), message)
    if (rest.length > 0) assert.equal(rest.at(-1), 'usage: halyard get [URL...] [-i FILE]... [-o DIR] [options]')
    assert.deepEqual([code, stdout, server.log.total], [2, '', 0])
    assert.equal(existsSync(join(folder, 'downloads')), false)
  })
}

for (const [args, secret] of [
  [['-H', 'Authorization Bearer s3cret'], 's3cret'],
  [['--proxy', 'ftp://me:s3cret@host'], 's3cret'],
] as const) {
  test(`what is wrong with ${args[0]} is said without repeating it: it may hold a password`, async (t) => {
    const { code, stderr } = await get(t, temporaryFolder(t), ['http://127.0.0.1:1/', ...args])
    assert.equal(code, 2)
    assert.match(stderr, /must be/)
    assert.doesNotMatch(stderr, new RegExp(secret))
  })
}

test('a misspelt option is answered with the one that was meant', async (t) => {
  const { stderr } = await get(t, temporaryFolder(t), ['--retry-faild'])
  assert.match(stderr, /\(Did you mean --retry-failed\?\)/)
})

test('an option may come from the environment, and a mistake in it names the variable', async (t) => {
  const { code, stderr } = await get(t, temporaryFolder(t), ['http://127.0.0.1:1/'], { env: { HALYARD_PER_HOST: 'x' } })
  assert.equal(code, 2)
  assert.match(stderr, /^\*\*\* Usage error: HALYARD_PER_HOST must be auto, or a whole number from 1 to 65536, got 'x'\n/)
})

test('what is typed outweighs what the environment says against it', async (t) => {
  await using server = await startFlagServer()
  const folder = temporaryFolder(t)
  const env = { HALYARD_QUIET: '1', HALYARD_OUTPUT: 'from-env', HALYARD_JOBS: '', HALYARD_DURABLE: 'no' }
  const { code, stderr } = await get(t, folder, [`${server.flagsUrl}/br/br.gif`, '-v', '--durable'], { env })
  assert.equal(code, 0)
  assert.match(stderr, /^ok br\.gif, /m)
  assert.equal(existsSync(join(folder, 'from-env', 'br.gif')), true)
})

test('a switch of the environment is taken back by --no-', async (t) => {
  await using server = await startFlagServer()
  const args = [`${server.flagsUrl}/br/br.gif`, '--no-dry-run']
  const folder = temporaryFolder(t)
  assert.equal((await get(t, folder, args, { env: { HALYARD_DRY_RUN: 'yes' } })).code, 0)
  assert.equal(existsSync(join(folder, 'downloads', 'br.gif')), true)
})

/** The options that a help tells about. */
function longNames(help: string): string[] {
  return [...help.matchAll(/^ {2}(?:-\w, | {4})(--[\w-]+)/gm)].map(([, name]) => name!)
}

test('-h fits one screen of 80 columns and 30 rows; --help has every option', async (t) => {
  const folder = temporaryFolder(t)
  const short = (await get(t, folder, ['-h'])).stdout
  const long = (await get(t, folder, ['--help'])).stdout
  assert.ok(short.split('\n').length <= 32, `${short.split('\n').length} lines`)
  for (const line of short.split('\n')) assert.ok(line.length <= 80, line)
  const declared = getCommand(() => undefined).options.filter(({ hidden }) => !hidden)
  for (const { long: name = '' } of declared) assert.ok(name.startsWith('--no-') || longNames(long).includes(name), name)
  for (const name of longNames(short)) assert.ok(longNames(long).includes(name), name)
  assert.match(long, /^Exit status:$/m)
  // oxlint-disable-next-line no-control-regex -- ASCII is the subject
  assert.match(long, /^[\x00-\x7f]*$/)
})

test('secrets on the command line are warned about, and not repeated', async (t) => {
  const args = ['http://me:pw1@127.0.0.1:1/x?token=pw2', '-H', 'Authorization: pw3', '--proxy', 'http://me:pw4@127.0.0.1:1']
  const { stderr } = await get(t, temporaryFolder(t), [...args, '--retries', '0'])
  assert.match(stderr, /^halyard: the secret in a URL can be read by everyone .*--netrc/m)
  assert.match(stderr, /^halyard: a header in -H can be read by everyone .*-H @file/m)
  assert.match(stderr, /^halyard: the password in --proxy can be read by everyone .*HALYARD_PROXY/m)
  assert.match(
    stderr,
    /^ {2}halyard get 'http:\/\/\*\*\*@127\.0\.0\.1:1\/x\?token=\*\*\*' .*-H 'Authorization: \*\*\*' --proxy 'http:\/\/\*\*\*@/m,
  )
  assert.doesNotMatch(stderr, /pw\d/)
})

test('what is wrong with a variable is said by its name', async (t) => {
  const folder = temporaryFolder(t)
  for (const [name, value] of [
    ['http_proxy', 'ftp://host'],
    ['HALYARD_NETRC_FILE', 'none'],
  ] as const) {
    const { code, stderr } = await get(t, folder, ['http://127.0.0.1:1/x'], { env: { [name]: value } })
    assert.equal(code, 2)
    assert.match(stderr, new RegExp(`^\\*\\*\\* Usage error: .*${name} `))
  }
})

test('a HALYARD_ variable that no option has is warned about, once', async (t) => {
  const env = { HALYARD_PERHOST: '4', HALYARD_RETRIES: '0' }
  const { code, stderr } = await get(t, temporaryFolder(t), ['http://127.0.0.1:1/x'], { env })
  assert.equal(code, 3)
  assert.equal(stderr.match(/HALYARD_\w+/g)?.join(), 'HALYARD_PERHOST')
})

test('--secret-param: what else is never shown', async (t) => {
  const folder = temporaryFolder(t)
  const args = ['http://127.0.0.1:1/x?ticket=s3cret&pass=s3cret&a=b', '--secret-param', 'Ticket', '--retries', '0']
  const { stdout, stderr } = await get(t, folder, [...args, '--progress', 'json'])
  assert.doesNotMatch(stdout + stderr, /s3cret/)
  assert.match(stderr, /^halyard: the secret in a URL can be read by everyone/m)
  assert.match(stderr, /x\?ticket=\*{3}&pass=\*{3}&a=b' .*--secret-param Ticket/)
})
