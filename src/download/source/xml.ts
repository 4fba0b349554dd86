/** Lists in XML: which one it is, the root element says. */
import { RunError } from '../errors.js'
import { printable } from '../../text/index.js'
import { inBatches, type ListName } from './entries.js'
import { metalinkVisitor } from './metalink.js'
import { sitemapVisitor } from './sitemap.js'
import type { SourceEntry } from './source.js'
import { walkXml, type XmlVisitor } from './xml-walker.js'

export type XmlFormat = 'metalink' | 'sitemap'

const ROOTS: Readonly<Record<string, XmlFormat>> = { metalink: 'metalink', urlset: 'sitemap', sitemapindex: 'sitemap' }

/**
 * @param expected the format asked for; undefined takes either
 * @throws RunError ERR_SOURCE when the document is neither, or broken (after the entries before the break)
 */
export async function* readXml(
  chunks: AsyncIterable<Buffer>,
  list: ListName,
  expected?: XmlFormat,
): AsyncGenerator<readonly SourceEntry[]> {
  const entries: SourceEntry[] = []
  try {
    for await (const _ of walkXml(chunks, list.name, byRoot(entries, list, expected))) yield* inBatches(entries.splice(0))
  } catch (error) {
    yield* inBatches(entries.splice(0))
    throw error
  }
}

function byRoot(entries: SourceEntry[], list: ListName, expected: XmlFormat | undefined): XmlVisitor {
  let visitor: XmlVisitor | undefined
  return {
    open: (path, attributes, line) => {
      visitor ??= visitorFor(path[0] ?? '', entries, list, expected)
      visitor.open(path, attributes, line)
    },
    text: (path, text) => visitor?.text(path, text),
    close: (path) => visitor?.close(path),
  }
}

function visitorFor(root: string, entries: SourceEntry[], list: ListName, expected: XmlFormat | undefined): XmlVisitor {
  const format = Object.hasOwn(ROOTS, root) ? ROOTS[root] : undefined
  if (format === undefined || (expected !== undefined && format !== expected)) {
    const wanted = expected ?? 'metalink or sitemap'
    throw new RunError(
      'ERR_SOURCE',
      `${list.name} is no ${wanted}: its root element is <${printable(root.slice(0, 50), '\ufffd')}>`,
    )
  }
  return format === 'metalink' ? metalinkVisitor(entries, list) : sitemapVisitor(entries, list)
}
