// Which test files run in one process, and which processes start first.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// A process for each file takes half a second for each: it starts Node.js, and loads the library and fast-check again. So all files whose path
// matches one line run in one process, one after the other. Whoever changes what the others see (listeners, folder, environment) puts it back;
// whoever counts the memory, the handles or the children of the process, or needs the time that is to be had for stacks (call-site.ts), matches
// no line and has one of its own.
const TOGETHER = [
  /^(architecture|cli\/get\/|contracts\/|docs\/|report\/|text\/|timeline\/|types\/)/,
  /^cli\/(comparison-report|completion|flags|get|get-output|get-usage|main|run-folder|serve)\./,
  /^cli\/(flags-|get-terminal|terminal)/,
  /^cli\/(compare|get-interrupt)\./,
  /^compare\//,
  /^download\/(broken-executor|cookies|download-many|download-one|names|open-files|resumed-list)\./,
  /^download\/exactly-once\/(few|full|harness|interrupted|torn)/,
  /^download\/exactly-once\/(other|read|sleeper|tar|two)/,
  /^download\/faults\/(async|segments|sequential)/,
  /^download\/faults\/(exit|slow|tar)/,
  /^download\/faults\/(processes|threads)/,
  /^download\/fetch\//,
  /^download\/journal\//,
  /^download\/(make-job\.|naming\/|redact-url\.|schedule\/|verify\/)/,
  /^download\/(segments|sending)\//,
  /^download\/sink\//,
  /^download\/source\//,
  /^flag-server\//,
  /^flags\//,
  /^futures\/(as-completed|async|errors|future|map|sequential|shutdown|two-copies|wait)/,
  /^futures\/workers\/(abort|afterlife|cancellation|context)/,
  /^futures\/workers\/(commonjs|entry-files|leaks|memory|signals|typescript|whole-programs)\./,
  /^futures\/workers\/(initializer|max-tasks|process-exit|task-modules)/,
  /^futures\/workers\/(inside|naming|running|values|worker-death)/,
  /^futures\/workers\/(output|shared-workers|two-copies|worker-settings)\./,
]

/** These take longest: begun last, they would run on alone. */
const FIRST = /^(cli\/|compare\/|download\/(exactly-once|faults)\/|futures\/(process-pool|workers\/(commonjs|inside)))/

const rank = ([name]) => (FIRST.test(name) ? 0 : 1)

/**
 * Writes a file for each process, which imports its test files.
 * @param folder beside the folder `test` of the test files
 * @param names of the test files, in `test`
 * @returns paths; Node.js runs files in the order of their names, whatever order it is given
 */
export function testProcesses(folder, names) {
  const groups = new Map()
  for (const name of names) {
    const line = TOGETHER.findIndex((pattern) => pattern.test(name))
    const key = line === -1 ? name : line
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return [...groups.values()]
    .sort((a, b) => rank(a) - rank(b))
    .map((files, index) => {
      const path = join(folder, `${String(index).padStart(3, '0')}.js`)
      writeFileSync(path, files.map((name) => `import '../test/${name}'\n`).join(''))
      return path
    })
}
