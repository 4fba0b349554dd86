/** Runs a whole program, for behaviour that only a whole program shows: exit codes, signals, what holds it open. */
import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface ProgramOptions {
  readonly execPath?: string
  readonly execArgv?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** What it reads from standard input. Default: nothing. */
  readonly input?: string
  /** Milliseconds after which the program counts as hung: it and everything it started is killed and the test fails. Default 10 s. */
  readonly timeout?: number
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export class Program {
  readonly #child: ChildProcess
  readonly #lookouts = new Set<() => void>()
  stdout = ''
  stderr = ''
  /** How it ended; rejects if it had to be killed for taking too long. */
  readonly ended: Promise<Ended>

  constructor(file: URL | string, options: ProgramOptions = {}) {
    const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...environment } = process.env
    this.#child = spawn(
      options.execPath ?? process.execPath,
      [...(options.execArgv ?? []), file instanceof URL ? fileURLToPath(file) : file, ...(options.args ?? [])],
      {
        cwd: options.cwd,
        env: { ...environment, NO_COLOR: '1', ...options.env },
        stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
        // A group of its own, so that a signal can reach it as a terminal's does, and so that nothing of it survives.
        detached: true,
      },
    )
    // Whoever does not read it to its end says so by its exit code, not here.
    this.#child.stdin?.on('error', () => undefined).end(options.input)
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#look()
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#look()
    })
    const timeout = options.timeout ?? 10_000
    this.ended = new Promise((resolve, reject) => {
      const hung = setTimeout(() => {
        this.killGroup('SIGKILL')
        reject(new Error(`${String(file)} did not end within ${timeout} ms.\nstdout: ${this.stdout}\nstderr: ${this.stderr}`))
      }, timeout)
      this.#child.on('error', reject)
      this.#child.on('close', (code, signal) => {
        clearTimeout(hung)
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr })
        this.#look()
      })
    })
    // Whoever waits for the end gets the failure; whoever waits for a line gets it there.
    this.ended.catch(() => this.#look())
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the program could not be started')
    return this.#child.pid
  }

  /** Signals the program alone. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Signals the program and everything it started, the way Ctrl-C in a terminal does. */
  killGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal)
    } catch {
      // Nobody of the group is left.
    }
  }

  /** Resolves to the match once stdout has it; rejects when the program ends without it. */
  printed(pattern: RegExp): Promise<RegExpMatchArray> {
    return this.#wrote('stdout', pattern)
  }

  /** The same for stderr. */
  said(pattern: RegExp): Promise<RegExpMatchArray> {
    return this.#wrote('stderr', pattern)
  }

  async #wrote(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = this[stream].match(pattern)
      if (match !== null) return match
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        await this.ended
        const last = this[stream].match(pattern)
        if (last !== null) return last
        throw new Error(`the program ended without ${pattern} on ${stream}.\nstdout: ${this.stdout}\nstderr: ${this.stderr}`)
      }
      await new Promise<void>((resolve) => {
        this.#lookouts.add(resolve)
      })
    }
  }

  #look(): void {
    for (const resolve of this.#lookouts) resolve()
    this.#lookouts.clear()
  }
}

/** Starts a program whose group is killed when the test ends. */
export function startProgram(t: { after(end: () => void): void }, file: URL | string, options: ProgramOptions = {}): Program {
  const program = new Program(file, options)
  t.after(() => program.killGroup('SIGKILL'))
  return program
}

/** Runs a program to its end. */
export function runProgram(
  t: { after(end: () => void): void },
  file: URL | string,
  options: ProgramOptions = {},
): Promise<Ended> {
  return startProgram(t, file, options).ended
}
