/**
 * Sitemaps: every <loc> of a <urlset>. A <sitemapindex> names other sitemaps; these are entries, downloaded like any file and not followed.
 * Images and videos inside an <url> (image:loc and so on) are not entries.
 */
import { FAILURES } from '../errors.js'
import { badEntry, goodEntry, type ListName } from './entries.js'
import { EntryText } from './entry-text.js'
import type { SourceEntry } from './source.js'
import type { XmlVisitor } from './xml-walker.js'

/** urlset/url/loc, sitemapindex/sitemap/loc. */
const isLoc = (path: readonly string[]): boolean =>
  path.length === 3 && path[2] === 'loc' && (path[1] === 'url' || path[1] === 'sitemap')

export function sitemapVisitor(entries: SourceEntry[], list: ListName): XmlVisitor {
  let text = new EntryText()
  let begun = 0
  return {
    open: (path, _attributes, line) => {
      if (!isLoc(path)) return
      text = new EntryText()
      begun = line
    },
    text: (path, piece) => {
      if (isLoc(path)) text.add(piece)
    },
    close: (path) => {
      if (!isLoc(path)) return
      const url = text.take()
      if (text.tooLong) entries.push(badEntry('INVALID_LONG', FAILURES.INVALID_LONG.what, url, begun, list))
      else if (url === '') entries.push(badEntry('INVALID_ROW', 'an empty <loc>', '<loc>', begun, list))
      else entries.push(goodEntry({ url }, begun, list))
    },
  }
}
