/** Names a hostile list, URL or header might hold, for property tests. */
import * as fc from 'fast-check'

const FRAGMENTS: readonly string[] = [
  '..', '.', '/', '\\', '../', '..\\', './', '//', '\\\\?\\', '%2f', '%5c', '%00', '%2e%2e', '%',
  '~', '~root', '-', '--', '-rf', '*', '?', ':', '|', '<', '>', '"', "'", '`', '$(x)', ';', '&', '#', '!',
  'C:', 'c:x', 'a.txt:evil', '::$DATA', 'CON', 'con', 'nul', 'nul.txt', 'NUL .x', 'PRN', 'aux', 'COM1', 'com¹', 'LPT9.tar.gz', 'conin$', 'CLOCK$',
  ' ', '\t', '\r\n', '\n', '\0', '\x07', '\x1b[31m', '\x7f', '\x85', '\x9b',
  '\u00ad', '\u034f', '\u061c', '\u200b', '\u200d', '\u200e', '\u2028', '\u2029', '\u202e', '\u2066', '\u2060', '\u3164', '\ufeff', '\ufe0f', '\uffff', '\u{e0041}', '\u{1d173}',
  '\u00a0', '\u3000', '\u2003', 'é', 'e\u0301', '\u0301', 'Å', '\u212b', '\u212a', 'ß', 'İ', 'ﬁ', '가', '각', '漢字', '😀', '👨‍👩‍👧', '🇧🇷', '\ud800', '\udc00', '\u2260', '=\u0338', '<\u0338', '\uff0f', '\uff0e',
  '.htaccess', '.bash_profile', '.halyard', '.a.gif.1.part', 'a', 'b.gif', 'x.tar.gz', '.gz', '.tar', 'index.html', '__proto__', 'file:', 'etc/passwd', '/etc/passwd',
  'n'.repeat(254), 'n'.repeat(256), 'é'.repeat(130), '😀'.repeat(70), 'a/'.repeat(300), '.'.repeat(300), ' '.repeat(300), `.${'e'.repeat(300)}`,
] // prettier-ignore

/** Mostly made of what has hurt others, partly of anything at all. */
export const hostileName: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 8 }).map((parts) => parts.join('')) },
  // Not `unit: 'binary'`, which makes a table of all of Unicode first, in a second.
  {
    weight: 1,
    arbitrary: fc
      .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 40 })
      .map((points) => String.fromCodePoint(...points)),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 300 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 }).map((codes) => String.fromCharCode(...codes)),
  },
)
