import assert from 'node:assert/strict'
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram, type Ended } from '../../support/child-program.js'
import { Tally, temporaryFolder } from '../../support/tally.js'
import { drawnKinds } from '../../support/worker-pools.js'

const program = (name: string): URL => new URL(`../../fixtures/workers/programs/${name}.js`, import.meta.url)

interface Report {
  pid: number
  isMain: boolean
  results: { n: number; isMain: boolean; isMainThread: boolean; pid: number }[]
}

function assertMainRanOnceAndTasksElsewhere(kind: string, { code, stdout, stderr }: Ended, ran: Tally): void {
  assert.equal(code, 0, stderr)
  const { pid, isMain, results } = JSON.parse(stdout) as Report
  assert.equal(isMain, true)
  assert.deepEqual(
    results.map(({ n }) => n),
    [1_001, 1_002, 1_003, 1_004],
  )
  for (const result of results) {
    assert.equal(result.isMain, false, 'isMain() is false in a worker')
    if (kind === 'threads') assert.equal(result.isMainThread, false)
    else assert.notEqual(result.pid, pid)
  }
  assert.deepEqual(ran.lines, ['main'], 'the main part ran once')
}

for (const kind of drawnKinds()) {
  test(`a function of the entry file can be a task, and the main part runs only once (${kind})`, async (t) => {
    const ran = new Tally(t)
    const ended = await runProgram(t, program('entry-with-main'), { args: [kind, ran.path] })
    assertMainRanOnceAndTasksElsewhere(kind, ended, ran)
  })

  test(`an entry file without a guarded main part is refused with an explanation, not with ever more workers (${kind})`, async (t) => {
    const evaluations = new Tally(t)
    const { code, stderr } = await runProgram(t, program('entry-without-main'), {
      env: { HALYARD_TEST_KIND: kind, HALYARD_TEST_TALLY: evaluations.path },
    })
    assert.equal(code, 1)
    assert.match(stderr, /NestedSubmitError/)
    assert.match(stderr, /isMain\(import\.meta\)/, 'it says what to do')
    assert.match(stderr, /entry-without-main\.js/, 'it says where')
    assert.equal(evaluations.lines.length, 2, 'one evaluation by the program, one by the worker')
  })

  test(`a program started through a symbolic link is its own main (${kind})`, async (t) => {
    const ran = new Tally(t)
    const link = join(temporaryFolder(t), 'linked.js')
    symlinkSync(fileURLToPath(program('entry-with-main')), link)
    assertMainRanOnceAndTasksElsewhere(kind, await runProgram(t, link, { args: [kind, ran.path] }), ran)
  })

  test(`a program started without the extension of its file is its own main (${kind})`, async (t) => {
    const ran = new Tally(t)
    const bare = fileURLToPath(program('entry-with-main')).replace(/\.js$/, '')
    const ended = await runProgram(t, basename(bare), { args: [kind, ran.path], cwd: dirname(bare) })
    assertMainRanOnceAndTasksElsewhere(kind, ended, ran)
  })

  test(`a project in a folder with spaces, %, # and ? in its name works (${kind})`, async (t) => {
    const ran = new Tally(t)
    const folder = join(temporaryFolder(t), 'my 100% #1 project? ünï')
    mkdirSync(folder)
    cpSync(dirname(fileURLToPath(program('entry-with-main'))), join(folder, 'programs'), { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
    linkPackages(folder)
    const ended = await runProgram(t, join(folder, 'programs', 'entry-with-main.js'), { args: [kind, ran.path] })
    assertMainRanOnceAndTasksElsewhere(kind, ended, ran)
  })
}

/** Makes `halyard` findable from a folder outside of this package, the way an installation does. */
function linkPackages(folder: string): void {
  mkdirSync(join(folder, 'node_modules'))
  const root = dirname(fileURLToPath(import.meta.resolve('halyard/package.json')))
  symlinkSync(root, join(folder, 'node_modules', 'halyard'))
}
