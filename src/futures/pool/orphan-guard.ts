/**
 * Sees to it that processes of a pool do not outlive a program that dies without a chance to do anything, of SIGKILL for example. They notice
 * by their lost connection, but only in a turn of their event loop, and a task that computes does not let it turn.
 *
 * A shell beside them holds one end of a pipe and knows their ids. When the other end is gone, the program is: it gives those that still
 * live a second to end by themselves, then kills them. Windows does that by itself, with the job that libuv puts all processes into.
 */
import type { ChildProcess } from 'node:child_process'

/**
 * Each line is the whole list, so one that was cut off is a list that is ignored. Signals for the program's group or its terminal's
 * end are not for the shell, which has to be there afterwards.
 */
const SCRIPT = `trap '' HUP INT TERM
while read -r line; do pids=$line; done
if [ -n "$pids" ]; then sleep 1; kill -KILL $pids; fi`

const guarded = new Set<number>()
let shell: ChildProcess | undefined

/** From now on this process dies with this program. Where there is no `sh` it still does, unless it computes without end. */
export function guard(pid: number): void {
  if (process.platform === 'win32') return
  guarded.add(pid)
  tell()
}

/** The process has ended: its id may soon be another's. */
export function unguard(pid: number): void {
  if (guarded.delete(pid)) tell()
}

function tell(): void {
  shell ??= startShell()
  shell.stdin?.write(`${[...guarded].join(' ')}\n`)
  if (guarded.size > 0) return
  shell.stdin?.end()
  shell = undefined
}

function startShell(): ChildProcess {
  const { spawn } = process.getBuiltinModule('node:child_process')
  // Detached: what ends the program's process group must not end this. The root folder: no other is kept from being unmounted.
  const started = spawn('/bin/sh', ['-c', SCRIPT], { cwd: '/', detached: true, env: {}, stdio: ['pipe', 'ignore', 'ignore'] })
  started.on('error', () => undefined)
  started.on('exit', (_code, signal) => {
    if (shell !== started) return
    shell = undefined
    // Somebody killed it; a shell that ends by itself would do so again.
    if (signal !== null) tell()
  })
  const { stdin } = started
  stdin?.on('error', () => undefined)
  started.unref()
  // A pipe to a process is a socket, which its type does not say.
  ;(stdin as { unref?: () => void } | null)?.unref?.()
  return started
}
