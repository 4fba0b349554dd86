/**
 * Colours. Each tone is told from the others by lightness alone, so that the picture survives a black and white printer and any kind of
 * colour blindness; what went wrong also differs in shape. Plain declarations, no variables: some viewers of SVG know none.
 */
interface Palette {
  readonly paper: string
  readonly text: string
  readonly quiet: string
  readonly grid: string
  readonly waiting: string
  readonly server: string
  readonly code: string
  readonly body: string
  readonly error: string
}

const LIGHT: Palette = {
  paper: '#ffffff',
  text: '#17202a',
  quiet: '#5b6570',
  grid: '#e7eaed',
  waiting: '#c3c9cf',
  server: '#a9c8e6',
  code: '#12304d',
  body: '#0f4c81',
  error: '#b3261e',
}

const DARK: Palette = {
  paper: '#14181d',
  text: '#e8eaed',
  quiet: '#9aa4ae',
  grid: '#272d34',
  waiting: '#454d56',
  server: '#2f5f8c',
  code: '#e6f1fb',
  body: '#9fd0ff',
  error: '#ff8a80',
}

/** Style sheet of a timeline: light, dark if the system is, light again on paper. */
export function timelineStyle(): string {
  return [
    `.timeline text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-variant-numeric:tabular-nums}`,
    `.timeline .title,.timeline .name,.timeline .total{font-weight:700}`,
    `.timeline .plot{fill:none;pointer-events:all}`,
    `.timeline path{fill:none}.timeline .grid{stroke-width:1}.timeline .end{stroke-width:1.5}`,
    `.timeline .not-found{stroke-width:1;stroke-dasharray:3 2}`,
    `.timeline .code-beside{paint-order:stroke;stroke-width:3;stroke-linejoin:round}`,
    colours(LIGHT),
    `@media (prefers-color-scheme:dark){${colours(DARK)}}`,
    `@media print{${colours(LIGHT)}}`,
  ].join('\n')
}

function colours(palette: Palette): string {
  const { paper, text, quiet, grid, waiting, server, code, body, error } = palette
  return [
    `.timeline .paper{fill:${paper}}`,
    `.timeline text{fill:${text}}`,
    `.timeline .how,.timeline .reason,.timeline .row,.timeline .tick,.timeline .legend,.timeline .faster{fill:${quiet}}`,
    `.timeline .code{fill:${code}}`,
    `.timeline .code-on-error{fill:${paper}}`,
    `.timeline .code-beside{stroke:${paper}}`,
    `.timeline .failure{fill:${error}}`,
    `.timeline .grid{stroke:${grid}}`,
    `.timeline .end{stroke:${text}}`,
    `.timeline .waiting{stroke:${waiting}}`,
    `.timeline .hatch{fill:${waiting}}`,
    `.timeline .connecting,.timeline .server{fill:${server}}`,
    `.timeline .body{fill:${body}}`,
    `.timeline .error{fill:${error}}`,
    `.timeline .not-found{fill:none;stroke:${quiet}}`,
  ].join('')
}
