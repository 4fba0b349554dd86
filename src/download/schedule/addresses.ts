import type { Job } from '../job.js'

/** The addresses of a job that has mirrors, in the order of their turns: what was tried goes to the end, what is of no use goes away. */
export class Addresses {
  readonly #urls: string[]
  #untried: number

  constructor(url: string, mirrors: readonly string[]) {
    this.#urls = [url, ...mirrors]
    this.#untried = this.#urls.length
  }

  /** Undefined for the many jobs that have but one address. */
  static of(job: Job): Addresses | undefined {
    return job.mirrors === undefined || job.mirrors.length === 0 ? undefined : new Addresses(job.url, job.mirrors)
  }

  /** Whose turn it is. */
  get current(): string | undefined {
    return this.#urls[0]
  }

  /** Addresses still of use, the current one among them. */
  get size(): number {
    return this.#urls.length
  }

  /** Those that had no turn yet; always the first ones. */
  get untried(): number {
    return this.#untried
  }

  /** The current address had its turn. `keep`: it may have another. */
  turn(keep: boolean): void {
    const url = this.#urls.shift()
    if (keep && url !== undefined) this.#urls.push(url)
    this.#untried = Math.max(0, this.#untried - 1)
  }
}
