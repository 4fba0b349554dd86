/** Many jobs at once, as one call: the body of the loop for threads and processes. */
import { currentTask } from '../futures/inside.js'
import type { Attempt } from './attempt.js'
import { attemptJob, type TransferProgress } from './download-one.js'
import type { Job } from './job.js'
import type { Plan } from './plan.js'

/** `url` and `attempt` as for `downloadJob`. */
export interface SliceJob {
  readonly job: Job
  readonly url?: string
  readonly attempt?: number
}

/** The place of a job in its slice, and what became of it. */
export type EndedInSlice = readonly [place: number, attempt: Attempt]

/** What a slice says while others of it go on. */
export type SliceReport =
  | { readonly ended: readonly EndedInSlice[] }
  | { readonly place: number; readonly progress: TransferProgress }

/** So many that have ended are told at once. */
const BATCH = 8
/** ms that one which has ended waits for others. */
const DELAY = 2

/** Downloads all of them at once. @returns those that no report told of */
export function downloadSlice(jobs: readonly SliceJob[], plan: Plan): Promise<readonly EndedInSlice[]> {
  const task = currentTask()
  return new Promise((resolve) => {
    let left = jobs.length
    let ended: EndedInSlice[] = []
    let timer: NodeJS.Timeout | undefined
    const tell = (): void => {
      clearTimeout(timer)
      timer = undefined
      const news = ended
      ended = []
      task?.report({ ended: news })
    }
    const over = (place: number, attempt: Attempt): void => {
      left -= 1
      ended.push([place, attempt])
      if (left === 0) {
        clearTimeout(timer)
        resolve(ended)
      } else if (ended.length >= BATCH) tell()
      else timer ??= setTimeout(tell, DELAY)
    }
    for (const [place, { job, url, attempt }] of jobs.entries()) {
      const inside = {
        stop: task?.stop,
        worker: task?.worker,
        report: (progress: TransferProgress): void => task?.report({ place, progress }),
      }
      void attemptJob(job, plan, url, attempt, inside).then((what) => over(place, what))
    }
  })
}
