/** The fixed parts of the page: its style sheet and its script. */

export const PAGE_STYLE = `
:root { color-scheme: light dark; --paper: #fff; --text: #17202a; --quiet: #5b6570; --line: #dfe3e7; --error: #b3261e }
@media (prefers-color-scheme: dark) { :root { --paper: #14181d; --text: #e8eaed; --quiet: #9aa4ae; --line: #333b44; --error: #ff8a80 } }
@media print { :root { --paper: #fff; --text: #17202a; --quiet: #5b6570; --line: #dfe3e7; --error: #b3261e } details { display: none } }
body { margin: 0; background: var(--paper); color: var(--text); font: 15px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif }
main { max-width: 1000px; margin: 0 auto; padding: 16px 0 32px }
h1, .lead, .summary, .note, details { margin: 0 16px }
h1 { font-size: 24px; line-height: 1.25; text-wrap: balance }
.lead { margin-top: 6px; color: var(--quiet); max-width: 46em }
.summary { margin-top: 20px; border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px }
.summary th, .summary td { padding: 3px 22px 3px 0; text-align: right; font-weight: 400 }
.summary thead th { color: var(--quiet); border-bottom: 1px solid var(--line); vertical-align: bottom }
.summary th:first-child, .summary .failed { text-align: left }
.summary tbody th { font-weight: 700 }
/* No width of its own, so that a long message does not pull the columns apart. */
.summary .failed { color: var(--error); max-width: 0 }
.note { margin-top: 6px; color: var(--quiet); font-size: 13px; max-width: 60em }
svg { display: block; width: 100%; height: auto; margin-top: 12px }
svg.narrow { display: none }
@media (max-width: 640px) { svg.wide { display: none } svg.narrow { display: block } .summary th, .summary td { padding-right: 12px } h1 { font-size: 21px } }
details { margin-top: 20px; font-size: 13px; font-variant-numeric: tabular-nums }
summary { cursor: pointer; color: var(--quiet) }
h2 { font-size: 15px; margin: 14px 0 4px }
ol { margin: 0; padding-left: 2.6em }
svg.marked .bar { opacity: .28 }
svg.marked .bar.same { opacity: 1 }
#tip { position: fixed; z-index: 1; max-width: min(36em, 92vw); padding: 8px 12px; background: var(--text); color: var(--paper); border-radius: 6px; font-size: 12.5px; line-height: 1.4; font-variant-numeric: tabular-nums; pointer-events: none }
#tip[hidden] { display: none }
#tip h3 { margin: 0 0 2px; font-size: 14px }
#tip p { margin: 4px 0 0 }
`

/**
 * Points out one call in every style at once. The script finds the row by height, not by what is under the pointer, so that rows thinner
 * than a pixel can be pointed at too. It writes text only with textContent.
 */
export const PAGE_SCRIPT = `
'use strict'
const numbers = JSON.parse(document.getElementById('numbers').textContent)
const tip = document.getElementById('tip')
const bars = [...document.querySelectorAll('svg .bar')]
// The tooltips of the browser are for readers without scripts.
for (const title of document.querySelectorAll('svg .bar > title')) title.remove()
let shown
function line(tag, text) {
  const element = document.createElement(tag)
  element.textContent = text
  return element
}
function show(row, event) {
  if (row !== shown) {
    shown = row
    for (const bar of bars) bar.classList.toggle('same', bar.dataset.row === row)
    for (const svg of document.querySelectorAll('svg')) svg.classList.toggle('marked', row !== undefined)
    tip.hidden = row === undefined
    if (row === undefined) return
    const styles = numbers[row] ?? []
    tip.replaceChildren(line('h3', styles[0]?.lines[0] ?? ''))
    for (const { name, lines } of styles) {
      const paragraph = line('p', '')
      paragraph.append(line('b', name), ' ' + lines[1], document.createElement('br'), lines[2])
      tip.append(paragraph)
    }
  }
  if (row === undefined) return
  const { width, height } = tip.getBoundingClientRect()
  const left = Math.max(4, Math.min(event.clientX + 16, innerWidth - width - 4))
  const below = event.clientY + 16
  tip.style.left = left + 'px'
  tip.style.top = Math.max(4, below + height > innerHeight ? event.clientY - height - 12 : below) + 'px'
}
function rowAt(event) {
  const plot = event.target.closest?.('svg')?.querySelectorAll('.plot') ?? []
  for (const area of plot) {
    const { left, right, top, bottom, height } = area.getBoundingClientRect()
    const inside = event.clientX >= left && event.clientX <= right && event.clientY >= top && event.clientY < bottom
    if (inside) return String(Math.floor(((event.clientY - top) / height) * Number(area.dataset.rows)))
  }
  return undefined
}
addEventListener('pointermove', (event) => show(rowAt(event), event))
addEventListener('pointerdown', (event) => show(rowAt(event), event))
addEventListener('keydown', (event) => { if (event.key === 'Escape') show(undefined, event) })
document.documentElement.addEventListener('pointerleave', (event) => show(undefined, event))
`
