/** Runs a program on a terminal of 80 columns, with the `script` of util-linux. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'

/** Why terminals cannot be tested here; false if they can. */
export const noTerminal: string | false = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux')
  ? false
  : 'there is no `script` of util-linux here to open a terminal with'

/** A program on a terminal. */
export interface OnTerminal {
  /** What the terminal received so far. */
  readonly screen: () => string
  /** Types text: `\u0003` is Ctrl-C. */
  readonly type: (text: string) => void
  /** Its exit code, once everything has been received. */
  readonly ended: Promise<number>
}

/** Starts a shell command on a terminal; it is killed when the test ends. */
export function onTerminal(
  t: TestContext,
  command: string,
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): OnTerminal {
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env
  const child = spawn('script', ['-qefc', `stty cols 80 rows 24; exec ${command}`, '/dev/null'], {
    cwd,
    env: { ...environment, TERM: 'xterm', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  let screen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text
  })
  return {
    screen: () => screen,
    type: (text) => void child.stdin.write(text),
    ended: once(child, 'close').then(([code]) => code as number),
  }
}
