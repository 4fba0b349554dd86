/** The picture in docs/politeness.md: what `auto` does on three servers. Drawn from simulated runs; the same every time. */
import { AUTO, type AutoRun, fixedAt, type Place, run, speed } from './auto-runs.js'
import { always, bucket, processor, queueing, refusing } from './servers.js'

interface Panel {
  readonly title: string
  readonly place: () => Place
  readonly fixed: readonly number[]
  readonly files: number
  /** s, files per second, and at once: the ends of the axes. */
  readonly axes: readonly [seconds: number, speed: number, crowd: number]
}

const PANELS: readonly Panel[] = [
  {
    title: 'A fast server near by: this processor is the limit',
    place: () => processor(queueing(16, always(1)), 0.5),
    fixed: [1, 4, 8, 32],
    files: 4000,
    axes: [2, 3000, 32],
  },
  {
    title: '200 ms away, 256 at once, 503 for the rest',
    place: () => ({ server: refusing(256, { ms: (random) => 190 + 20 * random() }, { ms: 20, code: 'HTTP_503' }) }),
    fixed: [64, 128, 256],
    files: 12_000,
    axes: [10, 1600, 320],
  },
  {
    title: '429 above 20 requests a second',
    place: () => ({ server: bucket(20, 20, 10, { retryAfter: 1000 }) }),
    fixed: [1, 4, 8],
    files: 1000,
    axes: [60, 40, 16],
  },
]

const [WIDTH, HEIGHT, LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT, STEP] = [960, 300, 52, 58, 226, 170, 316]
/** Points of a line. */
const POINTS = 60

/** The whole picture, as SVG. */
export function autoPicture(): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    '<title>What -j auto does on three servers</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...PANELS.flatMap((panel, i) => drawPanel(panel, LEFT + i * STEP)),
    ...key(),
    '</svg>',
    '',
  ].join('\n')
}

function drawPanel({ title, place, fixed, files, axes: [seconds, fastest, most] }: Panel, left: number): string[] {
  const auto = run(place(), AUTO, files)
  const [best, jobs] = bestOf(fixed.map((at) => [speed(run(place(), fixedAt(at), files), 0, files), at]))
  const x = (at: number): string => round(left + (PLOT_WIDTH * Math.min(at, seconds * 1000)) / (seconds * 1000))
  const y = (share: number): string => round(TOP + PLOT_HEIGHT * (1 - Math.min(1, share)))
  const right = left + PLOT_WIDTH
  const bottom = TOP + PLOT_HEIGHT
  const end = Math.min(auto.time, seconds * 1000)
  const bins = Array.from({ length: POINTS }, (_, i) => ({ from: (end * i) / POINTS, to: (end * (i + 1)) / POINTS }))
  const done = bins.map(({ from, to }) => rateAround((from + to) / 2, end / 40, end, auto))
  const crowd = bins.map(({ from, to }) => Math.max(0, ...within(auto.crowd, from, to).map(({ inFlight }) => inFlight)))
  const line = (values: readonly number[], top: number): string =>
    values.map((value, i) => `${x((bins[i]!.from + bins[i]!.to) / 2)},${y(value / top)}`).join(' ')
  const share = ((100 * auto.refusals.length) / auto.requests.length).toFixed(1)
  return [
    `<text x="${left}" y="20" font-weight="bold">${title}</text>`,
    `<text x="${left}" y="38" fill="#444">${whole(speed(auto, 0, files))} files/s, best fixed (-j ${jobs}) ${whole(best)}; ${share} % refused</text>`,
    ...[0, 0.5, 1].flatMap((part) => [
      `<path d="M${left} ${y(part)}H${right}" stroke="#ddd"/>`,
      `<text x="${left - 6}" y="${y(part)}" dy="4" text-anchor="end" fill="#1a6">${whole(fastest * part)}</text>`,
      `<text x="${right + 6}" y="${y(part)}" dy="4" fill="#25c">${whole(most * part)}</text>`,
      `<text x="${x(seconds * 1000 * part)}" y="${bottom + 18}" text-anchor="middle" fill="#444">${seconds * part} s</text>`,
    ]),
    `<path d="M${left} ${y(best / fastest)}H${right}" stroke="#1a6" stroke-dasharray="4 4"/>`,
    `<polyline points="${line(done, fastest)}" fill="none" stroke="#1a6" stroke-width="2"/>`,
    `<polyline points="${line(crowd, most)}" fill="none" stroke="#25c" stroke-width="2"/>`,
    ...refusalsOf(auto).map((at) => `<path d="M${x(at)} ${bottom}v-9" stroke="#d22" stroke-width="2"/>`),
  ]
}

function key(): string[] {
  const entries: readonly (readonly [colour: string, dashes: string, words: string])[] = [
    ['#1a6', '', 'files per second'],
    ['#1a6', '4 4', 'the same with the best fixed number'],
    ['#25c', '', 'at once (right scale)'],
    ['#d22', '', 'refused'],
  ]
  const y = HEIGHT - 20
  const lefts = [LEFT, LEFT + 170, LEFT + 450, LEFT + 640]
  return entries.flatMap(([colour, dashes, words], i) => [
    `<path d="M${lefts[i]} ${y}h24" stroke="${colour}" stroke-width="2"${dashes === '' ? '' : ` stroke-dasharray="${dashes}"`}/>`,
    `<text x="${lefts[i]! + 32}" y="${y + 4}" fill="#444">${words}</text>`,
  ])
}

/** Files per second in the time around a moment. */
function rateAround(at: number, radius: number, end: number, { ended }: AutoRun): number {
  const [from, to] = [Math.max(0, at - radius), Math.min(end, at + radius)]
  return (within(ended, from, to).length * 1000) / (to - from)
}

/** When, in tenths of a second: several at the same moment are one mark. */
const refusalsOf = ({ refusals }: AutoRun): number[] => [...new Set(refusals.map((at) => Math.round(at / 100) * 100))]

const within = <T extends { readonly at: number }>(items: readonly T[], from: number, to: number): T[] =>
  items.filter(({ at }) => at >= from && at < to)

const bestOf = (pairs: (readonly [speed: number, jobs: number])[]): readonly [number, number] =>
  pairs.reduce((best, pair) => (pair[0] > best[0] * 1.001 ? pair : best))

const round = (value: number): string => String(Math.round(value * 10) / 10)
const whole = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
