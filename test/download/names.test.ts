/** A whole run whose hosts only a name server of its own knows. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { downloadMany } from 'halyard'
import { moment } from '../support/moment.js'
import { NO_SUCH_NAME, startNameServer } from '../support/name-server/name-server.js'
import { answer, startRawServer } from '../support/raw-server.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { oneOf } from '../support/thorough.js'

describe('A list of hosts that only --dns-servers know is downloaded', () => {
  for (const style of oneOf(['async', 'threads'] as const)) {
    it(`in style ${style}; who is not there is told from who cannot be asked for`, async (t) => {
      const server = await startRawServer(t, ({ socket, head }) => {
        socket.write(answer('200 OK', /^host: (.*):/im.exec(head)?.[1] ?? ''))
      })
      const asked = new Set<string>()
      const dns = await startNameServer(({ name }) => {
        asked.add(name)
        return name.startsWith('dead')
          ? NO_SUCH_NAME
          : name.startsWith('broken')
            ? { code: 'SERVFAIL' }
            : { addresses: ['127.0.0.1'] }
      })
      t.after(() => dns.close())
      const hosts = [...Array.from({ length: 40 }, (_, i) => `h${i}.test`), 'dead.test', 'broken.test']
      const run = downloadMany(
        hosts.map((host) => `http://${host}:${server.port}/${host}`),
        { output: temporaryFolder(t), style, concurrency: 2, retries: 0, dnsServers: [dns.address], journal: false },
      )
      const codes = new Map<string, number>()
      for await (const { status, code } of run) {
        codes.set(code ?? status, (codes.get(code ?? status) ?? 0) + 1)
      }
      assert.deepEqual(Object.fromEntries(codes), { ok: 40, DNS_NOT_FOUND: 1, DNS_FAILED: 1 })
      assert.deepEqual([...asked].toSorted(), hosts.toSorted())
    })
  }
})

describe('Names of hosts that wait', () => {
  it('are looked up before it is their turn', async (t) => {
    const ahead = moment()
    const server = await startRawServer(t, ({ socket }) => {
      // The only place is taken until the others are known.
      void ahead.met.then(() => socket.write(answer('200 OK', 'hello')))
    })
    const hosts = Array.from({ length: 10 }, (_, i) => `h${i}.test`)
    const asked = new Set<string>()
    const dns = await startNameServer(({ name }) => {
      asked.add(name)
      if (asked.size === hosts.length) ahead.arrive()
      return { addresses: ['127.0.0.1'] }
    })
    t.after(() => dns.close())
    const list = hosts.map((host) => `http://${host}:${server.port}/${host}`)
    const options = { output: temporaryFolder(t), concurrency: 1, dnsServers: [dns.address], journal: false } as const
    const { ok } = await downloadMany(list, options).summary
    assert.deepEqual([ok, asked.size], [10, 10])
  })
})
