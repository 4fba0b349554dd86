import { threadId } from 'node:worker_threads'
import { downloadOne } from '../flags/inside.js'
import { currentTask } from '../futures/inside.js'
import { epochNow, type HttpMoments, withHttpMoments } from './http-moments.js'
import type { TimedDownload } from './messages.js'

/**
 * The book's `downloadOne` with a stop watch around it. It runs wherever the executor runs it; a flag that cannot be downloaded is a result,
 * not an error.
 *
 * @throws {OutputError} the file could not be written
 */
export async function timedDownload(cc: string, baseUrl: string, destDir: string): Promise<TimedDownload> {
  const moments: HttpMoments = {}
  const start = epochNow()
  const outcome = await withHttpMoments(moments, () => downloadOne(cc, baseUrl, false, destDir)).then(
    (status) => ({ status }),
    failed,
  )
  return {
    cc,
    start,
    ...moments,
    end: epochNow(),
    ...outcome,
    worker: currentTask()?.worker ?? 'none',
    thread: `${process.pid}.${threadId}`,
  }
}

function failed(error: unknown): { status: 'error'; note: string } {
  const { name, message, status, url } = error as Error & { status?: number; url?: string }
  if (name === 'HttpStatusError') return { status: 'error', note: `HTTP ${status}` }
  // The address is known: it is that of every flag.
  if (name === 'HttpTransportError') return { status: 'error', note: message.replace(`: ${url}`, '') }
  throw error
}
