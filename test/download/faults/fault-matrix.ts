/** Runs the fault table in one style and into one kind of place: every row against a server of its own, all rows of a group in one run. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { downloadMany, type DownloadOptions, type Outcome, type StyleName } from 'halyard'
import { type FlagServer, startFlagServer, syntheticSha256 } from 'halyard/flag-server'
import { bodiesOf } from '../../support/tar-reader.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { FAULTS, type FaultGroup, type FaultRow } from './fault-table.js'
import { rawBody } from './raw-body.js'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Says what is served, so that no size can. */
const HAS_BODY = /(?:^|&)(?:size|body|bomb|endless)=/

/** A server for one row, and the address to ask. @param size bytes of the file, unless the row says what it is. Default: 1 to 4 KB */
export async function serverFor(
  { query, changes }: FaultRow,
  index: number,
  size?: number,
): Promise<{ server: FlagServer; url: string }> {
  const server = await startFlagServer()
  if (changes === true) {
    void server.log
      .waitFor(({ outcome }) => outcome === 'cut')
      .then(
        () => server.bump(),
        () => undefined,
      )
  }
  const sized = size === undefined || HAS_BODY.test(query) ? query : `${query}&size=${size}`
  return { server, url: `${server.url}/n/${index}.bin?${sized}` }
}

/** What the file has to be; where nobody can know, what another client gets from such a server. */
async function expectedSha256(row: FaultRow, index: number, size: number | undefined): Promise<string> {
  const { query, changes, file } = row
  if (file === 'as sent') {
    const { server, url } = await serverFor(row, index, size)
    try {
      return sha256(await rawBody(url))
    } finally {
      await server.close()
    }
  }
  if (query === 'body=') return sha256(new Uint8Array())
  return syntheticSha256({ number: index, version: changes === true ? 1 : 0, ...(size === undefined ? {} : { size }) })
}

/** Where the bodies go, and where they are found then. */
interface Place {
  readonly title: string
  readonly options: DownloadOptions
  /** Bytes of the files, where those of 1 to 4 KB will not do. */
  readonly size?: number
  /** Undefined: no matter how many. */
  requests(row: FaultRow): number | undefined
  /** Of the body of a line, as its record tells of it. */
  address(index: number): Partial<Outcome>
  /** What has a final name in the folder when these lines have a body. */
  names(withBody: readonly number[]): readonly string[]
  read(output: string, outcome: Outcome): Buffer
  /** What was cut and can be continued stays for the next run, hidden, with a note of whose it is. */
  readonly left: RegExp
}

const FILES: Place = {
  title: 'files',
  options: { name: '{index}' },
  requests: ({ requests }) => requests,
  address: (index) => ({ file: String(index) }),
  names: (withBody) => withBody.map(String),
  read: (output, { file = '' }) => readFileSync(join(output, file)),
  left: /^\.\d+\.\d+\.part(\.json)?$/,
}

const TAR: Place = {
  title: 'tar shards',
  options: { sink: 'tar' },
  requests: ({ requests, requestsAnew = requests }) => requestsAnew,
  address: (index) => ({ file: '00000.tar', member: `${String(index).padStart(9, '0')}.bin` }),
  names: () => ['00000.jsonl', '00000.tar'],
  read: (output, { file = '', member = '' }) =>
    bodiesOf(readFileSync(join(output, file))).get(member) ?? assert.fail(`no ${member} in ${file}`),
  left: /^$/,
}

/** Each file by several requests, as many as it takes: the outcome is that of one. */
const SEGMENTS: Place = {
  ...FILES,
  title: 'files in segments',
  options: { ...FILES.options, segments: 4, segmentSize: 8192 },
  size: 65_536,
  requests: ({ requestsInSegments }) => requestsInSegments,
}

const PLACES = { files: FILES, tar: TAR, segments: SEGMENTS } as const

export function describeFaultMatrix(
  style: StyleName,
  placeName: keyof typeof PLACES = 'files',
  groups: readonly FaultGroup[] = FAULTS,
): void {
  const place = PLACES[placeName]
  for (const group of groups) describe(`${group.title}, ${style}, ${place.title}`, () => describeGroup(group, style, place))
}

function describeGroup({ rows, options }: FaultGroup, style: StyleName, place: Place): void {
  const removals: (() => void)[] = []
  const output = temporaryFolder({ after: (remove) => removals.push(remove) })
  const servers: FlagServer[] = []
  const outcomes = new Map<number, Outcome>()
  before(async () => {
    const started = await Promise.all(rows.map((row, index) => serverFor(row, index, place.size)))
    servers.push(...started.map(({ server }) => server))
    for await (const outcome of downloadMany(
      started.map(({ url }) => url),
      { ...options, ...place.options, output, style, concurrency: 16 },
    )) {
      outcomes.set(outcome.id, outcome)
    }
  })
  after(async () => {
    for (const remove of removals) remove()
    await Promise.all(servers.map((server) => server.close()))
  })
  for (const [index, row] of rows.entries()) {
    test(row.title, async () => {
      const outcome = outcomes.get(index)
      const seen = { status: outcome?.status, code: outcome?.code }
      assert.deepEqual(seen, { status: row.status, code: row.code }, outcome?.error?.message)
      const requests = place.requests(row)
      if (requests !== undefined) assert.equal(servers[index]?.log.records.length, requests)
      const { file, member } = row.file === 'none' ? {} : place.address(index)
      assert.deepEqual([outcome?.file, outcome?.member], [file, member])
      if (outcome?.file === undefined) return
      const body = place.read(output, outcome)
      assert.equal(outcome.sha256, sha256(body))
      assert.equal(outcome.bytes, body.length)
      assert.equal(sha256(body), await expectedSha256(row, index, place.size))
    })
  }
  test('nothing else is in the folder: no part, no file without a record', () => {
    const withBody = rows.flatMap(({ file }, index) => (file === 'none' ? [] : [index]))
    const found = readdirSync(output).filter((name) => name !== '.halyard' && !place.left.test(name))
    assert.deepEqual(found.sort(), [...place.names(withBody)].sort())
  })
}
