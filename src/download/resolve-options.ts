/** What was asked for, made plain and checked: the only file that knows defaults. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { inspect } from 'node:util'
import { FAILURES } from './errors.js'
import { isHeaderName, isHeaderValue, isOurHeader } from './header-rules.js'
import { parseFixed } from './fetch/resolve/fixed-addresses.js'
import { isServerAddress } from './fetch/resolve/server-address.js'
import type { FetchSettings } from './fetch/settings.js'
import { amount, integer, oneOf, wrong } from './option-checks.js'
import { type DownloadOptions, STYLE_NAMES } from './options.js'
import { STATUSES } from './outcome.js'
import type { Plan } from './plan.js'
import { secretParameters } from './redact-url.js'
import { type ChosenStyle, workersOf } from './executors.js'
import type { ScheduleSettings } from './schedule/schedule.js'
import type { SegmentSettings } from './segments/settings.js'
import { ownSink, sinkSettings } from './sink-options.js'

/** Everything a run is told, defaults filled in. */
export interface ResolvedOptions {
  readonly plan: Plan
  readonly schedule: ScheduleSettings
  readonly output: string
  readonly nameTemplate: string
  readonly onCollision: 'suffix' | 'skip' | 'fail'
  readonly maxTotal: number
  readonly interruptGrace: number
  readonly durable: boolean
}

/** How many failures in a row make a host count as down. */
const HOST_FAILURES = 20
const MAX_RETRY_AFTER = 600_000
/** As many as servers bear from one client. */
const MAX_SEGMENTS = 16
const SEGMENT_SIZE = 16 * 1024 * 1024
/** As far as `auto` goes. */
const AUTO_MOST = 1024
const AUTO_MOST_PER_HOST = 256

/**
 * @param version of this package, for the User-Agent
 * @param where the downloads run: its threads or processes share what is limited for the run
 * @param fit how many downloads there is room for, as files go
 * @throws {RunError} ERR_OPTIONS: names the option, what it was, and what it may be
 */
export function resolveOptions(
  options: DownloadOptions,
  version: string,
  where: ChosenStyle = 'async',
  fit: number = Infinity,
): ResolvedOptions {
  const { onCollision = 'suffix', style = 'auto' } = options
  oneOf('style', style, STYLE_NAMES)
  oneOf('onCollision', onCollision, ['suffix', 'skip', 'fail'])
  contradictions(options)
  failureCodes(options)
  const output = resolve(options.output ?? 'downloads')
  const autoConcurrency = (options.concurrency ?? 'auto') === 'auto'
  const autoPerHost = (options.perHost ?? 'auto') === 'auto'
  const concurrency = atOnce('concurrency', options.concurrency, Math.min(AUTO_MOST, fit))
  const perHost = Math.min(atOnce('perHost', options.perHost, AUTO_MOST_PER_HOST), concurrency)
  const segments = segmentSettings(options, Math.min(concurrency, perHost))
  return {
    plan: {
      key: runKey(),
      fetch: fetchSettings(options, version, perHost, workersOf(where, concurrency)),
      sink: sinkSettings(options, output),
      segments,
      secretParameters: secretParameters(options.secretParameters),
    },
    schedule: {
      // A file counts for as many requests as it may make at once.
      concurrency: Math.floor(concurrency / segments.count),
      autoConcurrency,
      perHost: Math.floor(perHost / segments.count),
      autoPerHost,
      requestsPerJob: segments.count,
      rate: amount('rate', options.rate ?? 0),
      perHostRate: amount('perHostRate', options.perHostRate ?? 0),
      retries: integer('retries', options.retries ?? 5, 0),
      maxRetryAfter: MAX_RETRY_AFTER,
      hostFailures: HOST_FAILURES,
    },
    output,
    nameTemplate: options.name ?? (options.sink === 'tar' ? '{index:09}' : '{base}'),
    onCollision,
    maxTotal: amount('maxTotal', options.maxTotal ?? 0),
    interruptGrace: amount('interruptGrace', options.interruptGrace ?? 3000),
    durable: options.durable ?? false,
  }
}

let runs = 0

/** Unique among the runs of this program, and of the threads and processes that work for it. */
function runKey(): string {
  return `${process.pid}-${++runs}`
}

function fetchSettings(options: DownloadOptions, version: string, perHost: number, threads: number): FetchSettings {
  const stallTimeout = amount('stallTimeout', options.stallTimeout ?? 30_000)
  const netrcFile = options.netrc === true ? join(homedir(), '.netrc') : options.netrc
  const { dnsServers, resolve: fixed, proxy, cookieJar, caCert, cert, key } = options
  return {
    userAgent: headerValue('userAgent', options.userAgent ?? `halyard/${version}`),
    headers: (options.headers ?? []).map(parsedHeader),
    connectTimeout: amount('connectTimeout', options.connectTimeout ?? 10_000),
    headersTimeout: stallTimeout,
    stallTimeout,
    timeout: amount('timeout', options.timeout ?? 0),
    minSpeed: amount('minSpeed', options.minSpeed ?? 100),
    maxSize: amount('maxSize', options.maxSize ?? 0),
    maxRedirects: integer('maxRedirects', options.maxRedirects ?? 10, 0),
    allowDowngrade: options.allowDowngrade ?? false,
    httpsOnly: options.httpsOnly ?? false,
    decode: options.decode ?? false,
    connectionsPerOrigin: perHost,
    publicOnly: options.publicOnly ?? false,
    insecure: options.insecure ?? false,
    http2: options.http2 ?? false,
    // Threads do not know of one another: each gets its share.
    limitRate: amount('limitRate', options.limitRate ?? 0) / threads,
    ...(dnsServers === undefined ? {} : { dnsServers: dnsServers.map(serverAddress) }),
    ...(fixed === undefined ? {} : { resolve: fixed.map(fixedAddresses) }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(options.noProxy === undefined ? {} : { noProxy: options.noProxy }),
    ...(netrcFile === undefined || netrcFile === false ? {} : { netrcFile: resolve(netrcFile) }),
    ...(cookieJar === undefined ? {} : { cookieJar: resolve(cookieJar) }),
    ...(caCert === undefined ? {} : { caCert: resolve(caCert) }),
    ...(cert === undefined ? {} : { cert: resolve(cert) }),
    ...(key === undefined ? {} : { key: resolve(key) }),
  }
}

/** Requests at once for one file: no more than may be made at once at all. */
function segmentSettings(
  { segments = 1, segmentSize = SEGMENT_SIZE, rate, perHostRate }: DownloadOptions,
  most: number,
): SegmentSettings {
  if (integer('segments', segments, 1) > MAX_SEGMENTS)
    wrong(`Expected \`segments\` to be at most ${MAX_SEGMENTS}, got ${segments}`)
  if (segments > 1 && ((rate ?? 0) > 0 || (perHostRate ?? 0) > 0)) {
    wrong('`segments` makes several requests for one file, which `rate` and `perHostRate` could not count: give one of them')
  }
  return { count: Math.min(segments, most), size: integer('segmentSize', segmentSize, 1) }
}

function contradictions(options: DownloadOptions): void {
  const { executor, style, fetcher, fresh, refresh, retryFailed, journal } = options
  const sink = ownSink(options)
  const inThisThread = executor === undefined ? style === 'sequential' || style === 'async' || style === 'auto' || !style : true
  if (executor !== undefined && style !== undefined)
    wrong('`style` and `executor` both say where downloads run: give one of them')
  if (!inThisThread && (sink !== undefined || fetcher !== undefined)) {
    wrong(`An own \`sink\` or \`fetcher\` cannot travel to ${style}: use \`style: 'async'\``)
  }
  if (!inThisThread && options.cookieJar !== undefined) {
    wrong(`\`cookieJar\` is one for all downloads and cannot be shared by ${style}: use \`style: 'async'\``)
  }
  if (fresh === true && (refresh === true || (retryFailed ?? false) !== false)) {
    wrong('`fresh` forgets the earlier run that `refresh` and `retryFailed` are about: give one of them')
  }
  if (journal === false && (refresh === true || (retryFailed ?? false) !== false)) {
    wrong('`refresh` and `retryFailed` need the journal')
  }
  if (options.netrc !== undefined && typeof options.netrc !== 'boolean' && options.netrc === '') wrong('`netrc` names no file')
  if ((options.cert === undefined) !== (options.key === undefined)) wrong('`cert` and `key` belong together: give both')
}

function failureCodes({ retryFailed }: DownloadOptions): void {
  if (retryFailed === undefined || typeof retryFailed === 'boolean') return
  const odd = retryFailed.find(
    (code) => !(code in FAILURES) && !/^HTTP_[1-9]\d\d$/.test(code) && !(STATUSES as readonly string[]).includes(code),
  )
  if (odd !== undefined) {
    wrong(
      `Expected \`retryFailed\` to name codes such as HTTP_503 or TIMEOUT_STALL, or statuses such as not-found, got ${inspect(odd)}`,
    )
  }
}

function parsedHeader(line: string): readonly [string, string] {
  const colon = line.indexOf(':')
  const name = line.slice(0, Math.max(0, colon)).trim()
  if (!isHeaderName(name)) wrong(`Expected a header like 'Name: value', got ${inspect(hidden(line))}`)
  if (isOurHeader(name)) wrong(`The header '${name}' is set by halyard itself`)
  return [name, headerValue(name, line.slice(colon + 1).trim())]
}

function serverAddress(text: string): string {
  if (!isServerAddress(text))
    wrong(`Expected \`dnsServers\` to hold addresses such as 9.9.9.9 or [::1]:5353, got ${inspect(text)}`)
  return text
}

function fixedAddresses(text: string): string {
  if (parseFixed(text) === undefined) wrong(`Expected \`resolve\` to hold texts like host:port:address, got ${inspect(text)}`)
  return text
}

/** A header may be a secret; only its beginning is quoted. */
function hidden(line: string): string {
  return line.length > 12 ? `${line.slice(0, 12)}…` : line
}

function headerValue(name: string, value: string): string {
  if (!isHeaderValue(value)) wrong(`The value of '${name}' holds characters that a header must not have`)
  return value
}

function atOnce(name: string, value: number | 'auto' = 'auto', most: number): number {
  if (value !== 'auto' && typeof value !== 'number')
    wrong(`Expected \`${name}\` to be an integer or 'auto', got ${inspect(value)}`)
  return value === 'auto' ? most : integer(name, value, 1)
}
