// Who is compared, and how each is told to fetch a list into a folder called `out`. Everything is relative to the folder they are started in.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { programVersion } from '../peers.js'
import { wrongFiles, wrongShards } from './check.js'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const halyard = here('../../dist/cli/main.js')
const samplesPerShard = 10_000

/** The two kinds of list, by the names of their files. */
export const lists = { urls: 'urls.txt', curl: 'urls-and-files.conf' }

/**
 * @typedef {object} Downloader
 * @property {string} label
 * @property {'halyard' | 'curl' | 'wget2' | 'aria2c' | 'wget' | 'fetch'} tool
 * @property {string[]} command
 * @property {string} [missing]
 * @property {(folder: string, count: number) => string | undefined} wrong what is wrong with the result
 */

const ours = (label, options, wrong = wrongFiles) => ({
  label,
  tool: 'halyard',
  command: [process.execPath, halyard, 'get', '-i', lists.urls, '-o', 'out', ...options],
  wrong,
})

/** @param {string} line as typed; no argument has a space */
const peer = (label, line) => ({ label, tool: line.split(' ')[0], command: line.split(' '), wrong: wrongFiles })

const curl = (parallel) =>
  peer(
    `curl -Z, ${parallel} at once`,
    `curl --disable --no-progress-meter --fail --parallel --parallel-max ${parallel} --config ${lists.curl}`,
  )

/** What has to be installed for each of the others. */
const packages = { curl: 'curl', wget2: 'wget2', aria2c: 'aria2', wget: 'wget' }

/** Names and versions, also of what is missing. */
export const versions = Object.keys(packages).map((tool) => `${tool} ${programVersion([tool, '--version']) ?? 'missing'}`)

/** @returns {Downloader[]} */
export function downloaders() {
  return [
    ours('halyard get', []),
    ours('halyard get --style async', ['--style', 'async']),
    ours('halyard get --style threads', ['--style', 'threads']),
    ...(canShard() ? [ours('halyard get --sink tar', ['--sink', 'tar', '--shard-size', `${samplesPerShard}`], wrongShards)] : []),
    curl(16),
    curl(50),
    peer('wget2, 16 threads', `wget2 --no-config --no-hsts --quiet --max-threads=16 -i ${lists.urls} -P out`),
    peer('aria2c, 16 at once', `aria2c --no-conf --quiet -j16 --file-allocation=none -i ${lists.urls} -d out`),
    peer('wget', `wget --no-config --no-hsts --quiet -i ${lists.urls} -P out`),
    {
      label: 'Node.js, fetch, 50 at once',
      tool: 'fetch',
      command: [process.execPath, here('node-idiom.js'), lists.urls, 'out'],
      wrong: wrongFiles,
    },
  ].map((downloader) => ({ ...downloader, missing: missing(downloader.tool) }))
}

function missing(tool) {
  if (!Object.hasOwn(packages, tool)) return undefined
  return versions.includes(`${tool} missing`) ? `missing: apt-get install ${packages[tool]}` : undefined
}

/** As one would type it. @param {Downloader} downloader */
export function typed({ command }) {
  return command
    .join(' ')
    .replace(`${process.execPath} ${halyard}`, 'halyard')
    .replace(process.execPath, 'node')
    .replace(here(''), '')
}

function canShard() {
  const { stdout } = spawnSync(process.execPath, [halyard, 'get', '--help'], { encoding: 'utf8' })
  return stdout.includes('--shard-size')
}
