/** FilesSink: a folder of files, each of which has its name only when it is whole. */
import { lstatSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { DownloadError, RunError } from '../errors.js'
import type { Job } from '../job.js'
import { safeName } from '../naming/safe-name.js'
import { FilesPart } from './files-part.js'
import { hasFolder } from './folders.js'
import { outputFailure } from './output-failure.js'
import type { SinkSettings } from './settings.js'
import type { Sink } from './sink.js'

/**
 * Calls of the file system are synchronous: for files of a few KB a promise for each would cost more than the call.
 *
 * @throws {RunError} ERR_OPTIONS: a root that is not an absolute path
 */
export class FilesSink implements Sink {
  readonly #settings: SinkSettings

  constructor(settings: SinkSettings) {
    if (!isAbsolute(settings.root)) {
      throw new RunError('ERR_OPTIONS', `Expected the output folder to be an absolute path, got '${settings.root}'`)
    }
    this.#settings = settings
  }

  /** @throws {DownloadError} INVALID_NAME: a name that was not cleaned; OUTPUT_DENIED: a link or a file where a folder must be */
  begin(job: Job, attempt: number = 1): FilesPart {
    if (!isClean(job.file)) throw new DownloadError('INVALID_NAME', `'${job.file}' cannot be the name of a file`)
    try {
      return new FilesPart(this.#settings, job, attempt === 1 && this.#settings.startsEmpty === true)
    } catch (error) {
      throw outputFailure(error, job.file)
    }
  }

  has(file: string, bytes?: number): boolean {
    if (!isClean(file)) return false
    try {
      const slash = file.lastIndexOf('/')
      if (slash !== -1 && !hasFolder(this.#settings.root, file.slice(0, slash))) return false
      const stats = lstatSync(`${this.#settings.root}/${file}`, { throwIfNoEntry: false })
      return stats?.isFile() === true && (bytes === undefined || stats.size === bytes)
    } catch {
      // Whatever is there, it is not our file.
      return false
    }
  }

  close(): void {
    // Every part closes its own file.
  }
}

/** Names come cleaned; this is the last place where one that is not could do harm. */
function isClean(file: string): boolean {
  if (!file.includes('/')) return safeName(file) === file
  return file.split('/').every((name) => safeName(name) === name)
}
