import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Outcome } from '../../src/download/index.js'
import type { RunFigures } from '../../src/report/index.js'

const { runSummary } = (await import(
  new URL('../../../dist/report/index.js', import.meta.url).href
)) as typeof import('../../src/report/index.js')

const none: RunFigures = {
  ok: 0,
  unchanged: 0,
  skipped: 0,
  notFound: 0,
  failed: 0,
  invalid: 0,
  bytes: 0,
  seconds: 0.42,
  resumed: 0,
  output: 'out',
  failures: { byCode: [], byHost: [] },
}

const explain = (code: string) => (code === 'RESET' ? { what: 'the server hung up', todo: 'try again later' } : undefined)

test('a run without a failure is one line', () => {
  const text = runSummary({ ...none, ok: 20, bytes: 66_100 }, { explain, exit: { code: 0, meaning: 'fine' } })
  assert.equal(text, '20 ok; 66.1 KB in 0.42 s, into out\n')
})

test('a run that takes its time tells how fast it was, and what was done before', () => {
  const text = runSummary({ ...none, ok: 20_000, unchanged: 3, bytes: 1.2e9, seconds: 200, resumed: 5_000 }, { explain })
  assert.equal(text, '20,000 ok, 3 unchanged; 1.2 GB in 3:20 (6.0 MB/s), into out; 5,000 done before\n')
})

test('a run that was interrupted tells how much of the list is done', () => {
  const text = runSummary({ ...none, ok: 108, notFound: 1, total: 4_000 }, { explain })
  assert.match(text, /^109 of 4,000: 108 ok, 1 not found; 0 B in 0\.42 s/)
})

const first: Outcome[] = [
  { id: 0, url: 'http://127.0.0.1:1/x', status: 'error', code: 'RESET', error: { message: 'hung up' } },
  { id: 1, url: 'not a url', status: 'invalid', code: 'INVALID_URL', line: 2, error: { message: 'no scheme' } },
]

test('a few failures are told one by one, with what can be done, what the exit code means, and the next command', () => {
  const figures: RunFigures = {
    ...none,
    failed: 1,
    invalid: 1,
    failures: {
      byCode: [
        ['RESET', 1],
        ['INVALID_URL', 1],
      ],
      byHost: [['127.0.0.1:1', 1]],
    },
  }
  const text = runSummary(figures, {
    explain,
    failures: first,
    exit: { code: 3, meaning: 'finished, and nothing succeeded' },
    next: [{ why: 'To try it again:', command: 'halyard get --retry-failed' }],
  })
  assert.equal(
    text,
    `0 ok, 1 failed, 1 invalid; 0 B in 0.42 s, into out

Failed:
  RESET http://127.0.0.1:1/x: hung up
  INVALID_URL line 2: not a url: no scheme

What to do:
  RESET: the server hung up: try again later

Exit status 3: finished, and nothing succeeded.

To try it again:
  halyard get --retry-failed
`,
  )
})

test('many failures are told by code and by host, the rare ones together', () => {
  const byHost = Array.from({ length: 12 }, (_, i) => [`host${i}.example`, 100 - i] as const)
  const figures: RunFigures = {
    ...none,
    ok: 5,
    failed: 1_134,
    failures: {
      byCode: [
        ['RESET', 1_100],
        ['HTTP_503', 34],
      ],
      byHost,
    },
  }
  const lines = runSummary(figures, { explain, failures: first }).split('\n')
  assert.deepEqual(lines.slice(2, 5), [
    '1,134 failed; by code:',
    '  1,100  RESET     the server hung up: try again later',
    '     34  HTTP_503',
  ])
  assert.deepEqual(lines.slice(6, 8), ['1,134 failed; by host:', '  100  host0.example'])
  assert.equal(lines.at(-2), '  362  of 4 others')
})

test('both tables are about the same lines, and say which', () => {
  const byCode = [['HTTP_404', 20] as const, ['RESET', 10] as const, ['INVALID_URL', 1] as const]
  const byHost = Array.from({ length: 20 }, (_, i) => [`host${i}.example`, 1] as const)
  const figures: RunFigures = { ...none, notFound: 20, failed: 10, invalid: 1, failures: { byCode, byHost } }
  const text = runSummary(figures, { explain: () => undefined })
  assert.match(text, /^20 not found, 10 failed, 1 invalid; by code:\n {2}20 {2}HTTP_404\n/m)
  assert.match(text, /^20 not found, 10 failed, 1 invalid; by host:\n(?: {3}1 .*\n){8} {2}23 {2}of others\n$/m)
})

test('advice is wrapped, not cut', () => {
  const todo = 'lower --per-host or set --per-host-rate, then try again with --retry-failed'
  const figures: RunFigures = { ...none, failed: 12, failures: { byCode: [['HTTP_429', 12]], byHost: [] } }
  const lines = runSummary(figures, { explain: () => ({ what: 'too many requests', todo }), columns: 60 }).split('\n')
  assert.deepEqual(lines.slice(2, 6), [
    '12 failed; by code:',
    '  12  HTTP_429  too many requests: lower --per-host or set',
    '                --per-host-rate, then try again with',
    '                --retry-failed',
  ])
})

test('no line but a command is wider than the terminal, whatever is in it', () => {
  const url = `http://h/${'漢'.repeat(100)}`
  const figures: RunFigures = {
    ...none,
    ok: 123_456_789,
    failed: 2_000,
    bytes: 1e15,
    failures: { byCode: [['RESET', 2_000]], byHost: [[url, 2_000]] },
  }
  for (const line of runSummary(figures, { explain, columns: 40 }).split('\n')) {
    assert.ok(line.length <= 40, line)
  }
})

test('nothing that a server or a list wrote reaches the terminal as a command', () => {
  const bad = '\u001b[31m\u009b\u202e\r\n'
  const figures: RunFigures = { ...none, failed: 1, output: bad, failures: { byCode: [['RESET', 1]], byHost: [[bad, 1]] } }
  const failures: Outcome[] = [{ id: 0, url: bad, status: 'error', code: 'RESET', list: bad, line: 1, error: { message: bad } }]
  for (const options of [{ explain }, { explain, failures }, { explain, failures, ascii: true }]) {
    assert.doesNotMatch(runSummary(figures, options).replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u)
  }
})
