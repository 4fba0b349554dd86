/**
 * undici, as much of it as HTTP/2 needs. Its front door loads fetch, WebSocket, caches and mocks too: 114 files and 175 ms of a
 * processor where these take 23 files and 60 ms. They are the same objects; a test holds that, for nobody promises that they stay
 * there. What the front door adds to them, such as `request` and `connect`, is not there: they have `dispatch`, and that is all we use.
 */
import { createRequire } from 'node:module'

type Parts = Pick<typeof import('undici'), 'Agent' | 'Client' | 'Pool'>

const require = createRequire(import.meta.url)

export const undici: Parts = {
  Agent: require('undici/lib/dispatcher/agent.js') as Parts['Agent'],
  Client: require('undici/lib/dispatcher/client.js') as Parts['Client'],
  Pool: require('undici/lib/dispatcher/pool.js') as Parts['Pool'],
}
