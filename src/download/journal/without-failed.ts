import { closeSync, readSync } from 'node:fs'
import { writeWhole } from '../disk/write-whole.js'
import type { Status } from '../outcome.js'
import { parseRecord } from './parse-record.js'
import { scanRecords } from './scan-records.js'
import { openToRead, replaceFile } from './state-file.js'

/** Bytes copied at once. */
const PIECE = 262_144

/**
 * Rewrites a journal without the records of lines that failed, so that they are done again and still have one record each. The folder must be
 * locked. With `codes` only those whose code or status is one of them (`HTTP_503`, `TIMEOUT_STALL`, `not-found`).
 *
 * @returns how many records were left out; if none, the file is not touched
 */
export function withoutFailed(path: string, codes?: readonly string[]): number {
  const fd = openToRead(path)
  try {
    const wanted = codes === undefined ? undefined : new Set(codes.map((code) => code.toLowerCase()))
    const matches = (status: Status, offset: number, length: number): boolean => {
      if (wanted === undefined) return status === 'error'
      // What succeeded has no code.
      if (status === 'ok' || status === 'unchanged') return false
      return wanted.has(status) || wanted.has(codeAt(fd, offset, length))
    }
    let dropped = 0
    scanRecords(fd, path, (_id, status, _bytes, offset, length) => {
      if (matches(status, offset, length)) dropped++
    })
    if (dropped > 0) replaceFile(path, (copy) => copyWithout(fd, path, copy, matches))
    return dropped
  } finally {
    closeSync(fd)
  }
}

function codeAt(fd: number, offset: number, length: number): string {
  const line = Buffer.allocUnsafe(length)
  readSync(fd, line, 0, length, offset)
  return (parseRecord(line.toString('utf8'))?.code ?? '').toLowerCase()
}

/** Copies runs of records that stay, each with as few writes as it needs. */
function copyWithout(
  fd: number,
  path: string,
  copy: number,
  drops: (status: Status, offset: number, length: number) => boolean,
): void {
  const buffer = Buffer.allocUnsafe(PIECE)
  let kept = 0
  const copyUntil = (end: number): void => {
    while (kept < end) {
      const got = readSync(fd, buffer, 0, Math.min(PIECE, end - kept), kept)
      writeWhole(copy, buffer.subarray(0, got))
      kept += got
    }
  }
  const end = scanRecords(fd, path, (_id, status, _bytes, offset, length) => {
    if (!drops(status, offset, length)) return
    copyUntil(offset)
    kept = offset + length
  })
  copyUntil(end)
}
