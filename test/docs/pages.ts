/** The pages that people read, and what is in them. */
import { readdirSync, readFileSync } from 'node:fs'

const root = new URL('../../../', import.meta.url)

/** Everything in Markdown that is not generated or kept as it was: paths from the root. */
export const PAGES: readonly string[] = [
  'README.md',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'bench/README.md',
  'examples/README.md',
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

/** The pages about downloads. */
export const DOWNLOAD_PAGES: readonly string[] = ['downloads', 'resume', 'politeness', 'safety', 'exit-codes', 'errors'].map(
  (name) => `docs/${name}.md`,
)

/** The text of a page. */
export function textOf(page: string): string {
  return readFileSync(new URL(page, root), 'utf8')
}

export interface CodeBlock {
  /** What is written after the three backticks: `ts`, `sh`, or nothing. */
  readonly language: string
  readonly code: string
}

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm

export function codeBlocks(page: string): CodeBlock[] {
  return [...textOf(page).matchAll(FENCE)].map(([, language = '', code = '']) => ({ language, code }))
}

/** The page without its code blocks. */
export function proseOf(page: string): string {
  return textOf(page).replaceAll(FENCE, '')
}

/** The first cells of the rows of its tables, backticks removed. */
export function firstCells(page: string): string[] {
  return [...proseOf(page).matchAll(/^\| `?([^|`]+)`? \|/gm)].map(([, cell = '']) => cell.trim())
}
