/** The programs in the pages are programs: they compile, with all that the package's own code is held to. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { codeBlocks, PAGES } from './pages.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Whole programs: they begin with what they import, leave nothing out, and need no file beside them. */
function programs(): { readonly name: string; readonly code: string }[] {
  return PAGES.flatMap((page) =>
    codeBlocks(page)
      .filter(({ language, code }) => language === 'ts' && code.startsWith('import ') && !/…|from '\.\//.test(code))
      .map(({ code }, index) => ({ name: `${page.replaceAll(/\W/g, '-')}-${index + 1}.ts`, code })),
  )
}

test('every whole program in the pages compiles', (t) => {
  // Below the package, so that it finds itself by its name.
  mkdirSync(join(root, 'build'), { recursive: true })
  const folder = mkdtempSync(join(root, 'build', 'pages-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const files = programs()
  assert.ok(files.length >= 6, `${files.length} programs`)
  for (const { name, code } of files) writeFileSync(join(folder, name), code)
  const compilerOptions = { composite: false, declaration: false, noEmit: true, rootDir: '.' }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.base.json', compilerOptions, include: ['.'] }),
  )
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
  assert.deepEqual([status, stdout], [0, ''])
})
