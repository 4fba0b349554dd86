// Who is compared, and how each is told to fetch the list into a folder called `out`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { programVersion } from '../peers.js'
import { stallTimeout } from './hosts.js'

const halyard = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const version = programVersion(['curl', '--version'])
export const curlVersion = `curl ${version ?? 'missing'}`

/** Few: what is waited between them is the same at every scale, and would be most of a short run. */
export const retries = 2
/** As far as `-j auto` and `--per-host auto` go: src/download/resolve-options.ts. */
const most = { concurrency: 1024, perHost: 256 }
export const lists = { urls: 'urls.txt', curl: 'urls-and-files.conf', resolver: 'resolv.conf' }

/**
 * @typedef {object} Downloader
 * @property {string} label
 * @property {'halyard' | 'curl'} tool
 * @property {import('./rehearsal.js').Limits} [limits] the most that it may have in flight, of which the oracle is told
 * @property {string[]} command
 * @property {string} [missing]
 */

/**
 * @param {{ scale: number, names: Awaited<ReturnType<typeof import('./processes.js').startNames>> | undefined }} site
 * @returns {Downloader[]}
 */
export function downloaders({ scale, names }) {
  return [
    { ...ours([], scale, names), label: 'halyard get', limits: { ...most, autoConcurrency: true, autoPerHost: true } },
    ...[256, 512].map((jobs) => ({
      ...ours(['-j', `${jobs}`], scale, names),
      label: `halyard get -j ${jobs}`,
      limits: { concurrency: jobs, perHost: Math.min(most.perHost, jobs), autoPerHost: true },
    })),
    curl(256, scale, names),
  ]
}

function ours(options, scale, names) {
  const common = [
    '--dns-servers',
    `${names?.address}`,
    '--stall-timeout',
    `${(stallTimeout / 1000) * scale}`,
    '--retries',
    `${retries}`,
  ]
  return {
    tool: 'halyard',
    command: [process.execPath, halyard, 'get', '-q', '-i', lists.urls, '-o', 'out', ...common, ...options],
  }
}

/**
 * curl of Debian cannot be told a name server. It asks the system, which in a mount namespace of curl's own has our server in its
 * resolv.conf. A list of addresses (`--resolve`, a hosts file) would be gone through for every URL. It tries nothing again.
 */
function curl(parallel, scale, names) {
  const speed = `--speed-limit 1 --speed-time ${Math.max(1, Math.round((stallTimeout / 1000) * scale))}`
  const line = `curl --disable --no-progress-meter --fail --remove-on-error --parallel --parallel-max ${parallel} ${speed} --config ${lists.curl}`
  const inside = `mount --bind ${lists.resolver} /etc/resolv.conf && exec "$@"`
  return {
    label: `curl -Z, ${parallel} at once`,
    tool: 'curl',
    command: ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', inside, 'sh', ...line.split(' ')],
    missing: missing(names),
  }
}

function missing(names) {
  if (version === undefined) return 'missing: apt-get install curl'
  if (names !== undefined && names.forSystem === undefined)
    return 'not possible: its name server needs port 53, which is for root'
  const allowed = spawnSync('unshare', ['--mount', '--propagation', 'private', 'true']).status === 0
  return allowed ? undefined : 'not possible: needs unshare(1) and the right to a mount namespace'
}

/** As one would type it. @param {Downloader} downloader */
export function typed({ command }) {
  const text = command.join(' ').replace(`${process.execPath} ${halyard}`, 'halyard')
  return text.slice(Math.max(0, text.indexOf('curl --')))
}
