// Writes the table of failures in docs/errors.md from the table in the code; run it after a change there. `--check` only says whether the page is up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { FAILURES, HTTP_FAILURES } from 'halyard'

const page = new URL('../docs/errors.md', import.meta.url)
const [start, end] = ['<!-- failures: written by scripts/failure-table.js -->', '<!-- end of failures -->']

const rows = Object.entries(FAILURES).map(([code, { kind, what, todo }]) => `| \`${code}\` | ${kind} | ${what} | ${todo} |`)
const table = ['| code | kind | what happened | what to do |', '|---|---|---|---|', ...rows].join('\n')

const httpRows = HTTP_FAILURES.map(({ statuses, what, todo }) => {
  const named = statuses.map((status) => (status < 10 ? `${status}xx` : status)).join(', ')
  return `| ${named} | ${what} | ${todo} |`
})
const httpTable = ['| `HTTP_` and | what happened | what to do |', '|---|---|---|', ...httpRows].join('\n')

const before = readFileSync(page, 'utf8')
const [from, to] = [before.indexOf(start), before.indexOf(end)]
const after = `${before.slice(0, from)}${start}\n\n${table}\n\n${httpTable}\n\n${before.slice(to)}`

if (!process.argv.includes('--check')) writeFileSync(page, after)
else if (after !== before) {
  process.stderr.write('docs/errors.md does not show the failures as they are. Run: node scripts/failure-table.js\n')
  process.exit(1)
}
