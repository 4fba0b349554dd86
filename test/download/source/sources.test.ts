import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describeSourceContract, type List, type MakeSource } from 'halyard/contracts'
import { parquetWriteBuffer } from 'hyparquet-writer'
import type { SourceOptions } from '../../../src/download/source/open-source.js'
import type { Source } from '../../../src/download/source/source.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { writeList } from './read-source.js'
import { givenSource, openSource } from './source-modules.js'

/** The lines of a list, the bad one among them. */
function linesOf({ urls, badAt }: List, bad: string, line: (url: string) => string): string[] {
  const lines = urls.map(line)
  if (badAt !== undefined) lines.splice(badAt, 0, bad)
  return lines
}

type Write = (list: List) => string | Uint8Array

const urlElement = (url: string): string => `<url><loc>${url}</loc></url>`
const fileElement = (url: string): string => `<file name="f"><url>${url}</url></file>`

const FORMATS: readonly (readonly [file: string, write: Write])[] = [
  ['list.txt', (list) => `# comment\r\n\n${linesOf(list, 'x'.repeat(70_000), (url) => url).join('\r\n')}`],
  ['list.csv', (list) => `id,URL,text\n${linesOf(list, '1,2', (url) => `1,${url},"a ""b"", c"`).join('\n')}\n`],
  ['list.tsv', (list) => `url\ttext\n${linesOf(list, 'lone', (url) => `${url}\t"a`).join('\n')}\n`],
  ['list.jsonl', (list) => `${linesOf(list, '{"url":', (url) => JSON.stringify({ url })).join('\n')}\n`],
  ['list.meta4', (list) => `<metalink>\n${linesOf(list, '<file name="none"/>', fileElement).join('\n')}\n</metalink>`],
  ['sitemap.xml', (list) => `<urlset>\n${linesOf(list, '<url><loc/></url>', urlElement).join('\n')}\n</urlset>`],
]

const fromFile =
  (file: string, write: Write, options: SourceOptions = {}): MakeSource =>
  (list, t) =>
    openSource({ ...options, inputs: [writeList(temporaryFolder(t), file, write(list))] })

for (const [file, write] of FORMATS) {
  describeSourceContract(file, fromFile(file, write))
  describeSourceContract(
    `${file}.gz`,
    fromFile(`${file}.gz`, (list) => gzipSync(write(list))),
  )
  const format = { xml: 'sitemap', meta4: 'metalink' }[file.split('.')[1] ?? ''] ?? file.split('.')[1]
  describeSourceContract(
    `${file} on standard input`,
    (list) => {
      const bytes = Buffer.from(write(list))
      const chunks = Array.from({ length: Math.ceil(bytes.length / 10_000) }, (_, index) =>
        bytes.subarray(index * 10_000, (index + 1) * 10_000),
      )
      return openSource({ inputs: ['-'], stdin: Readable.from(chunks), format: format as 'txt' })
    },
    { comesOnce: 'a stream' },
  )
}

describeSourceContract('list.parquet', ({ urls, badAt }, t) => {
  const folder = temporaryFolder(t)
  const rows: (string | null)[] = [...urls]
  if (badAt !== undefined) rows.splice(badAt, 0, null)
  const columnData = [{ name: 'URL', data: rows, type: 'STRING' as const }]
  const path = join(folder, 'list.parquet')
  writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 700 })))
  return openSource({ inputs: [path] })
})

describeSourceContract('several lists', async ({ urls, badAt }, t) => {
  const folder = temporaryFolder(t)
  const half = Math.ceil(urls.length / 2)
  const [txt, , , jsonl] = FORMATS
  const first = txt?.[1]({ urls: urls.slice(0, half), ...(badAt === undefined ? {} : { badAt }) }) ?? ''
  const second = jsonl?.[1]({ urls: urls.slice(half) }) ?? ''
  const inputs = [writeList(folder, 'a.txt', first), writeList(folder, 'b.jsonl', second)]
  // Lines of two lists have the numbers of two lists; here only one list has them.
  return inOneNumbering(await openSource({ inputs }))
})

function inOneNumbering(source: Source): Source {
  return {
    ...source,
    async *batches(signal) {
      let line = 0
      for await (const batch of source.batches(signal)) yield batch.map((entry) => ({ ...entry, line: (line += 1) }))
    },
  }
}

describeSourceContract('globs', ({ urls }) => openSource({ urls }), {
  badLines: 'every word is a URL for makeJob to judge',
  emptyList: 'nothing named is a mistake',
})

const noUrl = { nothing: true } as unknown as string
const withBad = ({ urls, badAt }: List): string[] => (badAt === undefined ? [...urls] : urls.toSpliced(badAt, 0, noUrl))

describeSourceContract('an array', (list) => givenSource(withBad(list)))
const once = { comesOnce: 'a generator' }
describeSourceContract('a generator', (list) => givenSource(withBad(list).values()), once)
describeSourceContract('an async generator', (list) => givenSource(Readable.from(withBad(list)) as AsyncIterable<string>), once)
