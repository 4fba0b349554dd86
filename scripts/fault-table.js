// Writes the tables of faults in docs/flag-server.md from the table in the code; run it after a change there. `--check` only says whether the page is up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { FAULTS } from 'halyard/flag-server'

const page = new URL('../docs/flag-server.md', import.meta.url)
const [start, end] = ['<!-- faults: written by scripts/fault-table.js -->', '<!-- end of faults -->']
const titles = {
  which: 'Which requests fail',
  failure: 'What goes wrong, for the requests so chosen',
  pace: 'How fast, for every request',
  content: 'What is served, for every request',
}

const cell = (text) => text.replaceAll('|', '\\|')

function table(role) {
  const rows = FAULTS.filter((row) => row.role === role).map(({ query, expected, doc, example }) =>
    [`\`${query}\``, cell(expected), cell(doc), `\`?${example}\``].join(' | '),
  )
  return [
    `### ${titles[role]}`,
    '',
    '| parameter | value | what it does | example |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n')
}

const before = readFileSync(page, 'utf8')
const [head, tail] = [before.slice(0, before.indexOf(start)), before.slice(before.indexOf(end))]
const after = `${head}${start}\n\n${Object.keys(titles).map(table).join('\n\n')}\n\n${tail}`

if (!process.argv.includes('--check')) writeFileSync(page, after)
else if (after !== before) {
  process.stderr.write('docs/flag-server.md does not show the faults as they are. Run: node scripts/fault-table.js\n')
  process.exit(1)
}
