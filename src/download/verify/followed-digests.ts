/** Digests of a file by who follows it, instead of by who receives it. */
import { algorithmsFor, compared, type Sums } from './digest.js'
import { Follower } from './follower.js'

export class FollowedDigests {
  readonly #follower: Follower
  readonly #expected: string | undefined
  #bytes: number

  /**
   * @param fd open for reading until `finish` is done or `stop` was called
   * @param there bytes that are in the file already, from its begin
   * @throws {DownloadError} INVALID_HASH
   */
  constructor(fd: number, expected: string | undefined, there: number) {
    this.#expected = expected
    this.#follower = new Follower(fd, algorithmsFor(expected))
    this.#bytes = there
  }

  /** The chunk was written, after what was there. */
  update(chunk: Uint8Array): void {
    this.reach(this.#bytes + chunk.byteLength)
  }

  /** So many bytes are there, from the begin of the file without a gap. */
  reach(bytes: number): void {
    this.#bytes = bytes
    this.#follower.advance(bytes)
  }

  /** @throws {DownloadError} CHECKSUM; or the error of the file system */
  async finish(): Promise<Sums> {
    return compared(await this.#follower.finish(this.#bytes), this.#expected)
  }

  /** Nobody wants them any more. Idempotent. */
  stop(): void {
    this.#follower.stop()
  }
}
