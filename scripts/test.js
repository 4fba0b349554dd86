// Runs every compiled test with node:test. `npm test -- PATTERN …` runs only the files whose path contains a PATTERN.
// `npm test -- --but PATTERN` leaves out those files. `npm test -- --thorough` takes all cases where some are drawn.
// `npm test -- --coverage` measures coverage too, of threads and child processes as
// well: they write a report each, and there are thousands of them, so that takes three times as long.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { testProcesses } from './test-processes.js'

const root = resolve(fileURLToPath(new URL('..', import.meta.url)))
const asked = process.argv.slice(2)
const coverage = asked.includes('--coverage')
const thorough = asked.includes('--thorough')
const but = asked.includes('--but') ? asked.splice(asked.indexOf('--but'), 2)[1] : undefined
const patterns = asked.filter((word) => !word.startsWith('--'))
const options = asked.filter((word) => word.startsWith('--') && !['--coverage', '--thorough'].includes(word))

// Node 20 takes file names, not globs; so they are listed here, the same for every version.
const files = readdirSync(join(root, 'build', 'test'), { recursive: true })
  .filter((name) => name.endsWith('.test.js') && (patterns.length === 0 || patterns.some((pattern) => name.includes(pattern))))
  .filter((name) => but === undefined || !name.includes(but))
  .map(String)
  .sort()
if (files.length === 0) {
  process.stderr.write(`No test file matches ${patterns.join(' ')}.\n`)
  process.exit(1)
}

// Most tests wait; on a CI machine nothing waits for them, and fewer at once keep their times true.
const node = [
  '--test',
  `--test-concurrency=${process.env.CI === 'true' ? 3 : 6}`,
  ...options,
  ...testProcesses(join(root, 'build', 'runs'), files),
]
const command = coverage ? [join('node_modules', 'c8', 'bin', 'c8.js'), process.execPath, ...node] : node
const env = thorough ? { ...process.env, TEST_THOROUGH: '1' } : process.env
const { status } = spawnSync(process.execPath, command, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] })
process.exit(status ?? 1)
