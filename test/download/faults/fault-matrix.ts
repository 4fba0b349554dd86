/** Runs the fault table in one style: every row against a server of its own, all rows of a group in one run. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { downloadMany, type Outcome, type StyleName } from 'halyard'
import { type FlagServer, startFlagServer, syntheticSha256 } from 'halyard/flag-server'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { FAULTS, type FaultGroup, type FaultRow } from './fault-table.js'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** A server for one row, and the address to ask. */
export async function serverFor({ query, changes }: FaultRow, index: number): Promise<{ server: FlagServer; url: string }> {
  const server = await startFlagServer()
  if (changes === true) {
    void server.log
      .waitFor(({ outcome }) => outcome === 'cut')
      .then(
        () => server.bump(),
        () => undefined,
      )
  }
  return { server, url: `${server.url}/n/${index}.bin?${query}` }
}

/** What the file has to be. */
export function expectedSha256({ query, changes }: FaultRow, index: number): string {
  if (query === 'body=') return sha256(new Uint8Array())
  return syntheticSha256({ number: index, version: changes === true ? 1 : 0 })
}

export function describeFaultMatrix(style: StyleName): void {
  for (const group of FAULTS) describe(`${group.title}, ${style}`, () => describeGroup(group, style))
}

function describeGroup({ rows, options }: FaultGroup, style: StyleName): void {
  const removals: (() => void)[] = []
  const output = temporaryFolder({ after: (remove) => removals.push(remove) })
  const servers: FlagServer[] = []
  const outcomes = new Map<number, Outcome>()
  before(async () => {
    const started = await Promise.all(rows.map((row, index) => serverFor(row, index)))
    servers.push(...started.map(({ server }) => server))
    for await (const outcome of downloadMany(
      started.map(({ url }) => url),
      { ...options, output, style, name: '{index}', concurrency: 16 },
    )) {
      outcomes.set(outcome.id, outcome)
    }
  })
  after(async () => {
    for (const remove of removals) remove()
    await Promise.all(servers.map((server) => server.close()))
  })
  for (const [index, row] of rows.entries()) {
    test(row.title, () => {
      const outcome = outcomes.get(index)
      const seen = { status: outcome?.status, code: outcome?.code, requests: servers[index]?.log.records.length }
      assert.deepEqual(seen, { status: row.status, code: row.code, requests: row.requests }, outcome?.error?.message)
      assert.equal(outcome?.file, row.file === 'none' ? undefined : String(index))
      if (outcome?.file === undefined) return
      const file = readFileSync(join(output, outcome.file))
      assert.equal(outcome.sha256, sha256(file))
      assert.equal(outcome.bytes, file.length)
      if (row.file === 'whole') assert.equal(sha256(file), expectedSha256(row, index))
    })
  }
  test('nothing else is in the folder: no part, no file without a record', () => {
    const files = rows.flatMap(({ file }, index) => (file === 'none' ? [] : [String(index)]))
    // What was cut and can be continued stays for the next run, hidden, with a note of whose it is.
    const left = readdirSync(output).filter((name) => name !== '.halyard' && !/^\.\d+\.\d+\.part(\.json)?$/.test(name))
    assert.deepEqual(left.sort(), files.sort())
  })
}
