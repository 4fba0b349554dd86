// The hosts and their name server, each in a process of its own, so that what they cost is nobody's CPU time but theirs.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

/** Where curl's resolver, the system's, can be sent to: it knows no port but 53. */
const systemPort = { address: '127.77.53.53', port: 53 }

/** @param {number} scale of all that hosts take */
export async function startHosts(scale) {
  const child = await start('serve.js', [`${scale}`])
  return { port: child.said.port, ask: child.ask, close: child.close }
}

/**
 * At the usual port of an address of its own where that is allowed, so that the system can be sent there too; else anywhere.
 * @returns {Promise<{ address: string, forSystem: string | undefined, ask: () => Promise<{ asked: number }>, close: () => Promise<void> }>}
 */
export async function startNames() {
  const { address, port } = systemPort
  const child = await start('names.js', [address, `${port}`]).catch(() => start('names.js', ['127.0.0.1', '0']))
  const told = child.said.address
  return { address: told, forSystem: told === `${address}:${port}` ? address : undefined, ask: child.ask, close: child.close }
}

/** Why they cannot be started; undefined if they can. */
export const notBuilt = existsSync(here('../../build/test/support/name-server/name-server.js'))
  ? undefined
  : 'missing: npm run build'

async function start(script, args) {
  const child = fork(here(script), args, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text))
  const ended = once(child, 'exit').then(([code]) => new Error(`${script} ended with exit code ${code}. ${errors.trim()}`))
  const said = await Promise.race([once(child, 'message').then(([message]) => message), ended])
  if (said instanceof Error) throw said
  return {
    said,
    async ask() {
      const answer = once(child, 'message')
      child.send('how much?')
      return (await answer)[0]
    },
    async close() {
      child.kill()
      await ended
    },
  }
}
