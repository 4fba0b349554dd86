/** What a flag server throws. Match on `code`. */
export class FlagServerError extends Error {
  override readonly name: string = 'FlagServerError'
  /**
   * - `ERR_FLAG_SERVER_OPTION`: an option has a value it cannot have.
   * - `ERR_FLAG_SERVER_LISTEN`: the port could not be opened; `cause` says why.
   * - `ERR_FLAG_SERVER_WAIT`: `log.waitFor()` did not see what it waited for.
   */
  readonly code: 'ERR_FLAG_SERVER_OPTION' | 'ERR_FLAG_SERVER_LISTEN' | 'ERR_FLAG_SERVER_WAIT'

  constructor(message: string, code: FlagServerError['code'], options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}
