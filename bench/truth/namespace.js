// Network namespaces of unshare(1): where a test may have any address it likes, and nothing leaves the machine.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'

const inside = fileURLToPath(new URL('inside-namespace.js', import.meta.url))
const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } // where ip(8) is, and not everybody looks
/** With the rights one has; else as root of a user namespace. */
const unshare = [['--net'], ['--net', '--map-root-user']].find(
  (options) => spawnSync('unshare', [...options, 'ip', 'link', 'set', 'lo', 'up'], { env }).status === 0,
)

/** Why there can be no namespaces here; undefined if there can. */
export const missing = unshare === undefined ? 'no namespace: needs unshare(1), ip(8) and the right to make one' : undefined

/** Runs an experiment (by its module's URL) with a tool (by its name) in a namespace of its own. */
export async function runInNamespace(module, tool) {
  const command = [...unshare, process.execPath, inside, module, tool]
  const { stdout } = await promisify(execFile)('unshare', command, { env, timeout: 60_000 })
  return JSON.parse(stdout)
}
