// Makes a checkout ready to run: installs and builds, each only if something changed since the last time.
// Every npm script calls it first, so that a fresh clone needs no step of its own.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(fileURLToPath(new URL('..', import.meta.url)))
const at = (...parts) => join(root, ...parts)
const age = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

function run(what, command, args) {
  process.stderr.write(`${what} …\n`)
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (error !== undefined || status !== 0) {
    process.stderr.write(
      `${what} failed: ${error?.message ?? `exit code ${status}`}. Run it by hand: ${command} ${args.join(' ')}\n`,
    )
    process.exit(1)
  }
}

function newest(path) {
  if (!statSync(path).isDirectory()) return age(path)
  return Math.max(
    age(path),
    ...readdirSync(path)
      .filter((name) => name !== 'node_modules' && name !== 'dist')
      .map((name) => newest(join(path, name))),
  )
}

const force = process.argv.includes('--force')
const installed = at('node_modules', '.package-lock.json')
if (age(installed) < Math.max(age(at('package-lock.json')), age(at('package.json')))) {
  // Not `npm ci`: it refuses a lock file made where the registry did not carry every platform's optional binaries.
  run('Installing (npm install)', 'npm', ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error'])
  utimesSync(installed, new Date(), new Date())
}

const sources = ['src', 'test', 'examples', 'tsconfig.json', 'tsconfig.base.json', 'package.json'].map((name) => newest(at(name)))
const outputs = ['src', 'test', 'examples'].map((name) => age(at('build', `${name}.tsbuildinfo`)))
if (force || !existsSync(at('dist')) || Math.min(...outputs) < Math.max(...sources)) {
  // A file renamed in the sources must not live on in the output, where the test runner would still find it.
  for (const output of [
    'dist',
    'build/test',
    'build/examples',
    ...['src', 'test', 'examples'].map((name) => `build/${name}.tsbuildinfo`),
  ]) {
    rmSync(at(output), { recursive: true, force: true })
  }
  run('Building (tsc -b)', process.execPath, [at('node_modules', 'typescript', 'bin', 'tsc'), '-b'])
}
