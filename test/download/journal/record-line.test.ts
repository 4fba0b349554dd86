import assert from 'node:assert/strict'
import { openSync, closeSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import type { Outcome } from '../../../src/download/outcome.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { parseRecord, recordLine, scanRecords } from './journal-modules.js'
import { outcomes } from './outcomes.js'
import { runs } from '../../support/thorough.js'

test('a record is one line of JSON with its fields in the order that is documented', () => {
  const line = recordLine({
    error: { cause: 'because', message: 'broken' },
    worker: 't0',
    ms: { total: 52, ttfb: 40, connect: 3, wait: 0 },
    start: '2026-01-01T00:00:00.000Z',
    attempts: 1,
    finalUrl: 'https://b.example/cn.gif',
    contentType: 'image/gif',
    lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT',
    etag: '"e"',
    sha256: 'ab',
    bytes: 11_925,
    file: 'cn.gif',
    http: 200,
    code: 'TRUNCATED',
    status: 'error',
    url: 'https://a.example/cn.gif',
    id: 0,
  })
  assert.equal(
    line,
    '{"id":0,"url":"https://a.example/cn.gif","status":"error","code":"TRUNCATED","http":200,"file":"cn.gif","bytes":11925,"sha256":"ab",' +
      '"etag":"\\"e\\"","lastModified":"Thu, 01 Jan 2026 00:00:00 GMT","contentType":"image/gif","finalUrl":"https://b.example/cn.gif","attempts":1,' +
      '"start":"2026-01-01T00:00:00.000Z","ms":{"wait":0,"connect":3,"ttfb":40,"total":52},"worker":"t0","error":{"message":"broken","cause":"because"}}\n',
  )
})

test('what is absent is left out, and what JSON cannot say is never null', () => {
  const odd = {
    id: 1,
    url: 'x',
    status: 'ok',
    bytes: Number.NaN,
    http: Infinity,
    file: undefined,
    ms: { wait: Number.NaN },
  } as unknown as Outcome
  assert.equal(recordLine(odd), '{"id":1,"url":"x","status":"ok","ms":{}}\n')
})

test('no record has a character in it that moves a cursor, breaks a line or turns text around', () => {
  fc.assert(
    fc.property(outcomes(3), (list) => {
      for (const outcome of list) {
        const line = recordLine(outcome)
        // eslint-disable-next-line no-control-regex
        assert.match(line, /^[^\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]*\n$/u)
        assert.deepEqual(parseRecord(line), outcome)
        assert.deepEqual(JSON.parse(line), outcome)
      }
    }),
  )
})

test('a megabyte of message is cut, between characters, and so is everything else that could be long', () => {
  const flags = '\u{1f6a9}'.repeat(1_000_000)
  const record = parseRecord(
    recordLine({
      id: 1,
      url: `https://a.example/${'\u0001'.repeat(1_000_000)}`,
      status: 'error',
      file: flags,
      etag: flags,
      lastModified: flags,
      contentType: flags,
      finalUrl: flags,
      worker: flags,
      list: flags,
      error: { message: flags, cause: `x${flags}` },
    }),
  )
  assert.equal(record?.error?.message, `${'\u{1f6a9}'.repeat(499)}…`)
  assert.equal(record?.error?.cause, `x${'\u{1f6a9}'.repeat(499)}…`)
  assert.deepEqual([record?.etag, record?.lastModified], [undefined, undefined], 'a cut validator would be a wrong one')
  assert.ok(record !== undefined && recordLine(record).length < 1_048_576)
})

test('a message that just fits is not cut', () => {
  const message = 'm'.repeat(1_000)
  assert.equal(parseRecord(recordLine({ id: 1, url: 'x', status: 'error', error: { message } }))?.error?.message, message)
})

type Seen = readonly [id: number, status: string, bytes: number, offset: number, length: number, code?: string]

function scanned(t: TestContext, text: string): Seen[] {
  const path = join(temporaryFolder(t), 'journal')
  writeFileSync(path, text)
  const fd = openSync(path, 'r')
  try {
    const seen: Seen[] = []
    scanRecords(fd, path, (...[id, status, bytes, offset, length, code]) => {
      seen.push(code === undefined ? [id, status, bytes, offset, length] : [id, status, bytes, offset, length, code])
    })
    return seen
  } finally {
    closeSync(fd)
  }
}

test('reading by bytes finds what parsing finds, whatever the records hold', (t) => {
  fc.assert(
    fc.property(outcomes(12), (list) => {
      let offset = 0
      const expected = list.map(({ id, status, bytes = 0, code }, index): Seen => {
        const length = Buffer.byteLength(recordLine(list[index]!))
        offset += length
        const seen = [id, status, status === 'ok' ? bytes : 0, offset - length, length] as const
        return code !== undefined && ['error', 'not-found', 'invalid'].includes(status) ? [...seen, code] : seen
      })
      assert.deepEqual(scanned(t, list.map(recordLine).join('')), expected)
    }),
    runs(150),
  )
})

const line = (id: number, filler: number): string =>
  recordLine({ id, url: `https://a.example/${'x'.repeat(filler)}`, status: 'ok', bytes: id })

test('records are found wherever the pieces of the file end that are read at once', (t) => {
  for (const filler of [65_536 - 130, 65_536 - 71, 65_536 - 70, 65_536 - 69, 65_400, 32_000, 1]) {
    const lines = Array.from({ length: 6 }, (_, id) => line(id, Math.min(filler, 65_000)) + line(id + 100, 3))
    const seen = scanned(t, lines.join(''))
    assert.deepEqual(
      seen.map(([id, , bytes]) => [id, bytes]),
      lines.flatMap((_, id) => [
        [id, id],
        [id + 100, id + 100],
      ]),
    )
  }
})
