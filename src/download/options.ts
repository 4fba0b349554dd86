/** Every option of a run: type, unit, default. Checked once, here; nothing behind this file looks for defaults. */
import type { Executor } from '../futures/index.js'
import type { RunEvent } from './events.js'
import type { Fetcher } from './fetch/fetcher.js'
import type { Journal } from './journal/journal.js'
import type { Sink } from './sink/sink.js'

export const STYLE_NAMES = ['auto', 'sequential', 'async', 'threads', 'processes'] as const
export type StyleName = (typeof STYLE_NAMES)[number]

export const SINK_NAMES = ['files', 'tar'] as const

/** What one request may do. Times in ms, sizes in bytes. */
export interface RequestOptions {
  /** Headers for every request, `Name: value`. Those that are not harmless go only to the origins of the lines, not to mirrors elsewhere. */
  readonly headers?: readonly string[]
  /** @default 'halyard/<version>' */
  readonly userAgent?: string
  /** @default 10_000 */
  readonly connectTimeout?: number
  /** Longest wait for the head of an answer, and for the next byte of a body. @default 30_000 */
  readonly stallTimeout?: number
  /** For one attempt at one file, all of it. 0: no limit. @default 0 */
  readonly timeout?: number
  /** Bytes per second over 30 s; slower transfers are given up. 0: no limit. @default 100 */
  readonly minSpeed?: number
  /** Largest file, in bytes (decoded ones with `decode`). 0: no limit. @default 0 */
  readonly maxSize?: number
  /** @default 10 */
  readonly maxRedirects?: number
  /** Follow redirects from https to http. @default false */
  readonly allowDowngrade?: boolean
  /** Refuse http altogether. @default false */
  readonly httpsOnly?: boolean
  /** Ask for gzip and br, and store decoded bytes. @default false */
  readonly decode?: boolean
  /** Refuse every address that is not public. @default false */
  readonly publicOnly?: boolean
  /** Name servers, `address` or `address:port`, instead of those of the system; nobody else is asked then. @default those of the system */
  readonly dnsServers?: readonly string[]
  /** What is not looked up, `host:port:address`, more addresses after commas; `*` stands for every host. */
  readonly resolve?: readonly string[]
  /** Proxy for all requests, http:// or socks5://. The library reads no environment; the command line does. @default none */
  readonly proxy?: string
  /** Hosts that are asked without the proxy, as in NO_PROXY. */
  readonly noProxy?: string
  /** Read passwords from ~/.netrc (true) or another file. @default false */
  readonly netrc?: boolean | string
  /** Netscape cookie file: read at the start, written at the end. Styles sequential and async only. */
  readonly cookieJar?: string
  /** PEM file of further certificate authorities. */
  readonly caCert?: string
  /** PEM file of a client certificate, and of its key. */
  readonly cert?: string
  readonly key?: string
  /** Do not check certificates. @default false */
  readonly insecure?: boolean
  /** Offer HTTP/2. @default false */
  readonly http2?: boolean
  /** Query parameters whose values are secrets and never shown, beside the usual ones (token, key, signature, …). @default none */
  readonly secretParameters?: readonly string[]
}

/** Where the bytes go. */
export interface OutputOptions {
  /** The folder; made if missing. @default 'downloads' */
  readonly output?: string
  /**
   * Each file by itself, or tar shards as WebDataset reads them; or an own implementation, only where the downloads run in this thread.
   * @default 'files'
   */
  readonly sink?: (typeof SINK_NAMES)[number] | Sink
  /** Lines of the list in one tar shard, from 1 to 100,000. @default 10_000 */
  readonly shardSize?: number
  /** Name template, such as `{index:06}-{stem}{ext}`. @default '{base}'; in tar shards '{index:09}' */
  readonly name?: string
  /** What happens when a name is taken. @default 'suffix' */
  readonly onCollision?: 'suffix' | 'skip' | 'fail'
  /** Let redirects and Content-Disposition choose names. @default false */
  readonly trustServerNames?: boolean
  /** fsync files, folders and journal. @default false */
  readonly durable?: boolean
}

/** How much at once, and how patiently. */
export interface PaceOptions {
  /** Requests in flight. 'auto' finds out how many are worth it, up to 1,024, or as many as files may be open. @default 'auto' */
  readonly concurrency?: number | 'auto'
  /** Requests in flight per host. 'auto' finds out how many, up to 256, and how many a second where a host refuses some. @default 'auto' */
  readonly perHost?: number | 'auto'
  /** Requests at once for one file, each for a piece of it; they count for `concurrency` and `perHost`. 1: one stream. @default 1 */
  readonly segments?: number
  /** Bytes that each of them asks for, at least; a file that has no more comes in one stream. @default 16 MiB */
  readonly segmentSize?: number
  /** Requests per second, all hosts together. 0: no limit. @default 0 */
  readonly rate?: number
  /** Requests per second and host. 0: no limit. @default 0 */
  readonly perHostRate?: number
  /** Bytes per second, all together. 0: no limit. @default 0 */
  readonly limitRate?: number
  /** Tries after the first. @default 5 */
  readonly retries?: number
  /** Bytes of `ok` after which nothing more is begun. 0: no limit. @default 0 */
  readonly maxTotal?: number
}

/** What to do with what an earlier run left in the folder. */
export interface ContinueOptions {
  /** Try the failed lines again: all, or those with these codes. @default false */
  readonly retryFailed?: boolean | readonly string[]
  /** Ask for the whole list again, but only for what changed. @default false */
  readonly refresh?: boolean
  /** Forget the earlier run. @default false */
  readonly fresh?: boolean
}

/** Who does the work. */
export interface PartsOptions {
  /** @default 'auto' */
  readonly style?: StyleName
  /** Runs the downloads; yours to shut down. Instead of `style`. */
  readonly executor?: Executor
  /** Own implementations; only where the downloads run in this thread. `journal: false` keeps no record and no `.halyard` folder. */
  readonly fetcher?: Fetcher
  readonly journal?: Journal | false
}

export interface DownloadOptions extends RequestOptions, OutputOptions, PaceOptions, ContinueOptions, PartsOptions {
  /** Ends the run at a safe point: what is in flight has `interruptGrace` ms to finish. Nothing is lost; the same call continues. */
  readonly signal?: AbortSignal
  /** @default 3_000 */
  readonly interruptGrace?: number
  /** Is told what happens, as it happens. Must not throw. */
  readonly onEvent?: (event: RunEvent) => void
}
