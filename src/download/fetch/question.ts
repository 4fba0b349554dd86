/** Question: what a request asks beside its address, and whether an answer fits it. Everything, the rest of a file, or only what changed. */
import { DownloadError } from '../errors.js'
import type { Answer } from './answer.js'
import { readCodings } from './decode.js'
import type { FetchRequest } from './fetcher.js'
import { conditionHeaders, type HeaderList, withIdentity } from './request-headers.js'
import { checkPartial, rangeHeaders, type Wanted } from './resume.js'

/** A part of the file: where it begins, its bytes, and those of the whole. */
export interface Rest {
  readonly from: number
  readonly length: number
  readonly total: number
}

export class Question {
  readonly #wanted: Wanted | undefined
  readonly #decode: boolean
  #range: HeaderList
  readonly #conditions: HeaderList

  constructor({ resume, piece, unless }: FetchRequest, decode: boolean) {
    const wanted = piece ?? resume
    this.#wanted = wanted
    this.#decode = decode
    this.#range = wanted === undefined ? [] : rangeHeaders(wanted)
    this.#conditions = unless === undefined ? [] : conditionHeaders(unless)
  }

  /** Whether the answer may be 206 or 416. */
  get asksForRest(): boolean {
    return this.#range.length > 0
  }

  /** Whether the answer may be 304. */
  get asksForChanges(): boolean {
    return this.#conditions.length > 0
  }

  /** From now on asks for everything. */
  askForAll(): void {
    this.#range = []
  }

  /** The same list if there is nothing to add. */
  addTo(list: HeaderList): HeaderList {
    const asked = this.asksForRest ? [...withIdentity(list), ...this.#range] : list
    return this.asksForChanges ? [...asked, ...this.#conditions] : asked
  }

  /** What a 206 brings. @throws DownloadError RANGE_MISMATCH or CHANGED */
  restIn(answer: Answer): Rest {
    const wanted = this.#wanted
    if (wanted === undefined || !this.asksForRest) {
      throw new DownloadError('RANGE_MISMATCH', 'the server sent a part of the file; all of it was asked for', { http: 206 })
    }
    const { length, total } = checkPartial(answer, wanted)
    if (this.#decode && readCodings(answer.contentEncoding).length > 0) {
      throw new DownloadError('RANGE_MISMATCH', 'the server sent a part of the coded file; the decoded one is continued', {
        http: 206,
      })
    }
    return { from: wanted.from, length, total }
  }
}
