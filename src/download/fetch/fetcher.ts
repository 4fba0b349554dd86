/** Fetcher: bytes from the network, whole or an error. */
import type { StopSignal } from '../../futures/index.js'

/** What identifies the bytes that a partial file is part of. */
export interface Validator {
  /** Strong ETag, with its quotes. */
  readonly etag?: string
  /** Last-Modified as sent; used only where there is no strong ETag. */
  readonly lastModified?: string
  /** Bytes of the whole file, where it was announced. */
  readonly total?: number
}

export interface FetchRequest {
  readonly url: string
  /**
   * The address of the line, where `url` is one of its mirrors: what is for the origins of the list (headers of the run, client certificate,
   * the default entry of netrc) goes to the origin of this address alone. Userinfo in `url` goes to the mirror. @default `url` is that address
   */
  readonly mirrorOf?: string
  /** Headers of this job alone, beside those of the run. They go to the origin of `url` and to no other. */
  readonly headers?: Readonly<Record<string, string>>
  /** Ask for the rest of a file, from byte `from` on, if it is still the file that `validator` names: Range and If-Range. */
  readonly resume?: { readonly from: number; readonly validator: Validator }
  /**
   * Ask for these bytes alone, from `from` up to, not including, `to` or the end of the file; with `validator` only if it is still the file
   * that this names: Range and If-Range. Not together with `resume`.
   */
  readonly piece?: { readonly from: number; readonly to: number; readonly validator?: Validator }
  /** Ask for the file only if it is no longer this one: If-None-Match, If-Modified-Since. */
  readonly unless?: { readonly etag?: string; readonly lastModified?: string }
}

/** Head of the final answer, redirects behind us. Header names in lower case; repeated ones joined as HTTP says. */
export interface ResponseHead {
  /** 200, 206 or 304. */
  readonly status: number
  /** Where the answer came from, not redacted. */
  readonly url: string
  /** Bytes of the body as it will be delivered, where that was announced (not when it is decoded here). */
  readonly length?: number
  /** Where in the file the body begins: 0, `resume.from` when the server continues what we have, or `piece.from`. */
  readonly from: number
  /** Bytes of the whole file, where that was announced. */
  readonly total?: number
  readonly etag?: string
  readonly lastModified?: string
  readonly contentType?: string
  /** The value as sent, latin1; not to be trusted. */
  readonly contentDisposition?: string
}

/** Who takes the bytes. An error thrown by it ends the transfer and is what `fetch` rejects with. */
export interface Receiver {
  /** A redirect is followed, to this address, which is not redacted. Whatever becomes of the request, this is where it led. */
  redirected?(url: string): void
  /** Called once, before the first chunk; not for 304. */
  head(head: ResponseHead): void | Promise<void>
  /** In order. The chunk may be reused after the call (or its promise) is done: copy what must stay. A promise holds the stream back. */
  chunk(chunk: Uint8Array): void | Promise<void>
}

export interface FetchResult {
  readonly head: ResponseHead
  /** Bytes delivered to the receiver. */
  readonly bytes: number
  /** ms; `connect` is absent when a connection was reused. */
  readonly ms: { readonly connect?: number; readonly ttfb: number }
}

/**
 * What every fetcher promises:
 *
 * - it resolves only when the body is whole: framing complete, as many bytes as announced, the decoder's end seen, the range the one asked
 *   for. Anything else rejects with a `DownloadError` that has a code of `FAILURES` or `HTTP_<status>`;
 * - 200, 206 for a `resume` or a `piece`, and 304 for an `unless` resolve; every other status rejects, with `retryAfter` where the server sent it;
 * - the answer to `resume` continues the same file or starts again from byte 0 (`head.from`), never a splice;
 * - the answer to `piece` is that piece and no byte more (206), or all of the file (200);
 * - every limit of time and size holds, so that every call ends;
 * - credentials go to the origin they are for; no address is connected to that the policy refuses, at any hop;
 * - after an abort it rejects with `DownloadError('STOPPED')` and its connection is closed.
 */
export interface Fetcher {
  fetch(request: FetchRequest, receiver: Receiver, signal?: StopSignal): Promise<FetchResult>
  /** An origin (`https://host:port`) will be requested soon, for the first time or again: its address may be looked up now. */
  prefetch?(origin: string): void
  /** Writes back the cookies that servers set, where there is a file for them. */
  saveCookies?(): void
  /** Closes every connection. Idempotent. */
  close(): Promise<void>
}
