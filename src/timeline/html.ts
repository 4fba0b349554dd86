import { describeBar } from './describe-bar.js'
import { escapeMarkup, escapeScriptJson } from './escape.js'
import { finding } from './finding.js'
import { comparisonCells, type ComparisonRow, type TableOptions } from './table.js'
import { DOWNLOADS, timelineLayout, type TimelineOptions } from './layout.js'
import { drawTimeline } from './svg.js'
import { timelineStyle } from './style.js'
import { rowsOf, type TimelineRun } from './timeline.js'
import { PAGE_SCRIPT, PAGE_STYLE } from './page.js'

/** What the caller may choose about the page. */
export interface TimelineHtmlOptions extends Pick<TimelineOptions, 'noun'>, TableOptions {
  /** Shown as a table under the picture. */
  readonly table?: readonly ComparisonRow[]
  /** Sentences under the table: where it was measured, what a column means. */
  readonly notes?: readonly string[]
}

/** Pixels: the picture for a screen, and the one for a telephone. */
const WIDE = 1000
const NARROW = 380

/**
 * A complete HTML page with the timeline: nothing is loaded from anywhere, so it works offline and from a mail. Pointing at a flag shows
 * its numbers in every style; without scripts the browser's own tooltips do. Light and dark, wide and narrow, and all numbers as a table.
 * @throws TypeError when there is no run, or a time is not a finite number.
 */
export function timelineHtml(runs: readonly TimelineRun[], options: TimelineHtmlOptions = {}): string {
  const { noun = DOWNLOADS, table, notes = [] } = options
  const { title, reason } = finding(runs, noun)
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeMarkup(title)}</title>`,
    `<style>${PAGE_STYLE}\n${timelineStyle()}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escapeMarkup(title)}</h1>`,
    reason === '' ? '' : `<p class="lead">${escapeMarkup(reason)}</p>`,
    picture('wide', WIDE),
    picture('narrow', NARROW),
    table === undefined ? '' : tableHtml(table, options),
    ...notes.map((note) => `<p class="note">${escapeMarkup(note)}</p>`),
    numbersHtml(runs),
    '</main>',
    '<div id="tip" role="status" hidden></div>',
    `<script type="application/json" id="numbers">${escapeScriptJson(numbers(runs))}</script>`,
    `<script>${PAGE_SCRIPT}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')

  function picture(name: string, width: number): string {
    const layout = timelineLayout(runs, { width, noun, bare: true })
    const size = `width="${width}" height="${layout.height}" viewBox="0 0 ${width} ${layout.height}"`
    return `<svg xmlns="http://www.w3.org/2000/svg" class="timeline ${name}" ${size} role="img" aria-label="${escapeMarkup(title)}">\n${drawTimeline(layout, `hatch-${name}`)}\n</svg>`
  }
}

/** The lines to show for each row of the picture: one entry per style. */
function numbers(runs: readonly TimelineRun[]): { readonly name: string; readonly lines: readonly string[] }[][] {
  return rowsOf(runs).map((row) =>
    runs.flatMap((run) => {
      const bar = run.bars[rowsOf([run]).indexOf(row)]
      return bar === undefined ? [] : [{ name: run.name, lines: describeBar(bar) }]
    }),
  )
}

function tableHtml(rows: readonly ComparisonRow[], options: TableOptions): string {
  const { head, body } = comparisonCells(rows, options)
  const lines = body.map(({ cells: texts, failure }) =>
    failure === undefined
      ? `<tr>${rowCells('td', texts)}</tr>`
      : `<tr><th scope="row">${escapeMarkup(texts[0] ?? '')}</th><td class="failed" colspan="${head.length - 1}">failed: ${escapeMarkup(failure)}</td></tr>`,
  )
  return `<table class="summary"><thead><tr>${rowCells('th', head)}</tr></thead><tbody>${lines.join('')}</tbody></table>`
}

function rowCells(tag: 'th' | 'td', texts: readonly string[]): string {
  const [first = '', ...others] = texts.map(escapeMarkup)
  return `<th scope="${tag === 'th' ? 'col' : 'row'}">${first}</th>${others.map((text) => `<${tag}>${text}</${tag}>`).join('')}`
}

/** Every bar as text: for screen readers, for copying, for whoever has no pointer. */
function numbersHtml(runs: readonly TimelineRun[]): string {
  const lists = runs.map((run) => {
    const items = run.bars.map((bar) => {
      const [label = '', ...lines] = describeBar(bar)
      return `<li><b>${escapeMarkup(label)}</b> ${escapeMarkup(lines.join(', '))}</li>`
    })
    return `<section><h2>${escapeMarkup(run.name)}</h2><ol>${items.join('')}</ol></section>`
  })
  return `<details><summary>All numbers</summary>${lists.join('')}</details>`
}
