/** Cookies of a run: read at its start, written at its end. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { downloadMany } from 'halyard'
import { startFlagServer } from 'halyard/flag-server'
import { temporaryFolder } from '../support/temporary-folder.js'

test('a cookie of the file is sent, and one that a server sets is in the file afterwards', async (t) => {
  const folder = temporaryFolder(t)
  const cookieJar = join(folder, 'cookies.txt')
  writeFileSync(cookieJar, '# Netscape HTTP Cookie File\n127.0.0.1\tFALSE\t/\tFALSE\t0\told\tone\n')
  await using server = await startFlagServer()
  const url = `${server.url}/n/1.bin?header=${encodeURIComponent('Set-Cookie: new=two; Path=/')}`
  const { ok } = await downloadMany([url], { output: join(folder, 'out'), cookieJar }).summary
  assert.equal(ok, 1)
  assert.equal(server.log.records[0]?.headers['cookie'], 'old=one')
  assert.match(readFileSync(cookieJar, 'utf8'), /\tnew\ttwo/)
})
