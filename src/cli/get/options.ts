/** Every option of `halyard get`. Names are those of curl, wget or aria2 where they agree. Keys are the names of what is set. */
import { INPUT_FORMATS, SINK_NAMES, STYLE_NAMES, type DownloadOptions, type SourceOptions } from '../../download/index.js'
import type { Repeated, Single, Switch } from './option.js'
import {
  autoOr,
  checksum,
  decimalNumber,
  failureCodes,
  fixedAddress,
  headers,
  listOf,
  named,
  oneOf,
  proxy,
  resultsFile,
  seconds,
  serverAddresses,
  size,
  wholeNumber,
  yesOrNo,
} from './values.js'

/** Passed on to the engine as they are: all it has, but for what only a program can hand in. */
type EngineValues = Omit<
  DownloadOptions,
  'executor' | 'sink' | 'fetcher' | 'journal' | 'signal' | 'interruptGrace' | 'onEvent' | 'netrc'
>

const PROGRESS_KINDS = ['auto', 'bar', 'plain', 'json', 'none'] as const

type ColumnOptions = NonNullable<SourceOptions['columns']>

/** Of those that a program may hand in, what has a name. */
interface NamedValues {
  readonly sink?: (typeof SINK_NAMES)[number]
}

/** Understood by the command itself. */
interface CommandValues extends ColumnOptions {
  readonly inputs?: readonly string[]
  readonly inputFormat?: NonNullable<SourceOptions['format']>
  readonly checksum?: string
  readonly netrc?: boolean
  readonly netrcFile?: string
  readonly results?: string
  readonly dryRun?: boolean
  readonly progress?: (typeof PROGRESS_KINDS)[number]
  readonly quiet?: boolean
  readonly verbose?: boolean
}

/** What the options mean once they are read. */
export interface GetValues extends EngineValues, NamedValues, CommandValues {}

type OptionOf<T> = [T] extends [boolean] ? Switch : [T] extends [readonly string[]] ? Repeated : Single<T>

const oneAtLeast = autoOr(wholeNumber(1, 65_536))

export const GET_OPTIONS: { readonly [K in keyof GetValues]-?: OptionOf<NonNullable<GetValues[K]>> } = {
  inputs: {
    name: 'input',
    letter: 'i',
    value: 'FILE',
    doc: 'list of URLs, - for stdin; may be repeated',
    group: 'What to download',
    common: true,
    kind: listOf(named('a file, or - for standard input')),
    repeated: true,
  },
  inputFormat: {
    name: 'input-format',
    value: 'FORMAT',
    doc: INPUT_FORMATS.join(', '),
    standard: 'by the name',
    group: 'What to download',
    kind: oneOf(...INPUT_FORMATS),
  },
  urlCol: column('url-col', 'address'),
  nameCol: column('name-col', 'name'),
  hashCol: column('hash-col', 'checksum, sha256:HEX'),
  mirrorsCol: column('mirrors-col', 'other addresses'),
  checksum: {
    name: 'checksum',
    value: 'ALG:HEX',
    doc: 'what the file must hash to; for one URL',
    group: 'What to download',
    kind: checksum,
  },

  output: {
    name: 'output',
    letter: 'o',
    value: 'DIR',
    doc: 'the folder for the files',
    standard: 'downloads',
    group: 'Where it goes',
    common: true,
    kind: named('a folder'),
  },
  sink: {
    name: 'sink',
    value: 'KIND',
    doc: 'files, or tar: shards for WebDataset',
    standard: 'files',
    group: 'Where it goes',
    kind: oneOf(...SINK_NAMES),
  },
  shardSize: {
    name: 'shard-size',
    value: 'N',
    doc: 'lines of the list in one tar shard',
    standard: '10000',
    group: 'Where it goes',
    kind: wholeNumber(1, 100_000),
  },
  name: {
    name: 'name',
    value: 'TEMPLATE',
    doc: "names such as '{index:06}{ext}', '{path}'",
    standard: '{base}',
    group: 'Where it goes',
    common: true,
    kind: named('a file, with {fields}'),
  },
  onCollision: {
    name: 'on-collision',
    value: 'WHAT',
    doc: 'if a name is taken: suffix, skip or fail',
    standard: 'suffix',
    group: 'Where it goes',
    kind: oneOf('suffix', 'skip', 'fail'),
  },
  trustServerNames: flag('trust-server-names', 'let servers choose the names of files', 'Where it goes'),
  durable: flag('durable', 'survive a power cut: fsync all that is written', 'Where it goes'),
  results: {
    name: 'results',
    value: 'FILE',
    doc: 'all outcomes in the end: .jsonl, .csv, .parquet',
    group: 'Where it goes',
    kind: resultsFile,
  },

  concurrency: {
    name: 'jobs',
    letter: 'j',
    value: 'N',
    doc: 'downloads at once',
    standard: 'auto',
    group: 'How much at once',
    common: true,
    kind: oneAtLeast,
  },
  perHost: {
    name: 'per-host',
    value: 'N',
    doc: 'downloads at once from one host',
    standard: 'auto',
    group: 'How much at once',
    common: true,
    kind: oneAtLeast,
  },
  segments: {
    name: 'segments',
    value: 'N',
    doc: 'requests at once for one large file',
    standard: '1',
    group: 'How much at once',
    kind: wholeNumber(1, 16),
  },
  segmentSize: {
    name: 'segment-size',
    value: 'SIZE',
    doc: 'that each of them asks for, at least',
    standard: '16M',
    group: 'How much at once',
    kind: size,
  },
  rate: {
    name: 'rate',
    value: 'N',
    doc: 'requests per second',
    group: 'How much at once',
    kind: decimalNumber('requests per second'),
  },
  perHostRate: {
    name: 'per-host-rate',
    value: 'N',
    doc: 'requests per second to one host',
    group: 'How much at once',
    kind: decimalNumber('requests per second'),
  },
  limitRate: {
    name: 'limit-rate',
    value: 'SIZE',
    doc: 'bytes per second, all together',
    group: 'How much at once',
    common: true,
    kind: size,
  },
  style: {
    name: 'style',
    value: 'STYLE',
    doc: STYLE_NAMES.join(', '),
    standard: 'auto',
    group: 'How much at once',
    kind: oneOf(...STYLE_NAMES),
  },

  retries: {
    name: 'retries',
    value: 'N',
    doc: 'tries after the first',
    standard: '5',
    group: 'Time and size',
    common: true,
    kind: wholeNumber(0, 1000),
  },
  timeout: {
    name: 'timeout',
    value: 'SEC',
    doc: 'for one attempt at a file, all of it',
    standard: 'no limit',
    group: 'Time and size',
    common: true,
    kind: seconds({ orNone: true }),
  },
  connectTimeout: {
    name: 'connect-timeout',
    value: 'SEC',
    doc: 'for a connection to be made',
    standard: '10',
    group: 'Time and size',
    kind: seconds(),
  },
  stallTimeout: {
    name: 'stall-timeout',
    value: 'SEC',
    doc: 'without an answer, or without a byte',
    standard: '30',
    group: 'Time and size',
    kind: seconds(),
  },
  minSpeed: {
    name: 'min-speed',
    value: 'SIZE',
    doc: 'bytes per second, below which one is given up',
    standard: '100',
    group: 'Time and size',
    kind: size,
  },
  maxSize: {
    name: 'max-size',
    value: 'SIZE',
    doc: 'largest file',
    standard: 'no limit',
    group: 'Time and size',
    kind: size,
  },
  maxTotal: {
    name: 'max-total',
    value: 'SIZE',
    doc: 'begin no more after so many bytes',
    standard: 'no limit',
    group: 'Time and size',
    kind: size,
  },

  retryFailed: {
    name: 'retry-failed',
    value: 'CODES',
    doc: 'try failed lines again: all, or =CODE,CODE',
    group: 'Continuing',
    common: true,
    kind: failureCodes,
    bare: true,
  },
  refresh: flag('refresh', 'ask for all again, get only what changed', 'Continuing'),
  fresh: flag('fresh', 'forget the earlier run, and start over', 'Continuing'),
  dryRun: flag('dry-run', 'print each URL and its file; request nothing', 'Continuing', 'n'),

  headers: {
    name: 'header',
    letter: 'H',
    value: 'HEADER',
    doc: "'Name: value', or @file; may be repeated",
    group: 'Requests',
    common: true,
    kind: headers,
    repeated: true,
  },
  userAgent: {
    name: 'user-agent',
    letter: 'A',
    value: 'NAME',
    doc: 'what this client calls itself',
    standard: 'halyard/VERSION',
    group: 'Requests',
    kind: named('a client: printable characters'),
  },
  dnsServers: {
    name: 'dns-servers',
    value: 'ADDRESSES',
    doc: 'ask these name servers, and nobody else',
    standard: "the system's",
    group: 'Requests',
    kind: serverAddresses,
    repeated: true,
  },
  resolve: {
    name: 'resolve',
    value: 'HOST:PORT:ADDR',
    doc: 'an address that is not looked up',
    group: 'Requests',
    kind: fixedAddress,
    repeated: true,
  },
  proxy: {
    name: 'proxy',
    value: 'URL',
    doc: "http or socks5 address; '' for none",
    group: 'Requests',
    kind: proxy,
  },
  noProxy: {
    name: 'noproxy',
    value: 'HOSTS',
    doc: 'hosts to be asked without the proxy',
    group: 'Requests',
    kind: named('hosts, with commas between them'),
  },
  netrc: flag('netrc', 'passwords from ~/.netrc', 'Requests'),
  netrcFile: {
    name: 'netrc-file',
    value: 'FILE',
    doc: 'passwords from this file',
    group: 'Requests',
    kind: named('a file'),
  },
  cookieJar: {
    name: 'cookie-jar',
    value: 'FILE',
    doc: 'cookies from this file, and into it',
    group: 'Requests',
    kind: named('a file'),
  },
  decode: flag('decode', 'ask for compressed bodies, store them decoded', 'Requests'),
  http2: flag('http2', 'offer HTTP/2', 'Requests'),
  maxRedirects: {
    name: 'max-redirects',
    value: 'N',
    doc: 'redirects followed for one URL',
    standard: '10',
    group: 'Requests',
    kind: wholeNumber(0, 100),
  },

  secretParameters: {
    name: 'secret-param',
    value: 'NAME',
    doc: 'query parameter never to be shown; may be repeated',
    group: 'Trust',
    kind: listOf(named('a query parameter')),
    repeated: true,
  },
  publicOnly: flag('public-only', 'refuse private addresses: for lists of others', 'Trust'),
  httpsOnly: flag('https-only', 'refuse http', 'Trust'),
  allowDowngrade: flag('allow-downgrade', 'follow redirects from https to http', 'Trust'),
  caCert: {
    name: 'cacert',
    value: 'FILE',
    doc: 'further certificate authorities (PEM)',
    group: 'Trust',
    kind: named('a PEM file'),
  },
  cert: {
    name: 'cert',
    value: 'FILE',
    doc: 'certificate of this client (PEM)',
    group: 'Trust',
    kind: named('a PEM file'),
  },
  key: {
    name: 'key',
    value: 'FILE',
    doc: 'its private key (PEM)',
    group: 'Trust',
    kind: named('a PEM file'),
  },
  insecure: flag('insecure', 'do not check certificates', 'Trust', 'k'),

  progress: {
    name: 'progress',
    value: 'KIND',
    doc: PROGRESS_KINDS.join(', '),
    standard: 'auto',
    group: 'What is shown',
    kind: oneOf(...PROGRESS_KINDS),
  },
  quiet: { ...flag('quiet', 'nothing but errors', 'What is shown', 'q'), common: true },
  verbose: { ...flag('verbose', 'a line for each outcome, retry and host', 'What is shown', 'v'), common: true },
}

function flag(name: string, doc: string, group: Switch['group'], letter?: string): Switch {
  return { name, doc, group, kind: yesOrNo, ...(letter === undefined ? {} : { letter }) }
}

function column(name: string, what: string): Single<string> {
  const value = 'COL'
  return { name, value, doc: `column of the ${what}`, group: 'What to download', kind: named('a column') }
}
