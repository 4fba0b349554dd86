/**
 * The heads of members in a tar archive: ustar, as in POSIX 1003.1-2001, and before it a pax header where a name or a length does not fit.
 * The same name and length always make the same bytes: no time, no owner, no rights but to read and, for the owner, to write.
 */

/** Everything in an archive begins at a multiple of it. */
export const BLOCK = 512

/** What stands at the end of an archive. */
export const END: Uint8Array = Buffer.alloc(2 * BLOCK)

const NAME_BYTES = 100
/** Eleven octal digits. */
const MOST_BYTES = 0o77777777777
const SIZE_AT = 124
const CHECKSUM_AT = 148
const TYPE_AT = 156

/** Where each text of a head begins; a NUL ends it. The checksum is computed as if it were blanks. */
const TEXTS: readonly (readonly [at: number, text: string])[] = [
  [NAME_BYTES, '0000644'],
  [108, '0000000'],
  [116, '0000000'],
  [136, '00000000000'],
  [CHECKSUM_AT, '        '],
  [257, 'ustar'],
  [263, '00'],
  [329, '0000000'],
  [337, '0000000'],
]
const TEMPLATE = Buffer.alloc(BLOCK)
for (const [at, text] of TEXTS) TEMPLATE.write(text, at, 'latin1')
const TEMPLATE_SUM = sumOf(TEMPLATE, 0, BLOCK)

/** Bytes that follow a body of so many, up to the next block. */
export function paddingOf(bytes: number): number {
  return (BLOCK - (bytes % BLOCK)) % BLOCK
}

/** What stands before the body of a member. */
export function memberHead(name: string, bytes: number): Buffer {
  const raw = Buffer.from(name)
  const isPlain = raw.length === name.length && raw.length <= NAME_BYTES
  if (isPlain && bytes <= MOST_BYTES) return header(raw, bytes, '0')
  const facts = Buffer.from((isPlain ? '' : paxLine('path', name)) + (bytes > MOST_BYTES ? paxLine('size', String(bytes)) : ''))
  return Buffer.concat([
    header(Buffer.from('PaxHeader'), facts.length, 'x'),
    facts,
    Buffer.alloc(paddingOf(facts.length)),
    // For programs that know no pax; those that do take the name from above.
    header(raw.subarray(0, NAME_BYTES), Math.min(bytes, MOST_BYTES), '0'),
  ])
}

function header(name: Uint8Array, bytes: number, type: '0' | 'x'): Buffer {
  const block = Buffer.from(TEMPLATE)
  block.set(name, 0)
  block.write(bytes.toString(8).padStart(11, '0'), SIZE_AT, 'latin1')
  block.write(type, TYPE_AT, 'latin1')
  // All the rest is that of the template.
  const sum =
    TEMPLATE_SUM + sumOf(block, 0, name.length) + sumOf(block, SIZE_AT, SIZE_AT + 11) + sumOf(block, TYPE_AT, TYPE_AT + 1)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM_AT, 'latin1')
  return block
}

function sumOf(block: Uint8Array, from: number, end: number): number {
  let sum = 0
  for (let at = from; at < end; at += 1) sum += block[at] ?? 0
  return sum
}

/** `LENGTH key=value\n`; the length counts itself. */
function paxLine(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + 1
  while (String(length).length + rest !== length) length = String(length).length + rest
  return `${length} ${key}=${value}\n`
}
