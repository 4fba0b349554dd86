// Runs one contender as a process of its own and says what the whole run cost.
import { spawn } from 'node:child_process'
import { processTree, residentPeak } from './process-tree.js'

// bash's `times` gives the CPU time of everything the command started, to the millisecond, and EPOCHREALTIME the time around the command alone.
// Node itself can tell neither for a child.
const measured = `
began=$EPOCHREALTIME
"$@"
status=$?
echo "$began $EPOCHREALTIME" >&3
times >&3
exit $status`

const running = new Set()

/** Ends what runs at this moment, with everything it started; its `runProcess` then tells of a failure. */
export function endRunning() {
  for (const pid of running) process.kill(-pid, 'SIGKILL') // the whole process group
}

/**
 * Runs `command` to its end. A run never rejects: a contender that fails is a row of the table, not the end of the benchmark.
 * @param {string[]} command program and arguments
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, timeout?: number, stdout?: 'pipe' | 'ignore', accept?: (status: number) => boolean }} [options] `timeout` in ms, default two minutes; `stdout: 'ignore'` for what would be read only to be dropped; `accept`: exit codes that are no failure
 */
export async function runProcess(command, { cwd, env, timeout = 120_000, stdout: output = 'pipe', accept = isZero } = {}) {
  const child = spawn('bash', ['--norc', '-c', measured, 'bench', ...command], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, 'pipe', 'pipe'],
    detached: true, // its own process group, so that a hanging contender can be ended together with its workers
  })
  if (child.pid !== undefined) running.add(child.pid)
  child.once('exit', () => running.delete(child.pid))
  const memory = watchMemory(child.pid)
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ status: -1, error }))
    child.once('close', (status, signal) => resolve({ status: status ?? -1, signal }))
  })
  let timedOut = false
  const deadline = setTimeout(() => {
    timedOut = true
    process.kill(-Number(child.pid), 'SIGKILL')
  }, timeout)
  const [stdout, stderr, costs, { status, error }] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    text(child.stdio[3]),
    ended,
  ])
  clearTimeout(deadline)
  const peak = memory.stop()
  const failure = timedOut
    ? `no end after ${timeout} ms`
    : (error?.message ?? (accept(status) ? undefined : lastLine(stderr, status)))
  return { ...parseCosts(costs), peak, stdout, stderr, failure }
}

const isZero = (status) => status === 0

async function text(stream) {
  let whole = ''
  if (stream === null) return whole
  try {
    for await (const chunk of stream.setEncoding('utf8')) whole += chunk
  } catch {
    // A pipe of a process that could not be started; `failure` says why.
  }
  return whole
}

/** `1.5 2.75`, then two lines of `0m0.010s 0m0.002s`: the shell's own time, and that of its children. */
function parseCosts(costs) {
  const [clock = '', , children = ''] = costs.split('\n')
  const [began, finished] = clock.split(' ').map(Number)
  const spent = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds))
  return { wall: finished - began, cpu: spent.reduce((sum, seconds) => sum + seconds, 0) }
}

/** Looks at the tree below `shell` often at first, then every 250 ms; looking costs CPU time on the machine that is being measured. */
function watchMemory(shell) {
  let peak
  let pause = 10
  let timer = setTimeout(look, pause)
  function look() {
    const tree = processTree(shell)
    if (tree === undefined) return
    peak = Math.max(peak ?? 0, residentPeak(tree.slice(1)))
    pause = Math.min(250, pause * 2)
    timer = setTimeout(look, pause)
  }
  return {
    stop() {
      clearTimeout(timer)
      return peak
    },
  }
}

function lastLine(stderr, status) {
  const told = stderr.split('\n').find((line) => /^\s*(\w*Error|\w*Exception)\b/.test(line)) ?? stderr.trim().split('\n').at(-1)
  return `exit code ${status}${told ? `: ${told.trim()}` : ''}`
}
