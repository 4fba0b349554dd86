/** What the pages say of codes, options and files is so. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { describe, test } from 'node:test'
import type { Command } from 'commander'
import { DOWNLOAD_PAGES, firstCells, PAGES, proseOf, textOf } from './pages.js'

const root = new URL('../../../', import.meta.url)
const cli = async <M>(file: string): Promise<M> => (await import(new URL(`dist/cli/${file}`, root).href)) as M

test('the table of failures in docs/errors.md is that of the code', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/failure-table.js', '--check'], { encoding: 'utf8' })
  assert.deepEqual([status, stderr], [0, ''])
})

test('the manual page has the commands and options of the code', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/man-page.js', '--check'], { encoding: 'utf8' })
  assert.deepEqual([status, stderr], [0, ''])
})

test('every code of a RunError is explained in docs/errors.md, and no other', () => {
  const inCode =
    textOf('src/download/errors.ts')
      .match(/'ERR_\w+'/g)
      ?.map((code) => code.slice(1, -1)) ?? []
  assert.ok(inCode.length > 4)
  assert.deepEqual(
    firstCells('docs/errors.md').filter((cell) => cell.startsWith('ERR_')),
    inCode,
  )
})

test('every exit code is in docs/exit-codes.md, with its meaning', async () => {
  const { RUN_EXITS } = await cli<typeof import('../../src/cli/exit-codes.js')>('exit-codes.js')
  const rows = Object.entries(RUN_EXITS).map(([code, meaning]) => `| ${code} | ${meaning} |`)
  assert.ok(rows.length > 8)
  assert.ok(textOf('docs/exit-codes.md').includes(`\n${rows.join('\n')}\n\n`), rows.join('\n'))
})

/** Every option of every command: `--name`, and `--no-name` for switches. */
async function allOptions(): Promise<Set<string>> {
  const makers = await Promise.all([
    cli<typeof import('../../src/cli/commands/get.js')>('commands/get.js').then((module) => module.getCommand),
    cli<typeof import('../../src/cli/commands/list.js')>('commands/list.js').then((module) => module.listCommand),
    cli<typeof import('../../src/cli/commands/status.js')>('commands/status.js').then((module) => module.statusCommand),
    cli<typeof import('../../src/cli/commands/verify.js')>('commands/verify.js').then((module) => module.verifyCommand),
  ])
  const commands: readonly Command[] = makers.map((make) => make(() => undefined))
  return new Set(['--help', ...commands.flatMap(({ options }) => options.map(({ long }) => long ?? ''))])
}

describe('the options that a page mentions exist:', async () => {
  const known = await allOptions()
  for (const page of DOWNLOAD_PAGES) {
    test(page, () => {
      const mentioned = textOf(page).match(/(?<![\w-])--[a-z][a-z\d-]*/g) ?? []
      assert.ok(mentioned.length > 0)
      assert.deepEqual(
        mentioned.filter((option) => !known.has(option)),
        [],
      )
    })
  }
})

test('the defaults that docs/politeness.md names are those of the options', async () => {
  const { GET_OPTIONS } = await cli<typeof import('../../src/cli/get/options.js')>('get/options.js')
  for (const key of ['concurrency', 'perHost', 'rate', 'perHostRate', 'limitRate'] as const) {
    const option = GET_OPTIONS[key]
    const row = textOf('docs/politeness.md')
      .split('\n')
      .find((line) => line.includes(`| \`${key}\` |`))
    assert.ok(row?.includes(`\`--${option.name}\` | \`${key}\` | ${option.standard ?? 'no limit'} |`), row)
  }
})

test('every option of halyard get is on one of the pages', async () => {
  const { GET_OPTIONS } = await cli<typeof import('../../src/cli/get/options.js')>('get/options.js')
  const pages = DOWNLOAD_PAGES.map(textOf).join('\n')
  const isThere = (option: string): boolean => new RegExp(`(?<![\\w-])${option}(?![\\w-])`).test(pages)
  const missing = Object.values(GET_OPTIONS)
    .filter(({ name, letter }) => !isThere(`--${name}`) && (letter === undefined || !isThere(`-${letter}`)))
    .map(({ name }) => name)
  assert.deepEqual(missing, [])
})

/** As GitHub makes them of headings. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

const anchorsOf = (page: string): string[] =>
  [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchor(heading))

describe('every relative link leads somewhere:', () => {
  for (const page of PAGES) {
    test(page, () => {
      const broken: string[] = []
      for (const [, target = ''] of proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue
        const [path = '', fragment] = target.split('#')
        const url = path === '' ? new URL(page, root) : new URL(path, new URL(page, root))
        if (!existsSync(url)) broken.push(target)
        else if (fragment !== undefined && statSync(url).isFile()) {
          const file = url.href.slice(root.href.length)
          if (!anchorsOf(file).includes(fragment)) broken.push(target)
        }
      }
      assert.deepEqual(broken, [])
    })
  }
})
