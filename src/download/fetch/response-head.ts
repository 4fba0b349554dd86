/** What the receiver is told of an answer. */
import type { Answer } from './answer.js'
import type { ResponseHead } from './fetcher.js'

/** @param length bytes of the body as delivered @param total bytes of the whole file */
export function responseHead(answer: Answer, url: string, from: number, length?: number, total?: number): ResponseHead {
  const head: { -readonly [name in keyof ResponseHead]: ResponseHead[name] } = { status: answer.status, url, from }
  if (length !== undefined) head.length = length
  if (total !== undefined) head.total = total
  if (answer.etag !== undefined) head.etag = answer.etag
  if (answer.lastModified !== undefined) head.lastModified = answer.lastModified
  if (answer.contentType !== undefined) head.contentType = answer.contentType
  if (answer.contentDisposition !== undefined) head.contentDisposition = answer.contentDisposition
  return head
}
