import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fourRuns, labels, simulatedRun } from '../support/simulated-runs.js'
import { elements, parseXml, type XmlElement } from '../support/well-formed-xml.js'

const report = (await import(
  new URL('../../../dist/timeline/index.js', import.meta.url).href
)) as typeof import('../../src/timeline/index.js')
const { timelineSvg } = report

const FLAGS = { noun: { one: 'flag', many: 'flags' } }
const number = (element: XmlElement | undefined, name: string): number => Number(element?.attributes[name])

test('the picture is well-formed XML with a root of the right size', () => {
  const root = parseXml(timelineSvg(fourRuns(labels(20)), FLAGS))
  assert.equal(root.name, 'svg')
  assert.equal(root.attributes['xmlns'], 'http://www.w3.org/2000/svg')
  assert.equal(root.attributes['viewBox'], `0 0 ${root.attributes['width']} ${root.attributes['height']}`)
})

test('the checker of the tests does find what is not well-formed', () => {
  for (const bad of [
    '<a><b></a></b>',
    '<a>',
    '<a x="1" x="2"/>',
    '<a>&</a>',
    '<a>&nbsp;</a>',
    '<a x=1/>',
    '<a/><b/>',
    '<a>\u0001</a>',
    '<a x="<"/>',
  ]) {
    assert.throws(() => parseXml(bad), Error, bad)
  }
})

test('text from outside is escaped wherever it stands, and comes out as it went in', () => {
  const nasty = `</text><script>alert("1")</script> & 'x'`
  const run = simulatedRun(nasty, [nasty], { status: () => 'error' })
  const svg = timelineSvg([{ ...run, how: nasty, bars: run.bars.map((bar) => ({ ...bar, note: nasty, worker: nasty })) }], {
    noun: { one: nasty, many: nasty },
  })
  const root = parseXml(svg)
  assert.equal(elements(root, 'script').length, 0)
  assert.ok(elements(root, 'text', 'name').some(({ text }) => text === nasty))
  assert.match(elements(root, 'title').at(-1)?.text ?? '', /<script>/)
})

test('characters XML has no place for become replacement characters', () => {
  const run = simulatedRun('a\u0000b\u001B[31m\uD800c\uFFFE', ['A'])
  const root = parseXml(timelineSvg([run]))
  assert.equal(elements(root, 'text', 'name')[0]?.text, 'a\uFFFDb\uFFFD[31m\uFFFDc\uFFFD')
})

test('every call has one bar in its panel, and the short runs once more magnified', () => {
  const root = parseXml(timelineSvg(fourRuns(labels(20)), FLAGS))
  const panels = elements(root, 'g', 'panel')
  assert.equal(panels.length, 4 + 3)
  for (const panel of panels) assert.equal(elements(panel, 'g', 'bar').length, 20)
})

test('nothing is magnified where no run is short beside the others', () => {
  const root = parseXml(timelineSvg([simulatedRun('async', labels(20), { concurrency: 20 })], FLAGS))
  assert.equal(elements(root, 'g', 'panel').length, 1)
})

test('a job done one at a time is a staircase: each bar begins where the one above ended', () => {
  const [panel] = elements(parseXml(timelineSvg([simulatedRun('sequential', labels(20))], FLAGS)), 'g', 'panel')
  const servers = elements(panel as XmlElement, 'rect', 'server')
  const bodies = elements(panel as XmlElement, 'rect', 'body')
  for (let i = 1; i < servers.length; i += 1) {
    const before = number(bodies[i - 1], 'x') + number(bodies[i - 1], 'width')
    assert.ok(Math.abs(number(servers[i], 'x') - before) < 0.05)
    assert.ok(number(servers[i], 'y') > number(servers[i - 1], 'y'))
  }
})

test('a job done all at once is a wall: all bars begin and end together', () => {
  const [panel] = elements(parseXml(timelineSvg([simulatedRun('async', labels(20), { concurrency: 20 })], FLAGS)), 'g', 'panel')
  const servers = elements(panel as XmlElement, 'rect', 'server')
  assert.equal(servers.length, 20)
  assert.equal(new Set(servers.map((bar) => `${bar.attributes['x']} ${bar.attributes['width']}`)).size, 1)
})

test('hovering a bar shows its numbers: waiting, connecting, server, body, status, size, worker', () => {
  const run = simulatedRun('threads', ['BR'], { connect: 30, ready: 70 })
  const [title] = elements(parseXml(timelineSvg([run])), 'g', 'bar').map((bar) => elements(bar, 'title')[0]?.text)
  assert.equal(title, 'BR\nwaited 0.070 s, connecting 0.030 s, server 0.40 s, body 0.002 s\ndone at 0.50 s, 3.0 KB, threads_0')
  const bars = run.bars.map((bar) => ({ ...bar, carrier: 't2' }))
  assert.match(timelineSvg([{ ...run, bars }]), /3\.0 KB, threads_0 on t2</)
})

test('what failed and what was not found differ in shape, in the key and in the words of the heading', () => {
  const run = simulatedRun('async', labels(20), {
    concurrency: 20,
    status: (_, i) => (i === 3 ? 'error' : i < 2 ? 'not-found' : 'ok'),
  })
  const root = parseXml(timelineSvg([run], FLAGS))
  assert.equal(elements(root, 'rect', 'error').length, 1 + 1)
  assert.equal(elements(root, 'rect', 'not-found').length, 2 + 1)
  const [how] = elements(root, 'text', 'how')
  assert.equal(how?.text, '20 at once, 2 flags not found, 1 error (HTTP 418)')
})

test('a call that failed before any byte came has no body', () => {
  const run = simulatedRun('sequential', ['A'])
  const bars = [{ label: 'A', start: 0, end: 100, status: 'error', note: 'refused' } as const]
  const root = parseXml(timelineSvg([{ ...run, elapsed: 100, bars }]))
  const [panel] = elements(root, 'g', 'panel')
  assert.equal(elements(panel as XmlElement, 'rect', 'body').length, 0)
  assert.equal(elements(panel as XmlElement, 'rect', 'error').length, 1)
})

test('a run that came to nothing is a heading with its reason, and the others are drawn', () => {
  const [sequential, async] = fourRuns(labels(20))
  const root = parseXml(timelineSvg([sequential!, { ...async!, bars: [], failure: 'the pool broke' }], FLAGS))
  assert.equal(elements(root, 'text', 'failure')[0]?.text, 'failed: the pool broke')
  assert.equal(elements(root, 'g', 'panel').length, 2)
  assert.equal(elements(root, 'g', 'bar').length, 20)
})

test('the starting of workers is hatched, and has an entry in the key', () => {
  const root = parseXml(timelineSvg(fourRuns(labels(20)), FLAGS))
  assert.equal(elements(root, 'rect', 'ready').length, 1 + 2 + 2)
  const id = elements(root, 'pattern')[0]?.attributes['id']
  for (const band of elements(root, 'rect', 'ready')) assert.equal(band.attributes['fill'], `url(#${id})`)
})

test('the picture loads nothing and runs nothing', () => {
  const svg = timelineSvg(fourRuns(labels(20)), FLAGS)
  assert.deepEqual(svg.match(/https?:[^"']*/g), ['http://www.w3.org/2000/svg'])
  assert.doesNotMatch(svg, /<script|<image|<use|href|@import|@font-face| on\w+=/)
})

test('it is drawn light, dark where the system is dark, and light again on paper', () => {
  const svg = timelineSvg(fourRuns(labels(3)), FLAGS)
  assert.ok(svg.indexOf('prefers-color-scheme:dark') > svg.indexOf('.paper{fill:#ffffff}'))
  assert.match(svg.slice(svg.indexOf('@media print')), /\.paper\{fill:#ffffff\}/)
})

test('three different wrong times are refused by name', () => {
  const run = simulatedRun('a', ['A'])
  assert.throws(
    () => timelineSvg([{ ...run, elapsed: NaN }]),
    /Expected `runs\[0\]\.elapsed` to be a finite number of milliseconds, got NaN/,
  )
  const bars = [{ ...run.bars[0]!, firstByte: Infinity }]
  assert.throws(() => timelineSvg([run, { ...run, bars }]), /`runs\[1\]\.bars\[0\]\.firstByte`/)
  assert.throws(() => timelineSvg([]), { name: 'TypeError', message: 'Expected `runs` to hold at least one run, got none' })
})

test('194 flags in four styles make a picture of less than half a megabyte', () => {
  assert.ok(timelineSvg(fourRuns(labels(194)), FLAGS).length < 500_000)
})
