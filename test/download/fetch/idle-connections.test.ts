import assert from 'node:assert/strict'
import { it } from 'node:test'
import { keeping, openedFetcher } from '../../support/fetching.js'
import { startRawServer } from '../../support/raw-server.js'

// A server that would keep them all, so that nothing but our own limit closes one.
const KEPT = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nKeep-Alive: timeout=600\r\n\r\nok'

it('Connections to many hosts do not all stay open: those that were used last do', async (t) => {
  const server = await startRawServer(t, ({ socket }) => socket.write(KEPT))
  const fetcher = await openedFetcher(t, { resolve: [`*:${server.port}:127.0.0.1`] })
  const get = (host: number): Promise<unknown> => fetcher.fetch({ url: `http://h${host}.test:${server.port}/` }, keeping())
  for (let host = 0; host < 320; host++) {
    await get(host)
    // It is old, and in use.
    if (host % 50 === 25) await get(0)
  }
  await server.closed(63)
  assert.equal(server.connections, 320)
  await get(0)
  await get(319)
  assert.equal(server.connections, 320)
  await get(1)
  assert.equal(server.connections, 321)
})
