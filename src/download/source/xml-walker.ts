/**
 * Walks through an XML document as its bytes come, by sax. Nothing outside the document is read: sax knows no external entities and no
 * entities of a DTD, so that none can grow. Everything that could grow otherwise has a limit.
 */
import type { SAXOptions, SAXParser } from 'sax'
import { RunError } from '../errors.js'
import { printable } from '../../text/index.js'

/** What a format does with what is found. Names are without their prefix; `path` has the element itself last. */
export interface XmlVisitor {
  open(path: readonly string[], attributes: Readonly<Record<string, string>>, line: number): void
  /** May be called several times for one text. */
  text(path: readonly string[], text: string): void
  close(path: readonly string[]): void
}

const MAX_DEPTH = 64
const MAX_ATTRIBUTES = 256

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

/** Yields once for each chunk that was walked through. Throws RunError ERR_SOURCE where the document is broken, with the line. */
export async function* walkXml(chunks: AsyncIterable<Buffer>, name: string, visitor: XmlVisitor): AsyncGenerator<undefined> {
  const { default: sax } = await import('sax')
  // Attributes of any name are properties of an object that sax makes; without namespaces it copies none of them elsewhere.
  const options: SAXOptions & { strictEntities: boolean } = { strictEntities: true }
  const parser = sax.parser(true, options)
  const broken = (why: string, cause?: unknown): RunError =>
    new RunError('ERR_SOURCE', `${name}: line ${String(parser.line + 1)}: ${why}`, { cause })
  const begun = listen(parser, visitor, broken)
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decode = (chunk?: Buffer): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined })
    } catch (cause) {
      throw broken('not UTF-8: convert it with iconv', cause)
    }
  }
  for await (const chunk of chunks) {
    parser.write(decode(chunk))
    yield
  }
  decode()
  parser.close()
  if (!begun()) throw broken('not XML: no root element')
  yield
}

/** Returns whether an element has begun yet. */
function listen(parser: SAXParser, visitor: XmlVisitor, broken: (why: string, cause?: unknown) => RunError): () => boolean {
  const path: string[] = []
  let attributes = 0
  let rooted = false
  const handlers: Partial<SAXParser> = {
    onerror: (error) => {
      throw broken(`not XML: ${error.message.split('\n')[0] ?? ''}`, error)
    },
    onprocessinginstruction: ({ name, body }) => {
      const encoding = name === 'xml' ? /encoding\s*=\s*["']([^"']*)/.exec(body)?.[1] : undefined
      if (encoding !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(encoding)) {
        throw broken(`its encoding is ${printable(encoding.slice(0, 30), '\ufffd')}, not UTF-8: convert it with iconv`)
      }
    },
    onattribute: () => {
      attributes += 1
      if (attributes > MAX_ATTRIBUTES) throw broken('more attributes than a list has')
    },
    onopentag: (tag) => {
      attributes = 0
      rooted = true
      path.push(localName(tag.name))
      if (path.length > MAX_DEPTH) throw broken('elements nested deeper than a list has them')
      visitor.open(path, tag.attributes as Record<string, string>, parser.line + 1)
    },
    onclosetag: () => {
      visitor.close(path)
      path.pop()
    },
    ontext: (text) => visitor.text(path, text),
    oncdata: (text) => visitor.text(path, text),
  }
  Object.assign(parser, handlers)
  return () => rooted
}
