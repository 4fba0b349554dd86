/** A host that redirects to hosts that are dead, in real runs: it answers, so it is alive. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { downloadMany, type Outcome } from 'halyard'
import { NO_SUCH_NAME, startNameServer } from '../../support/name-server/name-server.js'
import { answer, startRawServer } from '../../support/raw-server.js'
import { temporaryFolder } from '../../support/temporary-folder.js'

/** A server that redirects each request to a name that does not exist, and one of its own; and a name server that says so. */
async function world(t: TestContext) {
  const shortener = await startRawServer(t, ({ socket, path }) =>
    socket.write(answer('302 Found', '', { Location: `http://gone${path.slice(1)}.example/there?token=canary` })),
  )
  const dns = await startNameServer(() => NO_SUCH_NAME)
  t.after(() => dns.close())
  return { shortener, dns }
}

async function recordsOf(t: TestContext, urls: readonly string[], dnsServer: string, segments: number): Promise<Outcome[]> {
  const output = temporaryFolder(t)
  const options = { output, style: 'async', concurrency: 2 * segments, segments, dnsServers: [dnsServer] } as const
  const records: Outcome[] = []
  for await (const record of downloadMany(urls, options)) records.push(record)
  return records.sort((a, b) => a.id - b.id)
}

for (const segments of [1, 2]) {
  test(`Whoever redirects to dead hosts is asked for every line, with ${segments} requests a file`, async (t) => {
    const { shortener, dns } = await world(t)
    const urls = Array.from({ length: 24 }, (_, n) => `${shortener.url}/${n}`)
    const records = await recordsOf(t, urls, dns.address, segments)
    assert.deepEqual(
      records.map(({ code, finalUrl }) => [code, finalUrl]),
      urls.map((_, n) => ['DNS_NOT_FOUND', `http://gone${n}.example/there?token=***`]),
    )
    assert.equal(shortener.heads.length, urls.length)
  })
}

test('A host that is dead itself is not asked for every line', async (t) => {
  const { dns } = await world(t)
  const urls = Array.from({ length: 24 }, (_, n) => `http://gone.example/${n}`)
  const records = await recordsOf(t, urls, dns.address, 1)
  assert.ok(records.some(({ code }) => code === 'HOST_DOWN'))
  assert.ok(records.every(({ finalUrl }) => finalUrl === undefined))
})
