// Tables for the terminal, no wider than 100 columns, and inside a code fence for summary.md, as wide as they are.

/**
 * @typedef {{ label: string, cells: string[] } | { label: string, note: string }} Row one contender: its numbers, or why it has none
 * @typedef {{ title: string, columns: string[], rows: Row[], notes?: string[] }} Table `columns` names the label first, then the cells; none where every row has a note
 */

/** @param {Table} table @param {number} [maxWidth] what is longer is cut */
export function formatTable({ title, columns, rows, notes = [] }, maxWidth = 100) {
  const lines = [columns, ...rows.filter((row) => 'cells' in row).map(({ label, cells }) => [label, ...cells])]
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i].length)))
  widths[0] = Math.max(widths[0] ?? 0, ...rows.map(({ label }) => label.length))
  const align = (line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')
  return [
    title,
    ...(columns.length === 0 ? [] : [align(columns), widths.map((width) => '-'.repeat(width)).join('  ')]),
    ...rows.map((row) => ('cells' in row ? align([row.label, ...row.cells]) : `${row.label.padEnd(widths[0])}  ${row.note}`)),
    ...notes,
  ]
    .map((line) => (line.length > maxWidth ? `${line.slice(0, maxWidth - 1)}…` : line).trimEnd())
    .join('\n')
}
