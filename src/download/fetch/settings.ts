/** What a fetcher is told once for all requests. Plain data: it travels to threads and processes. Times in ms, sizes in bytes. */
export interface FetchSettings {
  readonly userAgent: string
  /** As given with -H: each goes with every request; those that are not harmless only to origins of the list. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly connectTimeout: number
  /** Longest wait for the head of an answer. */
  readonly headersTimeout: number
  /** Longest time without a byte of body. */
  readonly stallTimeout: number
  /** For one attempt, all of it. 0: no limit. */
  readonly timeout: number
  /** Bytes per second, over any 30 s of the body. 0: no limit. */
  readonly minSpeed: number
  /** Largest body, decoded. 0: no limit. */
  readonly maxSize: number
  readonly maxRedirects: number
  readonly allowDowngrade: boolean
  readonly httpsOnly: boolean
  /** Ask for gzip, br (and deflate), and deliver decoded bytes. */
  readonly decode: boolean
  /** Connections to one origin at once, from this thread. */
  readonly connectionsPerOrigin: number
  /** Refuse every address that is not public, whoever names it. */
  readonly publicOnly: boolean
  /** `address[:port]` of name servers; undefined: as the system is configured. */
  readonly dnsServers?: readonly string[]
  /** HOST:PORT:ADDRESS[,ADDRESS]: what is not looked up. */
  readonly resolve?: readonly string[]
  /** http://[user:pass@]host:port or socks5://…; '' none; undefined: as the environment says. */
  readonly proxy?: string
  readonly noProxy?: string
  readonly netrcFile?: string
  /** Netscape cookie file: read at the start. */
  readonly cookieJar?: string
  /** PEM files. */
  readonly caCert?: string
  readonly cert?: string
  readonly key?: string
  readonly insecure: boolean
  readonly http2: boolean
  /** Bytes per second of this thread, all transfers together. 0: no limit. */
  readonly limitRate: number
}
