// Whether what came, and what was said of it, is true: the records of every line and the files, against what the hosts are known to do.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createReadStream } from 'node:fs'
import { createHash } from 'node:crypto'
import { bodyOf, codes, kindOf, nameOf } from './hosts.js'
import { retries } from './downloaders.js'

/** @returns {Promise<object[]>} the journal, by line of the list */
export async function readRecords(out) {
  const records = []
  for await (const line of createInterface({ input: createReadStream(join(out, '.halyard/journal.jsonl')) })) {
    const record = JSON.parse(line)
    if (record.id === undefined) continue
    if (records[record.id] !== undefined) throw new Error(`line ${record.id} has two records`)
    records[record.id] = record
  }
  return records
}

/** Undefined if every line has the record it must have; else the first that has not. */
export function wrongRecord(list, records) {
  for (const [id, { host, path }] of list.entries()) {
    const kind = kindOf(host)
    const record = records[id]
    const wrong = record === undefined ? 'has no record' : wrongIn(record, kind, bodyOf(host, path))
    if (wrong !== undefined) return `line ${id} (${host}, ${kind}) ${wrong}: ${JSON.stringify(record)}`
  }
  return records.length === list.length ? undefined : `${records.length} records of ${list.length} lines`
}

function wrongIn({ status, code, bytes, sha256, attempts }, kind, body) {
  const expected = codes[kind]
  if (expected.length === 0) {
    if (status !== 'ok') return 'failed'
    return bytes === body.length && sha256 === createHash('sha256').update(body).digest('hex') ? undefined : 'says of other bytes'
  }
  if (status !== 'error' || !expected.includes(code)) return `is not ${expected.join(' or ')}`
  const tries = ['stall', 'cut'].includes(kind) ? retries + 1 : attempts
  return attempts === tries ? undefined : `was not tried ${tries} times`
}

/** Undefined if every file that can be had is there, whole; else the first that is not. What is left of others is not looked at. */
export function wrongFile(list, out) {
  for (const url of list) {
    if (codes[kindOf(url.host)].length > 0) continue
    try {
      if (!readFileSync(join(out, nameOf(url))).equals(bodyOf(url.host, url.path)))
        return `${nameOf(url)} has other bytes than its host sent`
    } catch (error) {
      return error.message
    }
  }
  return undefined
}
