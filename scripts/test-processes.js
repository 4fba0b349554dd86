// Which test files run in one process, and which processes start first.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// A process for each file takes half a second for each: it starts Node.js, and loads the library and fast-check again. So all files whose path
// begins with a word of one line run in one process, one after the other. Whoever changes what the others see (listeners, folder, environment)
// puts it back; whoever counts the memory, the handles or the children of the process is in no line and has one of its own.
const TOGETHER = [
  ['architecture', 'cli/get/', 'docs/', 'text/', 'report/', 'timeline/', 'types/'],
  ['download/fetch/'],
  ['download/journal/'],
  ['download/make-job', 'download/naming/', 'download/redact-url', 'download/schedule/', 'download/verify/'],
  ['download/sink/'],
  ['download/source/'],
  ['flag-server/'],
  [
    'futures/as-',
    'futures/async-',
    'futures/errors',
    'futures/future',
    'futures/map',
    'futures/seq',
    'futures/shut',
    'futures/wait',
  ],
]

/** These take longest: begun last, they would run on alone. */
const FIRST = ['download/exactly-once/', 'download/faults/', 'cli/', 'futures/process-pool', 'futures/workers/w', 'compare/']

const lineOf = (name, lines) => lines.findIndex((words) => words.some((word) => name.startsWith(word)))

/**
 * Writes a file for each process, which imports its test files.
 * @param folder beside the folder `test` of the test files
 * @param names of the test files, in `test`
 * @returns paths; Node.js runs files in the order of their names, whatever order it is given
 */
export function testProcesses(folder, names) {
  const groups = new Map()
  for (const name of names) {
    const line = lineOf(name, TOGETHER)
    const key = line === -1 ? name : line
    groups.set(key, [...(groups.get(key) ?? []), name])
  }
  const rank = ([name]) =>
    lineOf(
      name,
      FIRST.map((word) => [word]),
    ) >>> 0
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
