/** Name templates: `{index:06}-{stem}{ext}` becomes a function from a job to the name of its file. */
import { hash as hashOf } from 'node:crypto'
import { RunError } from '../errors.js'
import { extensionStart } from './extension.js'
import { safePath } from './safe-name.js'
import { baseOf, foldersAndBaseOf, hostOf, queryOf } from './url-names.js'

/** What a name can be made of. */
export interface NameFacts {
  /** Number of the line in the list, from 0. */
  readonly id: number
  /** As it will be requested. */
  readonly url: string
  /** The name the list gives. */
  readonly name?: string
}

/** Makes the name of a job's file: relative to the output, with `/` between folders, clean. Not claimed yet. */
export interface NameTemplate {
  (facts: NameFacts): string
  /** No two jobs can get the same name, for the number of the line stands at its front: they need not be remembered. */
  readonly unique: boolean
}

type Piece = (facts: NameFacts) => string

interface Field {
  readonly make: (format: number) => Piece
  /** What may stand after the colon. */
  readonly format?: { readonly pattern: RegExp; readonly example: string }
  /** Its `/` separate folders. */
  readonly folders?: true
}

const flat =
  (piece: Piece): Piece =>
  (facts) => {
    const text = piece(facts)
    return text.includes('/') ? text.replaceAll('/', '_') : text
  }

const base = flat(({ url }) => baseOf(url))
const stem: Piece = (facts) => {
  const name = base(facts)
  return name.slice(0, extensionStart(name))
}

const FIELDS: Readonly<Record<string, Field>> = {
  index: {
    make: (width) => (width === 0 ? ({ id }) => String(id) : ({ id }) => String(id).padStart(width, '0')),
    format: { pattern: /^0([1-9]|1\d|20)$/, example: '{index:06}' },
  },
  host: { make: () => flat(({ url }) => hostOf(url)) },
  path: {
    make:
      () =>
      ({ url }) =>
        foldersAndBaseOf(url),
    folders: true,
  },
  base: { make: () => base },
  stem: { make: () => stem },
  ext: {
    make: () => (facts) => {
      const name = base(facts)
      return name.slice(extensionStart(name))
    },
  },
  name: { make: () => (facts) => facts.name ?? base(facts), folders: true },
  hash: {
    make:
      (digits) =>
      ({ url }) =>
        hashOf('sha256', url).slice(0, digits === 0 ? 64 : digits),
    format: { pattern: /^([1-9]|[1-5]\d|6[0-4])$/, example: '{hash:8}' },
  },
  cc: { make: () => (facts) => stem(facts).toUpperCase() },
  query: { make: () => flat(({ url }) => queryOf(url)) },
}

const KNOWN = Object.keys(FIELDS)
  .map((name) => `{${name}}`)
  .join(' ')

/** A piece of the template as written: text, or a field. */
type Token = { readonly text: string } | { readonly field: string; readonly piece: Piece; readonly folders: boolean }

/**
 * Compiles a template once for all jobs.
 *
 * Fields: `{index}` number of the line in the list, from 0 (`{index:06}` with leading zeros); `{base}` last segment of the URL's path, or
 * `index.html`; `{stem}` and `{ext}` its two parts, the extension with its dot; `{path}` all of the path, folders kept; `{host}`; `{query}`;
 * `{hash:8}` the first digits of the sha256 of the URL; `{cc}` the stem in capitals, as in the book; `{name}` the name the list gives, else
 * the base. `{{` and `}}` are braces.
 *
 * The name that the list gives wins over the template, unless the template asks for it by `{name}` or is unique by its `{index}`.
 *
 * @throws {RunError} ERR_OPTIONS: a field that does not exist, a format it does not take, a brace that is not closed, no name at all
 */
export function compileTemplate(template: string): NameTemplate {
  const tokens = parse(template)
  const pieces: readonly Piece[] = tokens.map((token) => ('text' in token ? () => token.text : token.piece))
  const unique = isUnique(tokens)
  const decides = unique || tokens.some((token) => 'field' in token && token.field === 'name')
  const [only] = pieces
  const join: Piece = (facts) => {
    let name = ''
    for (const piece of pieces) name += piece(facts)
    return name
  }
  const render = pieces.length === 1 && only !== undefined ? only : join
  const make = (facts: NameFacts): string => safePath(decides ? render(facts) : (facts.name ?? render(facts)))
  return Object.assign(make, { unique })
}

/** Cuts the template into text and fields. */
function parse(template: string): Token[] {
  const fail = (what: string): never => {
    throw new RunError('ERR_OPTIONS', `The name template '${template}' ${what}`)
  }
  if (template === '') fail(`is empty. Fields are ${KNOWN}.`)
  if (template.endsWith('/')) fail('ends with a slash: the name of the file is missing. Add {base} at its end.')
  const tokens: Token[] = []
  let text = ''
  for (let at = 0; at < template.length;) {
    const character = template[at] ?? ''
    if ((character === '{' || character === '}') && template[at + 1] === character) {
      text += character
      at += 2
    } else if (character === '{') {
      const end = template.indexOf('}', at)
      if (end === -1) fail(`has a brace at character ${at + 1} that is not closed. Write {{ for a brace.`)
      if (text !== '') tokens.push({ text })
      text = ''
      tokens.push(parseField(template.slice(at + 1, end), (what) => fail(`has ${what} at character ${at + 1}.`)))
      at = end + 1
    } else {
      text += character
      at += 1
    }
  }
  if (text !== '') tokens.push({ text })
  return tokens
}

function parseField(written: string, fail: (what: string) => never): Token {
  const [name = '', format] = written.split(/:(.*)/s)
  const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined
  if (field === undefined) return fail(`an unknown field {${written}}; known are ${KNOWN}`)
  if (format === undefined) return { field: name, piece: field.make(0), folders: field.folders === true }
  const [, number] = field.format?.pattern.exec(format) ?? []
  if (number === undefined) {
    const rule = field.format === undefined ? `{${name}} takes none` : `write ${field.format.example}`
    return fail(`the format ':${format}' of {${name}}; ${rule}`)
  }
  return { field: name, piece: field.make(Number(number)), folders: false }
}

/**
 * Whether the number of the line opens a component and is set off from what follows, so that no two names can be equal. Only the first
 * component and the last can be relied on: of a path that is too long those between are left out.
 */
function isUnique(tokens: readonly Token[]): boolean {
  return opensWithIndex(tokens) || opensWithIndex(lastComponent(tokens))
}

/** What cleaning leaves where it is, or turns into something that is no digit either. */
const SETS_OFF = /^[ -/:-~]/

function opensWithIndex(tokens: readonly Token[]): boolean {
  const [first, ...rest] = tokens
  if (first === undefined || 'text' in first || first.field !== 'index') return false
  // An extension begins with a dot or is not there.
  const next = rest.find((token) => 'text' in token || token.field !== 'ext')
  return next === undefined || ('text' in next && SETS_OFF.test(next.text))
}

/** What follows the last slash, if that slash is a written one. */
function lastComponent(tokens: readonly Token[]): readonly Token[] {
  const at = tokens.findLastIndex((token) => ('text' in token ? token.text.includes('/') : token.folders))
  const token = tokens[at]
  if (token === undefined || !('text' in token)) return []
  const text = token.text.slice(token.text.lastIndexOf('/') + 1)
  return text === '' ? tokens.slice(at + 1) : []
}
