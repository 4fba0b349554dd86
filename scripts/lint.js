// Every static check, one after the other; all of them run even if one fails, so that one look shows everything.
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(fileURLToPath(new URL('..', import.meta.url)))
const bin = (name) => join(root, 'node_modules', '.bin', name)
const checks = {
  lint: [bin('oxlint'), '--type-aware', '--deny-warnings', 'src', 'test', 'examples', 'scripts', 'bench'],
  format: [bin('oxfmt'), '--check', '.'],
  types: [bin('tsc'), '-b', '--pretty', 'false'],
  'unused code': [bin('knip')],
  package: [bin('publint'), '--strict'],
  'package types': [bin('attw'), '--pack', '.', '--profile', 'esm-only'],
}
const fix = process.argv.includes('--fix')
if (fix) {
  checks.lint.push('--fix')
  checks.format.splice(1, 1, '--write')
}

let failed = 0
for (const [name, [command, ...args]] of Object.entries(checks)) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'}  ${name}\n`)
  if (status !== 0) {
    failed += 1
    process.stdout.write(`${stdout ?? ''}${stderr ?? ''}\n`)
  }
}
process.exit(failed === 0 ? 0 : 1)
