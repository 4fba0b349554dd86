/** A downloaded file, or the folder for it, could not be written. `cause` is the error of the file system, `path` what was wanted. */
export class OutputError extends Error {
  override readonly name: string = 'OutputError'
  readonly code: string = 'ERR_OUTPUT'
  readonly path: string

  constructor(path: string, cause: unknown) {
    super(`cannot write ${path}: ${(cause as Error).message}`, { cause })
    this.path = path
  }
}
