/** Every example runs as a reader would run it, and prints what it says it prints. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type ProgramOptions, runProgram } from '../support/child-program.js'
import { someTests } from '../support/thorough.js'

const root = new URL('../../../', import.meta.url)

/** Runs build/examples/NAME.js to its end; answers what it printed, line by line. Anything but exit code 0 and a silent stderr fails the test. */
async function runExample(t: TestContext, name: string, options: ProgramOptions = {}): Promise<string[]> {
  return printedLines(await runProgram(t, new URL(`build/examples/${name}.js`, root), { timeout: 30_000, ...options }))
}

function printedLines({ code, stdout, stderr }: { code: number | null; stdout: string; stderr: string }): string[] {
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, stdout)
  assert.ok(stdout.endsWith('\n'))
  return stdout.slice(0, -1).split('\n')
}

/** A folder for what an example downloads. */
async function outputFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'halyard-test-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

/** Asserts that the lines, as they were printed, have `earlier` somewhere before `later`. */
function assertOrder(lines: readonly string[], earlier: string, later: string): void {
  const [first, second] = [lines.indexOf(earlier), lines.indexOf(later)]
  assert.ok(first !== -1 && second !== -1 && first < second, `"${earlier}" before "${later}" in\n${lines.join('\n')}`)
}

// Each starts programs of its own.
someTests(5, (example) => {
  example('01 prints the results of map in the order of the list', async (t) => {
    assert.deepEqual(await runExample(t, '01-map'), [
      '7 needs 16 steps',
      '27 needs 111 steps',
      '97 needs 118 steps',
      '871 needs 178 steps',
      '6171 needs 261 steps',
      '77031 needs 350 steps',
      '837799 needs 524 steps',
    ])
  })

  example('02 shows three futures running and two pending, and then all of them as they finish', async (t) => {
    const lines = await runExample(t, '02-submit-and-as-completed')
    assert.deepEqual(lines.slice(0, 5), [
      'Scheduled for BR: <Future #1 state=running>',
      'Scheduled for CN: <Future #2 state=running>',
      'Scheduled for ID: <Future #3 state=running>',
      'Scheduled for IN: <Future #4 state=pending>',
      'Scheduled for US: <Future #5 state=pending>',
    ])
    assert.deepEqual(
      lines.slice(5, 10).toSorted(),
      ['BR', 'CN', 'ID', 'IN', 'US'].map((cc, i) => `<Future #${i + 1} state=finished returned string> result: '${cc}'`),
    )
    assert.match(lines[10] ?? '', /^5 flags downloaded in \d+\.\d\ds$/)
    assert.equal(lines.length, 11)
  })

  example('03 starts three calls at once and hands out results in the order of the list', async (t) => {
    const timed = await runExample(t, '03-executor-map', { env: { LOITER_UNIT: '0.1' } })
    for (const line of timed) assert.match(line, /^\[\d\d:\d\d:\d\d\] \t*[a-zA-Z]/)
    const lines = timed.map((line) => line.slice('[00:00:00] '.length).trimStart())
    assert.equal(lines.length, 18)
    assert.equal(lines[0], 'Script starting.')
    assert.match(lines[1] ?? '', /^results: /)
    assert.deepEqual(
      lines.filter((line) => line.startsWith('result ')),
      ['result 0: 0', 'result 1: 10', 'result 2: 20', 'result 3: 30', 'result 4: 40'],
    )
    for (const n of [0, 1, 2, 3, 4]) {
      assertOrder(lines, `loiter(${n}): doing nothing for ${n}s...`, `loiter(${n}): done.`)
      assertOrder(lines, `loiter(${n}): done.`, `result ${n}: ${n * 10}`)
    }
    // Three workers: the fourth call waits for one of them. Which of the first three begins first depends on how fast the threads start.
    let running = 0
    for (const line of lines) {
      if (line.includes('doing nothing')) running += 1
      if (line.includes('done.')) running -= 1
      assert.ok(running <= 3, lines.join('\n'))
    }
    assertOrder(lines, 'loiter(3): doing nothing for 3s...', 'loiter(4): doing nothing for 4s...')
  })

  example('04 stops waiting in three ways and stops the work in the fourth', async (t) => {
    assert.deepEqual(await runExample(t, '04-timeouts'), [
      'result(): ERR_FUTURE_TIMEOUT - the call is still running',
      'asked again: slept 300 ms',
      'wait(): 1 done, 1 not done, and nothing is thrown',
      'schedule(): ERR_FUTURE_TIMEOUT - the endless loop is finished',
      'the pool goes on: slept 5 ms',
    ])
  })

  example('05 cancels a waiting call, aborts a running one, and calls off a batch by signal', async (t) => {
    const lines = await runExample(t, '05-cancellation')
    const fromTasks = ['count(1000) puts its tools away: no longer needed', 'count(50) puts its tools away: the whole batch']
    for (const line of fromTasks) assert.ok(lines.includes(line), `"${line}" in\n${lines.join('\n')}`)
    assert.deepEqual(
      lines.filter((line) => !fromTasks.includes(line)),
      [
        'cancel() of a waiting call: true <Future #2 state=cancelled>',
        'cancel() of a running call: false <Future #1 state=running>',
        'abort() of a running call: true <Future #1 state=cancelled>',
        'its result: CancelledError, because no longer needed',
        'the next in the queue: 3',
        'one signal for a batch: rejected, rejected, rejected',
      ],
    )
  })

  example('06 finds the nine primes among the twenty numbers, those beyond 2**53 included', async (t) => {
    const lines = await runExample(t, '06-primes', { args: ['2'] })
    assert.equal(lines[0], 'Checking 20 numbers with 2 processes:')
    const numbers = lines.slice(1, -1).map((line) => /^ *(\d+) {2}([P ]) +\d+\.\d{6}s$/.exec(line)?.slice(1).join(' '))
    assert.deepEqual(numbers, [
      '9999999999999999  ',
      '9999999999999917 P',
      '7777777777777777  ',
      '7777777777777753 P',
      '7777777536340681  ',
      '6666667141414921  ',
      '6666666666666719 P',
      '6666666666666666  ',
      '5555555555555555  ',
      '5555555555555503 P',
      '5555553133149889  ',
      '4444444488888889  ',
      '4444444444444444  ',
      '4444444444444423 P',
      '3333335652092209  ',
      '3333333333333333  ',
      '3333333333333301 P',
      '299593572317531 P',
      '142702110479723 P',
      '2 P',
    ])
    assert.match(lines.at(-1) ?? '', /^Total time: \d+\.\d\ds$/)
  })

  example('06 takes a smaller list by argument', async (t) => {
    const lines = await runExample(t, '06-primes', { args: ['1', '299593572317531'] })
    assert.equal(lines[0], 'Checking 3 numbers with 1 processes:')
    assert.equal(lines.length, 5)
  })

  example('07 prints twelve digests, all different, and the time', async (t) => {
    const lines = await runExample(t, '07-sha256', { args: ['2'] })
    const digests = lines.slice(0, -1)
    for (const digest of digests) assert.match(digest, /^[\da-f]{64}$/)
    assert.equal(new Set(digests).size, 12)
    assert.equal(digests.length, 12)
    assert.match(lines.at(-1) ?? '', /^2 workers, elapsed time: \d+\.\d\ds$/)
  })

  const counted = [
    '3 in "so much depends" (reader_N)',
    '1 in "upon" (reader_N)',
    '3 in "a red wheel" (reader_N)',
    '1 in "barrow" (reader_N)',
  ]

  example('08 runs compiled', async (t) => {
    assert.deepEqual(await runExample(t, '08-typescript-tasks'), ['Running from compiled JavaScript.', ...counted])
  })

  example('08 runs from its TypeScript source under tsx', async (t) => {
    const tsx = new URL('node_modules/tsx/dist/cli.mjs', root)
    const source = fileURLToPath(new URL('examples/08-typescript-tasks.ts', root))
    const lines = printedLines(await runProgram(t, tsx, { args: [source], timeout: 30_000 }))
    assert.deepEqual(lines, ['Running from TypeScript source.', ...counted])
  })

  example('09 saves each flag under the name of its country', async (t) => {
    const folder = await outputFolder(t)
    const lines = await runExample(t, '09-flag-names', { args: [folder] })
    assert.deepEqual(lines, [
      'United_Arab_Emirates.gif',
      'Congo_(Kinshasa).gif',
      "Côte_d'Ivoire.gif",
      'Korea,_North.gif',
      'Vietnam.gif',
    ])
    assert.deepEqual((await readdir(folder)).toSorted(), lines.toSorted())
    for (const filename of lines) assert.equal((await readFile(join(folder, filename))).toString('latin1', 0, 4), 'GIF8')
  })

  example('10 takes items from an endless generator only as results are asked for, and closes it', async (t) => {
    assert.deepEqual(await runExample(t, '10-back-pressure'), [
      '  take 1',
      '  take 2',
      '  take 3',
      'Nobody has asked for a result yet.',
      '  take 4',
      'got 1',
      '  take 5',
      'got 4',
      '  take 6',
      'got 9',
      '  take 7',
      'got 16',
      '  the generator is closed',
    ])
  })

  example('11 gets errors from another thread as what they were', async (t) => {
    assert.deepEqual(await runExample(t, '11-errors-across-threads'), [
      'FlagError for XX: no such flag, because RangeError: not in the atlas',
      'the stack names both sides: true',
      'NotSerializableError: result',
      'BrokenThreadPoolError: die ended its worker with exit code 7',
      'TaskNotFoundError: a function that is not exported cannot be found in another thread',
    ])
  })

  example('12 tells one outcome for each line, and counts that add up', async (t) => {
    const folder = await outputFolder(t)
    const lines = await runExample(t, '12-download-many', { args: [folder] })
    assert.equal(lines.pop(), '5 lines: 3 ok, 1 not found, 0 failed, 1 invalid')
    assert.deepEqual(lines.toSorted(), [
      'line 0: flags/BR.gif, 4985 bytes, attempts: 1',
      'line 1: asia/china.gif, 2782 bytes, attempts: 1',
      'line 2: flags/IN.gif, 4105 bytes, attempts: 2',
      'line 3: not-found, HTTP_404',
      'line 4: invalid, INVALID_URL',
    ])
    assert.deepEqual((await readdir(folder)).toSorted(), ['.halyard', 'asia', 'flags'])
    assert.deepEqual((await readdir(join(folder, 'flags'))).toSorted(), ['BR.gif', 'IN.gif'])
  })

  example('13 asks for each file once, though it is ended in the middle', async (t) => {
    const folder = await outputFolder(t)
    const [first = '', second = '', requests] = await runExample(t, '13-resume', { args: [folder] })
    const [, done] = /^first call: interrupted after (\d+) of 20$/.exec(first) ?? []
    assert.ok(Number(done) > 4 && Number(done) < 20, first)
    assert.equal(second, `second call: ${done} done before, ${20 - Number(done)} done now`)
    assert.equal(requests, 'requests: 20')
  })

  example('14 makes of each picture its size, and no file', async (t) => {
    const folder = await outputFolder(t)
    const lines = await runExample(t, '14-own-sink', { cwd: folder })
    assert.deepEqual(lines, ['br.gif 320 × 224', 'ch.gif 320 × 320', 'np.gif 320 × 390', '3 ok, each at the second attempt'])
    assert.deepEqual(await readdir(folder), [])
  })

  example('15 works on the files in the pool that downloaded them', async (t) => {
    const folder = await outputFolder(t)
    assert.deepEqual(
      await runExample(t, '15-own-executor', { args: [folder] }),
      ['br', 'cn', 'in', 'us'].map((cc) => `${cc}.gif: a palette of 256 colours`),
    )
  })

  example('16 makes two shards, and reads samples by the index of the first', async (t) => {
    const lines = await runExample(t, '16-tar-shards', { args: [await outputFolder(t)] })
    assert.match(lines[0] ?? '', /^00000\.tar: 2 samples, \d+ bytes$/)
    assert.match(lines[1] ?? '', /^00001\.tar: 2 samples, \d+ bytes$/)
    assert.deepEqual(lines.slice(2), [
      'line 0: 000000000.gif, begins with GIF89a',
      'line 1: 000000001.gif, begins with GIF89a',
      'line 2: HTTP_404',
    ])
  })
})

test('every example is listed in the README of the folder, and has a test here', async () => {
  const names = (await readdir(new URL('examples/', root))).filter((name) => /^\d\d-.*\.ts$/.test(name))
  const readme = await readFile(new URL('examples/README.md', root), 'utf8')
  const tests = await readFile(new URL('test/examples/examples.test.ts', root), 'utf8')
  assert.ok(names.length >= 16)
  for (const name of names) {
    assert.ok(readme.includes(`[${name}](${name})`), `${name} in examples/README.md`)
    assert.ok(tests.includes(`'${name.replace('.ts', '')}'`), `${name} in this file`)
  }
})
