/** Ranges: which bytes of a file are there, when they come in any order. */

/** From the first byte up to, not including, the second. Never empty. */
export type Range = readonly [from: number, to: number]

/** As many ranges as there are gaps between them: adding what touches another makes one of both. */
export class Ranges {
  /** In order, none touching the next. */
  #list: Range[] = []
  /** Bytes that are there. */
  size = 0

  constructor(given: readonly Range[] = []) {
    for (const [from, to] of given) this.add(from, to)
  }

  get list(): readonly Range[] {
    return this.#list
  }

  /** Bytes from the begin of the file without a gap. */
  get front(): number {
    const [first] = this.#list
    return first !== undefined && first[0] === 0 ? first[1] : 0
  }

  /** These bytes are there, too; some of them may have been there before. */
  add(from: number, to: number): void {
    if (to <= from) return
    let begin = from
    let end = to
    const before: Range[] = []
    const after: Range[] = []
    for (const range of this.#list) {
      if (range[1] < begin) before.push(range)
      else if (range[0] > end) after.push(range)
      else {
        begin = Math.min(begin, range[0])
        end = Math.max(end, range[1])
      }
    }
    this.#list = [...before, [begin, end], ...after]
    this.size = this.#list.reduce((sum, range) => sum + range[1] - range[0], 0)
  }

  /** What is missing of a file of `total` bytes, in order. */
  missing(total: number): Range[] {
    const gaps: Range[] = []
    let at = 0
    for (const [from, to] of this.#list) {
      if (from > at) gaps.push([at, from])
      at = to
    }
    if (at < total) gaps.push([at, total])
    return gaps
  }
}
