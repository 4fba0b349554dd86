// The peers are dependencies of this package only; the first run of a checkout installs them.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const installed = here('node_modules/.package-lock.json')
const age = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

/** Installs what bench/package.json pins. Where that fails the benchmark still runs, and names the peers that are missing. */
export function installPeers() {
  if (age(installed) >= Math.max(age(here('package.json')), age(here('package-lock.json')))) return
  process.stderr.write('Installing the peers (npm install in bench/) …\n')
  spawnSync('npm', ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: here('.'),
    stdio: ['ignore', 2, 2],
  })
  if (existsSync(installed)) utimesSync(installed, new Date(), new Date())
}

/** The version of an installed peer; undefined if it is missing. */
export function peerVersion(name) {
  const manifest = here(`node_modules/${name}/package.json`)
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : undefined
}

/** Debian's own interpreter, not one that a version manager put first in PATH: its packages are the peers. `PYTHON` names another. */
export const python = process.env.PYTHON ?? (existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3')

/**
 * `CPython 3.11.2, requests 2.28.1`, or undefined if the interpreter or one of the modules is missing.
 * @param {string[]} modules
 */
export function pythonVersion(modules) {
  const lines = ['import platform', ...modules.map((name) => `import ${name}`)]
  const versions = modules.map((name) => `+ ", ${name} " + ${name}.__version__`).join(' ')
  const program = [...lines, `print("CPython " + platform.python_version() ${versions})`].join('\n')
  const { status, stdout } = spawnSync(python, ['-c', program], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/**
 * The first version number that a program prints; undefined if there is no such program.
 * @param {string[]} command that prints it
 */
export function programVersion([program, ...args]) {
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8' })
  return status === 0 ? /\d+\.\d+[.\d]*/.exec(stdout)?.[0] : undefined
}
