/** What the errors of the file system mean for a run. */
import { DownloadError, type FailureCode } from '../errors.js'

const CODES: Readonly<Record<string, FailureCode>> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EACCES: 'OUTPUT_DENIED',
  EPERM: 'OUTPUT_DENIED',
  EROFS: 'OUTPUT_DENIED',
  // Something else is where our file or folder should be; of a symbolic link that O_NOFOLLOW met, too.
  EEXIST: 'OUTPUT_DENIED',
  EISDIR: 'OUTPUT_DENIED',
  ENOTDIR: 'OUTPUT_DENIED',
  ENOTEMPTY: 'OUTPUT_DENIED',
  ELOOP: 'OUTPUT_DENIED',
  EMFILE: 'EMFILE',
  ENFILE: 'EMFILE',
  // Of this name alone: other files can be written.
  ENAMETOOLONG: 'INVALID_NAME',
  EILSEQ: 'INVALID_NAME',
}

/** Turns what a file system call threw while `file` was written into the failure of that file. */
export function outputFailure(error: unknown, file: string): DownloadError {
  if (error instanceof DownloadError) return error
  const { code = '', message } = error as NodeJS.ErrnoException
  return new DownloadError(CODES[code] ?? 'OUTPUT_FAILED', `cannot write ${file}: ${message.replaceAll(HELD, '')}`, {
    cause: error,
  })
}

/** How a folder that is held open is called; see `folders.ts`. */
const HELD = /\/proc\/self\/fd\/\d+\//g

/** Whether the error has one of these codes of the file system. */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '')
}
