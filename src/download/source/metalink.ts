/**
 * Metalink 4 (RFC 5854): each <file> is one entry. Its <url>s by priority are the address and its mirrors; those that are neither http nor
 * https are left out where others remain. <size> and the <hash> that this program trusts most go along; hashes of pieces do not.
 */
import { FAILURES, RunError } from '../errors.js'
import { hashAlgorithm } from '../job-hash.js'
import type { JobInput } from '../job.js'
import { badEntry, goodEntry, type ListName } from './entries.js'
import { EntryText } from './entry-text.js'
import type { SourceEntry } from './source.js'
import type { XmlVisitor } from './xml-walker.js'

/** What the record of a file has anyway comes first. */
const PREFERRED = ['sha256', 'sha512', 'sha384', 'sha1', 'md5']

interface MirrorUrl {
  readonly url: string
  /** 1 is best; absent is worst. */
  readonly priority: number
}

class FileElement {
  readonly line: number
  readonly name: string
  readonly text = new EntryText()
  readonly urls: MirrorUrl[] = []
  readonly hashes = new Map<string, string>()
  size = ''
  /** Of the element whose text is being read. */
  attributes: Readonly<Record<string, string>> = {}

  constructor(name: string, line: number) {
    this.name = name
    this.line = line
  }

  take(element: string): void {
    const text = this.text.take()
    if (this.text.tooLong || text === '') return
    if (element === 'size') this.size = text
    if (element === 'url') this.urls.push({ url: text, priority: Number(this.attributes.priority ?? 1_000_000) || 1_000_000 })
    if (element === 'hash') {
      const algorithm = hashAlgorithm(this.attributes.type ?? '')
      if (algorithm !== undefined) this.hashes.set(algorithm, text)
    }
  }

  input(): JobInput | undefined {
    const sorted = this.urls.toSorted((one, other) => one.priority - other.priority).map(({ url }) => url)
    const usable = sorted.filter((url) => /^https?:/i.test(url))
    const [url, ...mirrors] = usable.length > 0 ? usable : sorted
    if (url === undefined) return undefined
    const algorithm = PREFERRED.find((name) => this.hashes.has(name))
    return {
      url,
      ...(this.name === '' ? {} : { name: this.name }),
      ...(algorithm === undefined ? {} : { hash: `${algorithm}:${this.hashes.get(algorithm) ?? ''}` }),
      ...(/^\d{1,15}$/.test(this.size) ? { size: Number(this.size) } : {}),
      ...(mirrors.length === 0 ? {} : { mirrors }),
    }
  }
}

const isFile = (path: readonly string[]): boolean => path.length === 2 && path[1] === 'file'
const isPart = (path: readonly string[]): boolean => path.length === 3 && path[1] === 'file'

export function metalinkVisitor(entries: SourceEntry[], list: ListName): XmlVisitor {
  let file = new FileElement('', 0)
  return {
    open: (path, attributes, line) => {
      if (path.length === 2 && path[1] === 'files') {
        throw new RunError('ERR_SOURCE', `${list.name} is a metalink of version 3; only version 4 (.meta4, RFC 5854) is read`)
      }
      if (isFile(path)) file = new FileElement(attributes.name ?? '', line)
      else if (isPart(path)) file.attributes = attributes
    },
    text: (path, text) => {
      if (isPart(path)) file.text.add(text)
    },
    close: (path) => {
      if (isPart(path)) file.take(path[2] ?? '')
      else if (isFile(path)) entries.push(entryOf(file, list))
    },
  }
}

function entryOf(file: FileElement, list: ListName): SourceEntry {
  const shown = file.urls[0]?.url ?? file.name
  if (file.text.tooLong) return badEntry('INVALID_LONG', FAILURES.INVALID_LONG.what, shown, file.line, list)
  const input = file.input()
  return input === undefined
    ? badEntry('INVALID_ROW', 'a <file> without <url>', shown, file.line, list)
    : goodEntry(input, file.line, list)
}
