/** Whether a caller without types hands in what the options are: every name, and what kind of value it has. What the values mean is looked at later. */
import { inspect } from 'node:util'
import { wrong } from './option-checks.js'
import type { DownloadOptions } from './options.js'

/** What is expected, in words, and whether a value is that. */
type Kind = readonly [expected: string, is: (value: unknown) => boolean]

const isText = (value: unknown): boolean => typeof value === 'string'
const has = (value: unknown, ...methods: readonly string[]): boolean =>
  typeof value === 'object' &&
  value !== null &&
  methods.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')

const text: Kind = ['a string', isText]
const path: Kind = ['the path of a file', (value) => isText(value) && value !== '']
const texts: Kind = ['an array of strings', (value) => Array.isArray(value) && value.every(isText)]
const yesOrNo: Kind = ['true or false', (value) => typeof value === 'boolean']
const call: Kind = ['a function', (value) => typeof value === 'function']
const number: Kind = ['a number', (value) => typeof value === 'number']
const numberOrAuto: Kind = ["an integer or 'auto'", (value) => typeof value === 'number' || value === 'auto']

const KINDS: { readonly [K in keyof DownloadOptions]-?: Kind } = {
  headers: texts,
  userAgent: text,
  connectTimeout: number,
  stallTimeout: number,
  timeout: number,
  minSpeed: number,
  maxSize: number,
  maxRedirects: number,
  allowDowngrade: yesOrNo,
  httpsOnly: yesOrNo,
  decode: yesOrNo,
  publicOnly: yesOrNo,
  dnsServers: texts,
  resolve: texts,
  proxy: text,
  noProxy: text,
  netrc: ['true, false or the path of a file', (value) => typeof value === 'boolean' || isText(value)],
  cookieJar: path,
  caCert: path,
  cert: path,
  key: path,
  insecure: yesOrNo,
  http2: yesOrNo,
  secretParameters: texts,
  output: ['the path of a folder', (value) => isText(value) && value !== '' && !(value as string).includes('\0')],
  sink: [
    "'files', 'tar' or a Sink, with begin(), has() and close()",
    (value) => isText(value) || has(value, 'begin', 'has', 'close'),
  ],
  shardSize: number,
  name: text,
  onCollision: text,
  trustServerNames: yesOrNo,
  durable: yesOrNo,
  concurrency: numberOrAuto,
  perHost: numberOrAuto,
  segments: number,
  segmentSize: number,
  rate: number,
  perHostRate: number,
  limitRate: number,
  retries: number,
  maxTotal: number,
  retryFailed: ['true, false or an array of codes', (value) => typeof value === 'boolean' || texts[1](value)],
  refresh: yesOrNo,
  fresh: yesOrNo,
  style: text,
  // An executor of another copy of this library is one too.
  executor: ['an Executor, such as AsyncExecutor', (value) => has(value, 'submit', 'schedule', 'shutdown')],
  fetcher: ['a Fetcher, with fetch() and close()', (value) => has(value, 'fetch', 'close')],
  journal: [
    'false or a Journal, with done(), record(), flush() and close()',
    (value) => value === false || has(value, 'done', 'record', 'flush', 'close'),
  ],
  signal: ['an AbortSignal', (value) => has(value, 'addEventListener', 'removeEventListener') && 'aborted' in (value as object)],
  interruptGrace: number,
  onEvent: call,
}

/** @throws {RunError} ERR_OPTIONS: names the option, and what was expected */
export function checkOptions(options: unknown): asserts options is DownloadOptions {
  if (typeof options !== 'object' || options === null) wrong(`Expected the options to be an object, got ${inspect(options)}`)
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(KINDS, name)) wrong(`There is no option \`${name}\`${meant(name)}`)
    const [expected, is] = KINDS[name as keyof DownloadOptions]
    // Not the value of those that may be a secret.
    const got = name === 'headers' || name === 'proxy' ? '' : `, got ${inspect(value, { depth: 0 })}`
    if (value !== undefined && !is(value)) wrong(`Expected \`${name}\` to be ${expected}${got}`)
  }
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_]|s$/g, '')

/** One that differs only in capitals, dashes or a plural. */
function meant(name: string): string {
  const found = Object.keys(KINDS).find((known) => plain(known) === plain(name))
  return found === undefined ? '' : `: \`${found}\`?`
}
