/** What the end of a call says of the downloads in it. It fails only when the thread or process that ran it is gone, or it was told to stop. */
import type { Future } from '../../futures/index.js'
import type { Attempt } from '../attempt.js'
import type { Plan } from '../plan.js'
import { redactUrl } from '../redact-url.js'
import type { Ticket } from '../schedule/schedule.js'
import { codeOfUnnamed } from '../unnamed-failure.js'

/** Undefined: the call has its result. */
export function failureOf(future: Future<unknown>, ticket: Ticket, plan: Plan): Attempt | undefined {
  const error = future.cancelled() ? undefined : future.exceptionNow()
  if (error === null) return undefined
  if (error === undefined) return stopped(ticket, plan)
  const code = isBroken(error) ? 'WORKER_DIED' : codeOfUnnamed(error)
  return { outcome: { ...failed(ticket, plan), code, error: { message: error.message } } }
}

/** Of a download that was told to stop, or never got as far as a worker. */
export function stopped(ticket: Ticket, plan: Plan): Attempt {
  return { outcome: { ...failed(ticket, plan), code: 'STOPPED' } }
}

const failed = ({ job }: Ticket, { secretParameters }: Plan): { id: number; url: string; status: 'error' } => ({
  id: job.id,
  url: redactUrl(job.url, secretParameters),
  status: 'error',
})

/** Whether the executor, or the worker, is gone. By its name: the executor may be of another copy of the library. */
export const isBroken = (error: unknown): boolean => error instanceof Error && error.name.startsWith('Broken')
