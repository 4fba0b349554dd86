/** A receiver that keeps everything, and what a fetch was rejected with. */
import type { DownloadError, Receiver, ResponseHead } from '../download/index.js'

/** A receiver that keeps what it is given. */
export interface Kept extends Receiver {
  readonly heads: ResponseHead[]
  readonly chunks: Uint8Array[]
  readonly size: number
  text(): string
  bytes(): Buffer
}

export function keeping(): Kept {
  const heads: ResponseHead[] = []
  const chunks: Uint8Array[] = []
  return {
    heads,
    chunks,
    head(head) {
      heads.push(head)
    },
    chunk(chunk) {
      chunks.push(Uint8Array.from(chunk))
    },
    get size() {
      return chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    },
    bytes: () => Buffer.concat(chunks),
    text: () => Buffer.concat(chunks).toString('latin1'),
  }
}

/** The error a promise is rejected with; fails if it is resolved. */
export async function failureOf(promise: Promise<unknown>): Promise<DownloadError> {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    return error as DownloadError
  }
  throw new Error(`expected a rejection, got ${JSON.stringify(value)}`)
}

/** Its code alone. */
export const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const failure: Error & { code?: string } = await failureOf(promise)
  return failure.name === 'DownloadError' && failure.code !== undefined ? failure.code : `${failure.name}: ${failure.message}`
}
