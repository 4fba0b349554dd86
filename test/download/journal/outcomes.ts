/** Outcomes for properties: every field, and the strings that hurt. */
import * as fc from 'fast-check'
import type { FailureCode } from '../../../src/download/errors.js'
import type { Outcome, Status } from '../../../src/download/outcome.js'

const statuses: readonly Status[] = ['ok', 'unchanged', 'skipped', 'not-found', 'error', 'invalid']

const nasty = fc.constantFrom(
  '"',
  '\\',
  '\\"',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '\u2028',
  '\u2029',
  '\u0085',
  '\u009b31m',
  '\u001b[2J',
  '\ud800',
  '\udfff',
  '\u{1f6a9}',
  'é',
  '\u202egnp.exe',
  '","status":"ok","bytes":99,"x":"',
  '"status":"error"',
  ',"bytes":7',
  '{"id":5,"url":"',
  '}\n{"id":1,"url":"x","status":"ok"}\n',
  '__proto__',
)

/** Text from a hostile server or list, halves of surrogate pairs included. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      nasty,
      fc.string({ maxLength: 12 }),
      fc.integer({ min: 0, max: 0xff_ff }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''))

const number = fc.oneof(fc.nat(), fc.constantFrom(0, Number.MAX_SAFE_INTEGER))
const code = fc.constantFrom<FailureCode>('TRUNCATED', 'HTTP_503', 'HTTP_404', 'INVALID_URL', 'TIMEOUT_STALL')

/** One outcome, fields in the order of the record. */
const outcome: fc.Arbitrary<Outcome> = fc
  .record(
    {
      id: fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 200_000 }), fc.constant(2_000_000_000)),
      url: hostileText,
      status: fc.constantFrom(...statuses),
      code,
      http: fc.integer({ min: 100, max: 599 }),
      file: hostileText,
      bytes: number,
      sha256: fc.constant('ab'.repeat(32)),
      etag: hostileText,
      lastModified: hostileText,
      contentType: hostileText,
      finalUrl: hostileText,
      attempts: fc.nat(),
      start: fc.constant('2026-01-01T00:00:00.000Z'),
      ms: fc.record({ wait: number, connect: number, ttfb: number, total: number }, { requiredKeys: [], noNullPrototype: true }),
      worker: hostileText,
      line: number,
      list: hostileText,
      error: fc.record({ message: hostileText, cause: hostileText }, { requiredKeys: ['message'], noNullPrototype: true }),
    },
    { requiredKeys: ['id', 'url', 'status'], noNullPrototype: true },
  )
  .map((one) => one as Outcome)

/** Outcomes of different lines. */
export const outcomes = (maxLength = 20): fc.Arbitrary<Outcome[]> =>
  fc.uniqueArray(outcome, { selector: ({ id }) => id, maxLength })
