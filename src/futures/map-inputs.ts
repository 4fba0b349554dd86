type Source = { readonly next: () => IteratorResult<unknown> | Promise<IteratorResult<unknown>>; readonly return?: () => unknown }

/**
 * The inputs of map() side by side: one list of arguments at a time, until the shortest input ends.
 * Guarantees: as with Python's zip(), inputs after the one that ended are not read further; as with JavaScript's own loops, inputs that
 * have not ended are closed.
 */
export class MapInputs {
  /** Whether reading has to wait. */
  readonly isAsync: boolean
  /** Whether every input says how long it is, so that all of it can be read at once. */
  readonly isSized: boolean
  readonly #open: Set<Source>
  readonly #sources: readonly Source[]

  constructor(inputs: readonly (Iterable<unknown> | AsyncIterable<unknown>)[]) {
    this.isAsync = inputs.some(isAsyncIterable)
    this.isSized = inputs.every(isSized)
    this.#sources = inputs.map(
      (input) => (isAsyncIterable(input) ? input[Symbol.asyncIterator]() : input[Symbol.iterator]()) as Source,
    )
    this.#open = new Set(this.#sources)
  }

  /** The next arguments of synchronous inputs; undefined at the end. */
  next(): unknown[] | undefined {
    const args: unknown[] = []
    for (const source of this.#sources) {
      const { done, value } = source.next() as IteratorResult<unknown>
      if (done === true) return this.#ended(source)
      args.push(value)
    }
    return args
  }

  /** The next arguments of any inputs; undefined at the end. */
  async nextAsync(): Promise<unknown[] | undefined> {
    const args: unknown[] = []
    for (const source of this.#sources) {
      const { done, value } = await source.next()
      if (done === true) return this.#ended(source)
      args.push(value)
    }
    return args
  }

  /** Tells inputs that have not ended that nobody reads on. */
  close(): void {
    const open = [...this.#open]
    this.#open.clear()
    for (const source of open) {
      try {
        const closed = source.return?.()
        if (closed instanceof Promise) closed.catch(() => undefined)
      } catch {
        // The input's own clean-up failed; its items are not wanted any more.
      }
    }
  }

  #ended(source: Source): undefined {
    this.#open.delete(source)
    this.close()
  }
}

export function isIterable(x: unknown): x is Iterable<unknown> | AsyncIterable<unknown> {
  return typeof x === 'string' || (typeof x === 'object' && x !== null && (Symbol.iterator in x || Symbol.asyncIterator in x))
}

function isAsyncIterable(x: unknown): x is AsyncIterable<unknown> {
  return typeof x === 'object' && x !== null && Symbol.asyncIterator in x
}

function isSized(input: object | string): boolean {
  const { length, size } = input as { readonly length?: unknown; readonly size?: unknown }
  return typeof length === 'number' || typeof size === 'number'
}
