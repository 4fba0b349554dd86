/** The body of the loop: one flag, in any style. This module is what a worker loads, so it imports little. */
import { join } from 'node:path'
import { currentTask } from '../futures/inside.js'
import { isHttpError, shownUrl } from './http-errors.js'
import { httpGet } from './http-get.js'
import { writeWholeFile } from './write-whole-file.js'

/** The folder the flags go to unless another is named. */
export const DEST_DIR = 'downloads/'

/** Milliseconds after which a flag counts as an error; the slowest answer of the DELAY server takes 5 s. */
const TIMEOUT = 10_000

/** What became of one flag. */
export const DownloadStatus = { OK: 'ok', NOT_FOUND: 'not-found', ERROR: 'error' } as const
export type DownloadStatus = (typeof DownloadStatus)[keyof typeof DownloadStatus]

function saveFlag(img: Uint8Array, destDir: string, filename: string): void {
  writeWholeFile(join(destDir, filename), img)
}

/**
 * Downloads the image of one flag and returns it.
 *
 * @throws {HttpStatusError} {@link httpGet}
 * @throws {HttpTransportError} {@link httpGet}
 */
export async function getFlag(baseUrl: string, cc: string): Promise<Uint8Array> {
  return await httpGet(flagUrl(baseUrl, cc), { timeout: TIMEOUT, signal: currentTask()?.signal })
}

function flagUrl(baseUrl: string, cc: string): string {
  const name = cc.toLowerCase()
  return `${baseUrl}/${name}/${name}.gif`
}

/**
 * Downloads one flag into `destDir` and tells what became of it; with `verbose` also in words.
 *
 * A flag that the server does not have is a normal outcome, any other failure is thrown.
 *
 * @throws {HttpStatusError} any status but 200 and 404
 * @throws {HttpTransportError} no whole answer came
 * @throws {OutputError} the file could not be written
 */
export async function downloadOne(
  cc: string,
  baseUrl: string,
  verbose = false,
  destDir: string = DEST_DIR,
): Promise<DownloadStatus> {
  let status: DownloadStatus
  let msg: string
  try {
    const image = await getFlag(baseUrl, cc)
    saveFlag(image, destDir, `${cc.toLowerCase()}.gif`)
    status = DownloadStatus.OK
    msg = 'OK'
  } catch (error) {
    if (!isHttpError(error) || !('status' in error) || error.status !== 404) throw error
    status = DownloadStatus.NOT_FOUND
    msg = `not found: ${shownUrl(error.url)}`
  }
  if (verbose) show(`${cc} ${msg}`)
  return status
}

/** Has the program print a line. A worker does not print by itself: lines would mix, and a closed pipe would end it. */
function show(line: string): void {
  const task = currentTask()
  if (task === undefined) print(line)
  else task.report(line)
}

/** Prints a line. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
