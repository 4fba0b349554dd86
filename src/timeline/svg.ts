import { escapeMarkup } from './escape.js'
import { describeBar } from './describe-bar.js'
import type { PanelLayout, PlacedBar, PlacedText } from './panel-layout.js'
import { timelineLayout, type KeyEntry, type TimelineLayout, type TimelineOptions } from './layout.js'
import { timelineStyle } from './style.js'
import type { TimelineRun } from './timeline.js'

/**
 * Draws runs of one job as bars on one time axis: a complete SVG document, light or dark as the reader's system is. Hovering a bar
 * shows its numbers.
 * @throws TypeError when there is no run, or a time is not a finite number.
 */
export function timelineSvg(runs: readonly TimelineRun[], options: TimelineOptions = {}): string {
  const layout = timelineLayout(runs, options)
  const { width, height } = layout
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" class="timeline" role="img">`,
    `<title>${escapeMarkup(layout.title)}</title>`,
    `<desc>${escapeMarkup(layout.reason)}</desc>`,
    `<style>${timelineStyle()}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    drawTimeline(layout, 'halyard-hatch'),
    '</svg>',
    '',
  ].join('\n')
}

/**
 * The marks of a placed timeline, without the document around them.
 * @param hatch - id of the hatching, unique in the document: where an element of that id is hidden, nothing can be filled with it
 */
export function drawTimeline(layout: TimelineLayout, hatch: string): string {
  return [
    // Lines at an angle say "not a bar" in black and white too.
    `<defs><pattern id="${hatch}" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
      '<rect class="hatch" width="1.2" height="4"/></pattern></defs>',
    ...layout.texts.map(drawText),
    ...layout.key.map((entry) => drawKey(entry, hatch)),
    ...[...layout.panels, ...layout.magnified].map((panel) => drawPanel(panel, hatch)),
  ].join('\n')
}

function drawPanel(panel: PanelLayout, hatch: string): string {
  const { plot } = panel
  const foot = plot.y + plot.height
  const rows = Math.round(plot.height / panel.rowHeight)
  const lines = plot.height === 0 ? [] : panel.grid.map((x) => line('grid', x, plot.y, x, foot))
  const ready = panel.ready === undefined ? [] : [rectangle('ready', plot.x, plot.y, panel.ready - plot.x, plot.height, hatch)]
  const end = panel.run.failure === undefined && plot.height > 0 ? [line('end', panel.end, plot.y - 2, panel.end, foot + 2)] : []
  return [
    `<g class="panel">`,
    // Invisible, but something to point at between the bars.
    `<rect class="plot" x="${px(panel.x)}" y="${px(plot.y)}" width="${px(plot.x + plot.width - panel.x)}" height="${px(plot.height)}" data-rows="${rows}"/>`,
    ...ready,
    ...lines,
    `<g class="bars" stroke-width="${px(Math.min(1, panel.rowHeight / 5))}">`,
    ...panel.bars.map(drawBar),
    '</g>',
    ...end,
    ...panel.texts.map(drawText),
    '</g>',
  ].join('\n')
}

function drawBar(placed: PlacedBar): string {
  const { y, height, waiting, connecting, server, body, bar } = placed
  const middle = y + height / 2
  const box = (name: string, [from, to]: readonly [number, number], share = 1): string =>
    to - from < 0.005 ? '' : rectangle(name, from, middle - (height * share) / 2, to - from, height * share)
  const wait = waiting[1] - waiting[0] < 0.005 ? '' : line('waiting', waiting[0], middle, waiting[1], middle)
  const marks =
    placed.status === 'ok'
      ? box('connecting', connecting, 0.4) + box('server', server) + box('body', body)
      : box(placed.status, [connecting[0], body[1]])
  return `<g class="bar" data-row="${placed.row}"><title>${escapeMarkup(describeBar(bar).join('\n'))}</title>${wait}${marks}</g>`
}

function drawKey({ mark, x, y, width, text }: KeyEntry, hatch: string): string {
  const half = mark === 'connecting' ? 2 : 5
  const sample =
    mark === 'waiting'
      ? line('waiting', x, y, x + width, y)
      : rectangle(mark, x, y - half, width, 2 * half, mark === 'ready' ? hatch : undefined)
  return sample + drawText(text)
}

function drawText({ text, x, y, size, anchor, role }: PlacedText): string {
  const at = anchor === 'start' ? '' : ` text-anchor="${anchor}"`
  return `<text class="${role}" x="${px(x)}" y="${px(y)}" font-size="${size}"${at}>${escapeMarkup(text)}</text>`
}

function rectangle(name: string, x: number, y: number, width: number, height: number, pattern?: string): string {
  const fill = pattern === undefined ? '' : ` fill="url(#${pattern})"`
  return `<rect class="${name}"${fill} x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"/>`
}

function line(name: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<path class="${name}" d="M${px(x1)} ${px(y1)}L${px(x2)} ${px(y2)}"/>`
}

/** Two decimals are a hundredth of a pixel: enough, and a third of the size. */
function px(value: number): string {
  return String(Math.round(value * 100) / 100)
}
