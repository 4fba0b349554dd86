/** The second edition's job: many flags, errors counted, in any style. */
import type { Future } from '../futures/index.js'
import { asCompleted } from '../futures/index.js'
import { DEST_DIR, DownloadStatus, downloadOne, print } from './download-one.js'
import { isHttpError } from './http-errors.js'
import type { StyleName } from './styles.js'
import { STYLES } from './styles.js'

/** How many flags ended in which way. */
export type DownloadCounter = Record<DownloadStatus, number>

/** Shows how far the loop is, as `tqdm` does in the book. */
export interface ProgressDisplay {
  /** One more flag is done. */
  update(): void
  /** The loop has ended, one way or the other. */
  close(): void
}

/** What `downloadMany` may be told beyond the book's four arguments. */
export interface DownloadManyOptions {
  /** Where the calls run. @default 'async' */
  readonly style?: StyleName
  /** The folder for the flags; made if missing. @default 'downloads/' */
  readonly destDir?: string
  /** Ends the loop early: what is in flight is given up, and the counter tells what was done until then. */
  readonly signal?: AbortSignal
  /** Called once, unless `verbose`, with the number of flags. */
  readonly progress?: (total: number) => ProgressDisplay
}

/**
 * Downloads the flags of `ccList` from `baseUrl`, `concurReq` at a time, and returns how many ended in which way.
 *
 * A flag that fails is counted and the run goes on; with `verbose` its reason is printed. The counts add up to the length of `ccList`,
 * unless `signal` ended the run.
 *
 * @throws {OutputError} a file could not be written; that ends the run
 */
export async function downloadMany(
  ccList: readonly string[],
  baseUrl: string,
  verbose: boolean,
  concurReq: number,
  options: DownloadManyOptions = {},
): Promise<DownloadCounter> {
  const { style = 'async', destDir = DEST_DIR, signal, progress } = options
  const counter: DownloadCounter = { ok: 0, 'not-found': 0, error: 0 }
  await STYLES[style].newExecutor(concurReq).use(async (executor) => {
    const toDoMap = new Map<Future<DownloadStatus>, string>()
    const printing: Promise<void>[] = []
    for (const cc of [...ccList].sort()) {
      const future = executor.submit(downloadOne, cc, baseUrl, verbose, destDir)
      toDoMap.set(future, cc)
      if (verbose) printing.push(printReports(future))
    }
    const abortAll = (): void => {
      for (const future of toDoMap.keys()) future.abort(signal?.reason)
    }
    signal?.addEventListener('abort', abortAll, { once: true })
    if (signal?.aborted === true) abortAll()
    const bar = verbose ? undefined : progress?.(ccList.length)
    try {
      for await (const future of asCompleted(toDoMap.keys())) {
        if (future.cancelled()) break
        let status: DownloadStatus
        let errorMsg = ''
        try {
          status = await future.result()
        } catch (error) {
          status = DownloadStatus.ERROR
          errorMsg = failureMessage(error)
        }
        counter[status] += 1
        bar?.update()
        if (verbose && errorMsg !== '') print(`${toDoMap.get(future)} error: ${errorMsg}`)
      }
      await Promise.all(printing)
    } finally {
      bar?.close()
      signal?.removeEventListener('abort', abortAll)
    }
  })
  return counter
}

/** Prints what `downloadOne` says of itself, wherever it runs. */
async function printReports(future: Future<DownloadStatus>): Promise<void> {
  for await (const line of future.progress) print(String(line))
}

/** Says why a flag counts as an error; throws on what is not the download's fault. */
function failureMessage(error: unknown): string {
  if (isHttpError(error)) return 'status' in error ? `HTTP error ${error.status} - ${error.statusText}` : error.message
  // A worker that died takes its calls with it, not the run.
  if (error instanceof Error && error.name.startsWith('Broken')) return error.message
  throw error
}
