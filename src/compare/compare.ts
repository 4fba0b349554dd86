import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, OutputError, STYLES, type StyleName } from '../flags/index.js'
import type { ComparisonJob, StyleRun } from './job.js'
import { type RunObserver, runStyle } from './run-style.js'
import { compareFiles, type FilesReport } from './same-files.js'
import { measured } from './yardsticks.js'

/** The same job in every style, measured. */
export interface Comparison {
  /** In the order the styles ran. */
  readonly runs: readonly StyleRun[]
  readonly files: FilesReport
}

/** What a comparison is watched by. */
export interface ComparisonObserver {
  readonly signal?: AbortSignal | undefined
  readonly onStyle?: ((style: StyleName) => void) | undefined
  readonly onDownload?: ((style: StyleName, done: number) => void) | undefined
  readonly onRun?: ((run: StyleRun) => void) | undefined
}

/**
 * Does the job once in every style, one after the other, each in a process of its own; then reads all files back and compares them.
 * A style that fails is a run with `failure`; the others go on.
 *
 * @throws {OutputError} the folder of a style cannot be made or cleared
 * @throws signal.reason when it was interrupted; nothing is running any more then
 */
export async function compare(job: ComparisonJob, observer: ComparisonObserver = {}): Promise<Comparison> {
  const { signal, onStyle, onDownload, onRun } = observer
  const { codes, baseUrl, outputDir } = job
  const runs: StyleRun[] = []
  for (const style of job.styles) {
    const destDir = join(outputDir, style)
    await clear(destDir, codes)
    onStyle?.(style)
    const concurrency = Math.max(1, Math.min(job.concurrency, STYLES[style].maxConcurReq, codes.length))
    const watch: RunObserver = { signal, onDownload: (done) => onDownload?.(style, done) }
    const run = await runStyle({ style, codes, baseUrl, destDir, concurrency }, watch)
    runs.push(run)
    onRun?.(run)
  }
  const compared = await compareFiles(runs, ({ style }, cc) => pathOf(join(outputDir, style), cc))
  return { runs: measured(compared.runs), files: compared.files }
}

/** A flag left over from an earlier run must not pass for one of this. Nothing but the flags of this job is touched. */
async function clear(destDir: string, codes: readonly string[]): Promise<void> {
  makeFolder(destDir)
  try {
    await Promise.all(codes.map((cc) => rm(pathOf(destDir, cc), { force: true })))
  } catch (error) {
    throw new OutputError(destDir, error)
  }
}

function pathOf(destDir: string, cc: string): string {
  return join(destDir, `${cc.toLowerCase()}.gif`)
}
