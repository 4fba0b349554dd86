import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Download, StyleRun } from './job.js'
import type { FromStyle, StyleJob, TimedDownload } from './messages.js'

/** What one run is watched by. */
export interface RunObserver {
  /** Ends the process of the style; the run then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined
  /** Called for each download as it ends, with how many have ended. */
  readonly onDownload?: ((done: number) => void) | undefined
}

/** As much of a style's complaint as is kept, in characters. */
const KEPT = 2000

/**
 * Does the job in one style, in a fresh process, and returns what happened. A style that cannot do it is a result with `failure`.
 *
 * @throws signal.reason when it was interrupted; the process has ended then
 */
export async function runStyle(job: StyleJob, { signal, onDownload }: RunObserver = {}): Promise<StyleRun> {
  signal?.throwIfAborted()
  const child = fork(fileURLToPath(new URL('./style-entry.js', import.meta.url)), { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const kill = (): void => void child.kill()
  signal?.addEventListener('abort', kill, { once: true })
  const downloads: TimedDownload[] = []
  let end: Extract<FromStyle, { type: 'end' }> | undefined
  let failure: string | undefined
  child.on('message', (message: FromStyle) => {
    if (message.type === 'failed') failure = message.error
    else if (message.type === 'end') end = message
    else onDownload?.(downloads.push(message.download))
  })
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-KEPT)
  })
  child.send(job, () => undefined)
  const death = await ended(child)
  signal?.removeEventListener('abort', kill)
  signal?.throwIfAborted()
  if (end === undefined) failure ??= lastLine(complaint) ?? `its process ended ${death}`
  return assembled(job, downloads, end, failure)
}

/** Resolves when the process has ended and everything it said has arrived. */
function ended(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`before it began: ${error.message}`))
    child.once('close', (code, signal) => resolve(signal === null ? `with exit code ${code}` : `by ${signal}`))
  })
}

function lastLine(text: string): string | undefined {
  // What Node.js prints of an error nobody caught: the error, its stack, and its own version at the end.
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1)
}

function assembled(
  { style, codes, concurrency }: StyleJob,
  timed: readonly TimedDownload[],
  end: { readonly began: number; readonly ended: number } | undefined,
  failure: string | undefined,
): StyleRun {
  const began = end?.began ?? Math.min(...timed.map(({ start }) => start))
  const order = new Map(codes.map((cc, i) => [cc, i]))
  const downloads = timed
    .map((download) => sinceBegin(download, began))
    .toSorted((a, b) => (order.get(a.cc) ?? 0) - (order.get(b.cc) ?? 0))
  const startsWorkers = style === 'threads' || style === 'processes'
  return {
    style,
    concurrency,
    elapsed: end === undefined ? Math.max(0, ...downloads.map((download) => download.end)) : end.ended - end.began,
    ...(startsWorkers && downloads.length > 0 ? { ready: Math.max(0, Math.min(...downloads.map(({ start }) => start))) } : {}),
    downloads,
    carriers: new Set(downloads.map(({ thread }) => thread)).size,
    ...(failure === undefined ? {} : { failure }),
  }
}

function sinceBegin(download: TimedDownload, began: number): Download {
  const { start, connected, firstByte, end, ...rest } = download
  return {
    ...rest,
    start: start - began,
    ...(connected === undefined ? {} : { connected: connected - began }),
    ...(firstByte === undefined ? {} : { firstByte: firstByte - began }),
    end: end - began,
  }
}
