import { RunError } from '../errors.js'

const advice: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left there; make room, then run the same command: what was recorded is kept',
  EDQUOT: 'the quota is used up; make room, then run the same command: what was recorded is kept',
  EFBIG: 'the file would become larger than is allowed here; raise ulimit -f, then run the same command',
  EACCES: 'permission was denied; check who owns it, or choose another folder with -o',
  EPERM: 'it is not permitted; check who owns it, or choose another folder with -o',
  EROFS: 'the file system is read-only; choose another folder with -o',
  ENOTDIR: 'a file is in the way where a folder must be; move it, or choose another folder with -o',
  EEXIST: 'a file is in the way where a folder must be; move it, or choose another folder with -o',
  EISDIR: 'a folder is in the way where a file must be; move it, or choose another folder with -o',
  ELOOP: 'a symbolic link is in the way, and none is followed there; remove it, or choose another folder with -o',
  ENOENT: 'the folder is not there, or not any more; look who removed it, or choose another one',
  EMFILE: 'too many files are open; raise ulimit -n or lower -j',
  ENFILE: 'too many files are open on this machine; end other programs or lower -j',
  EIO: 'the disk reports an error; look into the log of the system',
}

/** What is known of a failure of the file system, as the end of a run: which path, why, and what to do. */
export function outputError(path: string, cause: unknown): RunError {
  if (cause instanceof RunError) return cause
  const { code, message } = cause as Partial<NodeJS.ErrnoException>
  const known = code === undefined ? undefined : advice[code]
  return new RunError(
    'ERR_OUTPUT',
    `${path} cannot be written${known ? ` (${code})` : ''}: ${known ?? message ?? String(cause)}`,
    { cause },
  )
}

/** Does something with a path; what goes wrong becomes {@link outputError}. */
export function writing<Result>(path: string, act: () => Result): Result {
  try {
    return act()
  } catch (error) {
    throw outputError(path, error)
  }
}
