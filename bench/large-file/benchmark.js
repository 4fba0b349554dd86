// One large file, from nginx on the loopback device into memory: what a stream costs. Whole processes, start-up included.
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { randomFillSync } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bestOf, claim, standing } from '../claims.js'
import { UsageError } from '../command-line.js'
import { nginxMissing, nginxVersion, startNginx } from '../nginx.js'
import { programVersion } from '../peers.js'
import { runProcess } from '../run-process.js'
import { makeScratch } from '../scratch.js'
import { median, medianOf, megabytes, number, span } from '../statistics.js'

const MiB = 1024 * 1024
const usual = 1024
const most = 8192
const timeout = 600_000
const halyard = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const name = 'large.bin'

/** What has to be installed for each of the others. */
const packages = { curl: 'curl', wget: 'wget', wget2: 'wget2', aria2c: 'aria2' }
const versions = Object.keys(packages).map((tool) => `${tool} ${programVersion([tool, '--version']) ?? 'missing'}`)

export default {
  name: 'large-file',
  summary: 'one file of 1 GiB: halyard get, in one stream and in four segments, against curl, wget, wget2 and aria2c -x4',
  rounds: 5,
  options: { mebibytes: { value: 'N', doc: `size of the file in MiB, up to ${most}, instead of ${usual}` } },
  async prepare({ mebibytes }) {
    const size = mebibytes === undefined ? usual : sizeOf(mebibytes)
    const site = nginxMissing === undefined ? await openSite(size) : undefined
    const title = `One file of ${size.toLocaleString('en-US')} MiB`
    return {
      contenders: downloaders(site?.url).map((each) => ({
        group: title,
        ...each,
        command: each.command.join(' ').replace(`${process.execPath} ${halyard}`, 'halyard'),
        missing: nginxMissing ?? missing(each.tool),
        run: () => run(each.command, site),
      })),
      tables: (results) => [table(title, size, results)],
      claims: (results) => claims(size, results),
      peers: [...versions, nginxVersion],
      variant: size === usual ? undefined : `${size}`,
      close: async () => site?.close(),
    }
  },
}

function sizeOf(text) {
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= most) return Number(text)
  throw new UsageError(`Expected --mebibytes to be a whole number from 1 to ${most}; got ${text}.`)
}

/** Everything goes into `out` below the folder they are started in. */
function downloaders(url) {
  const ours = (label, ...options) => ({
    label,
    tool: 'halyard',
    command: [process.execPath, halyard, 'get', '-q', '-o', 'out', ...options, url],
  })
  const peer = (label, line) => ({ label, tool: line.split(' ')[0], command: [...line.split(' '), url] })
  return [
    ours('halyard get'),
    ours('halyard get --segments 4', '--segments', '4'),
    peer('curl', `curl --disable --silent --fail -o out/${name}`),
    peer('wget', 'wget --no-config --no-hsts --quiet -P out'),
    peer('wget2', 'wget2 --no-config --no-hsts --quiet -P out'),
    peer('aria2c', 'aria2c --no-conf --quiet -d out'),
    peer('aria2c -x4', 'aria2c --no-conf --quiet -x4 -s4 -d out'),
    peer('aria2c -x4, no allocation', 'aria2c --no-conf --quiet -x4 -s4 --file-allocation=none -d out'),
  ]
}

function missing(tool) {
  return versions.includes(`${tool} missing`) ? `missing: apt-get install ${packages[tool]}` : undefined
}

/** A folder that is served, with one file of random bytes. */
async function openSite(size) {
  const folder = makeScratch()
  const [site, file] = [join(folder, 'site'), join(folder, 'site', name)]
  mkdirSync(site)
  const block = Buffer.alloc(MiB)
  const fd = openSync(file, 'w')
  for (let n = 0; n < size; n++) writeSync(fd, randomFillSync(block))
  closeSync(fd)
  const { origin, close } = await startNginx({ folder, site })
  return {
    folder,
    file,
    url: `${origin}/${name}`,
    async close() {
      await close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** The file is looked at when the clock has stopped. */
async function run(command, { folder, file }) {
  const out = join(folder, 'out')
  mkdirSync(out)
  try {
    const { failure, wall, cpu, peak } = await runProcess(command, { cwd: folder, env: nobody(folder), timeout })
    const mistake = failure ?? (isSame(file, join(out, name)) ? undefined : 'other bytes than the server has')
    return mistake === undefined ? { wall, cpu, peak } : { failure: mistake }
  } finally {
    rmSync(out, { recursive: true })
  }
}

/** Nobody's settings, no proxy. */
function nobody(home) {
  const unset = Object.keys(process.env).filter((variable) => /^HALYARD_|_proxy$/i.test(variable))
  return { ...Object.fromEntries(unset.map((variable) => [variable, undefined])), HOME: home }
}

function isSame(path, other) {
  const fds = [openSync(path, 'r'), openSync(other, 'r')]
  const blocks = [Buffer.alloc(MiB), Buffer.alloc(MiB)]
  try {
    for (;;) {
      const [mine, theirs] = fds.map((fd, n) => readSync(fd, blocks[n]))
      if (mine !== theirs || !blocks[0].subarray(0, mine).equals(blocks[1].subarray(0, mine))) return false
      if (mine === 0) return true
    }
  } finally {
    fds.forEach(closeSync)
  }
}

const speed = (size) => (result) => size / result.wall

function table(title, size, results) {
  const entries = [...results]
  const best = bestOf(
    entries.filter(([{ tool }]) => tool !== 'halyard'),
    speed(size),
  )
  return {
    title,
    columns: ['', 'MiB/s', 'wall s', 'min-max', 'CPU s', 'peak MB', 'x best peer'],
    rows: entries.map((entry) => {
      const [{ label, missing: reason }, runs] = entry
      const failure = reason ?? runs.find((result) => result.failure !== undefined)?.failure
      if (failure !== undefined) return { label, note: failure }
      const walls = runs.map(({ wall }) => wall)
      const ours = standing(entry, speed(size)).value
      return {
        label,
        cells: [
          number(ours),
          number(median(walls)),
          span(walls),
          number(medianOf(runs, ({ cpu }) => cpu)),
          number(megabytes(medianOf(runs, ({ peak }) => peak))),
          best === undefined ? '-' : number(ours / best.value),
        ],
      }
    }),
    notes: ['Only halyard hashes what it stores. CPU seconds are those of the downloader, all threads.'],
  }
}

function claims(size, results) {
  const entries = [...results]
  const standingOf = (label) =>
    standing(
      entries.find(([each]) => each.label === label),
      speed(size),
    )
  const aria = entries.filter(([{ label }]) => label.startsWith('aria2c -x4'))
  return [
    claim({
      target: 'S5',
      what: 'one stream, curl',
      unit: 'MiB/s',
      atLeast: 0.9,
      ours: standingOf('halyard get'),
      best: standingOf('curl'),
    }),
    claim({
      target: 'S5',
      what: '`--segments 4`, aria2c -x4',
      unit: 'MiB/s',
      atLeast: 1,
      ours: standingOf('halyard get --segments 4'),
      best: bestOf(aria, speed(size)),
    }),
  ]
}
