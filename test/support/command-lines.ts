/**
 * Carries out command lines of `halyard` in a program that carries out many, one after the other: for tests of what a command does, which a
 * process for each would make ten times as long. What only a process of its own shows (signals, standard input, limits, its end) is not
 * tested with it.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { after } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { CommandLine } from '../fixtures/programs/command-lines.js'
import type { Ended, ProgramOptions } from './child-program.js'

const PROGRAM = fileURLToPath(new URL('../fixtures/programs/command-lines.js', import.meta.url))

/** Programs that wait for a command line; each is started when none of the others is free, and ends with the tests. */
const idle: ChildProcess[] = []

after(() =>
  Promise.all(
    idle.map(async (program) => {
      const ended = once(program, 'exit')
      program.ref()
      program.kill('SIGKILL')
      await ended
    }),
  ),
)

export async function carryOut(
  args: readonly string[],
  { cwd, env = {}, timeout }: ProgramOptions & { readonly timeout: number },
): Promise<Ended> {
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...environment } = process.env
  const line: CommandLine = {
    args,
    cwd: cwd ?? process.cwd(),
    env: { ...(environment as Record<string, string>), NO_COLOR: '1', ...env },
    mark: randomUUID(),
  }
  const program = idle.pop() ?? start()
  try {
    const ended = await ask(program, line, timeout)
    idle.push(program)
    return ended
  } catch (error) {
    // Whatever state it is in is not that of a new one.
    program.kill('SIGKILL')
    throw error
  }
}

function start(): ChildProcess {
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env
  const child = fork(PROGRAM, { env, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  child.stdout?.setEncoding('utf8')
  child.stderr?.setEncoding('utf8')
  return child
}

async function ask(child: ChildProcess, line: CommandLine, timeout: number): Promise<Ended> {
  const told = { stdout: '', stderr: '' }
  const ends = new AbortController()
  const { signal } = ends
  holdOpen(child, true)
  try {
    const all = (name: 'stdout' | 'stderr'): Promise<string> =>
      new Promise((resolve) => {
        const onData = (text: string): void => {
          told[name] += text
          if (told[name].endsWith(line.mark)) resolve(told[name].slice(0, -line.mark.length))
        }
        child[name]?.on('data', onData)
        signal.addEventListener('abort', () => child[name]?.off('data', onData))
      })
    const failed = (what: string): never => {
      throw new Error(`halyard ${line.args.join(' ')} ${what}.\nstdout: ${told.stdout}\nstderr: ${told.stderr}`)
    }
    const answered = Promise.all([once(child, 'message', { signal }), all('stdout'), all('stderr')])
    child.send(line)
    const [[code], stdout, stderr] = await Promise.race([
      answered as Promise<[[number], string, string]>,
      once(child, 'exit', { signal }).then(() => failed('ended the program that carries it out')),
      delay(timeout, undefined, { signal }).then(() => failed(`did not end within ${timeout} ms`)),
    ])
    return { code, signal: null, stdout, stderr }
  } finally {
    ends.abort()
    holdOpen(child, false)
  }
}

/** Between command lines the program does not keep the tests from ending. */
function holdOpen(child: ChildProcess, holds: boolean): void {
  const does = holds ? 'ref' : 'unref'
  child[does]()
  child.channel?.[does]()
  for (const pipe of [child.stdout, child.stderr]) (pipe as Socket)[does]()
}
