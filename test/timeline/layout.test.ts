import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlacedText } from '../../src/timeline/panel-layout.js'
import { fourRuns, labels, simulatedRun, type Simulation } from '../support/simulated-runs.js'

const { timelineLayout } = (await import(
  new URL('../../../dist/timeline/layout.js', import.meta.url).href
)) as typeof import('../../src/timeline/layout.js')
const { pixelWidth } = (await import(
  new URL('../../../dist/timeline/pixel-width.js', import.meta.url).href
)) as typeof import('../../src/timeline/pixel-width.js')

const noun = { one: 'flag', many: 'flags' }
type Layout = ReturnType<typeof timelineLayout>

function textsOf(layout: Layout): PlacedText[] {
  return [
    ...layout.texts,
    ...layout.key.map(({ text }) => text),
    ...[...layout.panels, ...layout.magnified].flatMap(({ texts }) => texts),
  ]
}

/** The box of a text; capitals and digits have nothing below the baseline, and most texts here are hardly more. */
function box(text: PlacedText): { left: number; right: number; top: number; bottom: number } {
  const wide = pixelWidth(text.text, text.size, ['title', 'name', 'total'].includes(text.role))
  const left = text.anchor === 'start' ? text.x : text.anchor === 'end' ? text.x - wide : text.x - wide / 2
  return { left, right: left + wide, top: text.y - text.size * 0.72, bottom: text.y }
}

/** Pixels per millisecond. */
const scale = (panel: Layout['panels'][number]): number => (panel.end - panel.plot.x) / panel.run.elapsed

function codesOf(n: number): string[] {
  const [panel] = timelineLayout([simulatedRun('sequential', labels(n))], { noun }).panels
  return panel!.texts.filter(({ role }) => role.startsWith('code') || role === 'row').map(({ text }) => text)
}

function keyOf(connect: number): string[] {
  return timelineLayout(fourRuns(labels(20), { connect }), { noun }).key.map(({ mark }) => mark)
}

const mixed: Simulation['status'] = (_, i) => (i % 7 === 3 ? 'error' : i % 5 === 2 ? 'not-found' : 'ok')
const pictures: [string, Parameters<typeof timelineLayout>][] = []
for (const width of [320, 380, 640, 1000, 1600]) {
  for (const n of [1, 2, 5, 20, 40, 194, 676]) {
    pictures.push([`${n} flags, ${width} pixels`, [fourRuns(labels(n)), { width, noun }]])
  }
  pictures.push([
    `20 flags with errors, ${width} pixels`,
    [fourRuns(labels(20), { status: mixed, connect: 20 }), { width, noun }],
  ])
  const carried = fourRuns(labels(20)).map((run) => ({
    ...run,
    bars: run.bars.map((bar, i) => ({ ...bar, carrier: `t${i}` })),
  }))
  pictures.push([`20 flags on 20 threads, ${width} pixels`, [carried, { width, noun }]])
  pictures.push([`20 flags, 3 at once, ${width} pixels`, [fourRuns(labels(20), { concurrency: 3 }), { width, noun }]])
  const [sequential, async] = fourRuns(labels(20))
  const failure =
    'BrokenProcessPoolError: a process in the process pool was terminated abruptly while the future was running or pending'
  pictures.push([`a failed style, ${width} pixels`, [[sequential!, { ...async!, bars: [], failure }], { width, noun }]])
}

const layouts = pictures.map(([what, [runs, options]]): [string, Layout] => [what, timelineLayout(runs, options)])

test('no two texts overlap, whatever the width, the number of flags and the outcome', () => {
  for (const [what, layout] of layouts) {
    const boxes = textsOf(layout).map((text) => ({ text: text.text, ...box(text) }))
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) {
        const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top
        assert.ok(apart, `${what}: '${a.text}' overlaps '${b.text}'`)
      }
    }
  }
})

test('no text and no bar leaves the picture', () => {
  for (const [what, layout] of layouts) {
    for (const text of textsOf(layout)) {
      const { left, right, top, bottom } = box(text)
      assert.ok(left >= 0 && top >= 0 && bottom <= layout.height, `${what}: '${text.text}' at ${left}, ${top}`)
      assert.ok(right <= layout.width, `${what}: '${text.text}' ends at ${right} of ${layout.width}`)
    }
    for (const { bars, plot } of [...layout.panels, ...layout.magnified]) {
      for (const bar of bars) {
        assert.ok(bar.body[1] <= plot.x + plot.width + 1 && bar.connecting[0] >= plot.x, what)
        assert.ok(bar.y >= plot.y && bar.y + bar.height <= plot.y + plot.height + 1e-6, what)
      }
    }
  }
})

test('the stretches of a bar follow each other without gap and never go back', () => {
  for (const [what, layout] of layouts) {
    for (const { waiting, connecting, server, body } of [...layout.panels, ...layout.magnified].flatMap(({ bars }) => bars)) {
      const edges = [waiting[0], waiting[1], connecting[0], connecting[1], server[0], server[1], body[0], body[1]]
      assert.ok(
        edges.every((edge, i) => i === 0 || edge >= edges[i - 1]!),
        what,
      )
      assert.ok(waiting[1] === connecting[0] && connecting[1] === server[0] && server[1] === body[0], what)
    }
  }
})

test('all runs share one axis: the same moment has the same place in every panel', () => {
  const runs = fourRuns(labels(20))
  const { panels } = timelineLayout(runs, { noun })
  assert.equal(new Set(panels.map(({ grid }) => grid.join())).size, 1)
  assert.equal(new Set(panels.map(({ plot }) => `${plot.x} ${plot.width}`)).size, 1)
  const perMs = panels.map(({ end, plot }, i) => (end - plot.x) / runs[i]!.elapsed)
  for (const one of perMs) assert.ok(Math.abs(one - perMs[0]!) < 1e-9)
})

test('the magnified panels share an axis of their own, and say how much finer it is', () => {
  const runs = fourRuns(labels(20))
  const { panels, magnified, texts } = timelineLayout(runs, { noun })
  assert.deepEqual(
    magnified.map(({ run }) => run.name),
    ['async', 'threads', 'processes'],
  )
  assert.equal(new Set(magnified.map(({ plot }) => plot.width)).size, 1)
  for (const panel of magnified) assert.ok(Math.abs(scale(panel) - scale(magnified[0]!)) < 1e-9)
  assert.ok(scale(magnified[0]!) > scale(panels[0]!) * 3)
  assert.ok(texts.some(({ text }) => text.startsWith('The first 0.54 s again, enlarged ')))
})

test('a flag stands on the same row in every panel, whichever came first', () => {
  const [sequential, async] = fourRuns(labels(20))
  const shuffled = { ...async!, bars: async!.bars.toReversed() }
  const { panels } = timelineLayout([sequential!, shuffled], { noun })
  const rows = panels.map(({ bars }) => new Map(bars.map(({ bar, row }) => [bar.label, row])))
  assert.deepEqual(rows[1]!.get('AA'), 0)
  assert.deepEqual(Object.fromEntries(rows[0]!), Object.fromEntries(rows[1]!))
})

test('a flag asked for twice has two rows', () => {
  const { panels } = timelineLayout([simulatedRun('sequential', ['BR', 'CN', 'BR'])], { noun })
  assert.deepEqual(
    panels[0]!.bars.map(({ row }) => row),
    [0, 1, 2],
  )
})

test('a run that broke off leaves the rows of the missing calls empty', () => {
  const [sequential, async] = fourRuns(labels(20))
  const { panels } = timelineLayout([sequential!, { ...async!, bars: async!.bars.slice(10), failure: 'broken' }], { noun })
  assert.equal(panels[1]!.bars.length, 10)
  assert.equal(Math.min(...panels[1]!.bars.map(({ row }) => row)), 10)
  assert.equal(panels[1]!.plot.height, panels[0]!.plot.height)
})

test('with few flags every bar has its code, with many a column at the side has some, the first among them', () => {
  assert.deepEqual(codesOf(20), labels(20))
  assert.ok(codesOf(194).length >= 10 && codesOf(194).length <= 25, String(codesOf(194).length))
  assert.equal(codesOf(194)[0], 'AA')
})

test('a code beside its bar never stands on the line at the end of the run', () => {
  for (const width of [320, 380, 500]) {
    for (const panel of timelineLayout(fourRuns(labels(20)), { width, noun }).panels) {
      for (const text of panel.texts.filter(({ role }) => role === 'code-beside')) {
        const { left, right } = box(text)
        assert.ok(right <= panel.end || left >= panel.end, `${width}: ${text.text}`)
      }
    }
  }
})

test('clocks that disagree by a hair, and times before the run began, are set right', () => {
  const bars = [{ label: 'A', start: -2, firstByte: -3, connected: 5, end: 4, status: 'ok' } as const]
  const { panels } = timelineLayout([{ name: 'threads', concurrency: 1, elapsed: 4, bars }])
  const [{ connecting, server, body }] = panels[0]!.bars as [Layout['panels'][number]['bars'][number]]
  assert.ok(connecting[0] >= panels[0]!.plot.x && server[0] <= server[1] && body[0] <= body[1])
})

test('a run that took no time at all can be drawn', () => {
  const bars = [{ label: 'A', start: 0, firstByte: 0, end: 0, status: 'ok' } as const]
  const layout = timelineLayout([{ name: 'async', concurrency: 1, elapsed: 0, bars }])
  for (const text of textsOf(layout)) assert.ok(Number.isFinite(text.x) && Number.isFinite(text.y), text.text)
})

test('connecting has an entry in the key only where it took a time one can see', () => {
  assert.ok(keyOf(200).includes('connecting'))
  assert.ok(!keyOf(0.5).includes('connecting'))
})

/** A run of `n` calls, each carried by a thread of its own, under one of 20 one at a time. */
function carriedPanel(n: number, width: number): readonly PlacedText[] {
  const run = simulatedRun('threads', labels(n), { concurrency: n })
  const bars = run.bars.map((bar, i) => ({ ...bar, carrier: `t${i + 1}` }))
  return timelineLayout([simulatedRun('sequential', labels(20)), { ...run, bars }], { noun, width }).panels[1]!.texts
}

function textsIn(panel: readonly PlacedText[], role: string): string[] {
  return panel.filter((text) => text.role.startsWith(role)).map(({ text }) => text)
}

test('a row says what carried its call where there is room for it, and the heading what there was', () => {
  assert.deepEqual(textsIn(carriedPanel(2, 1000), 'code'), ['AA t1', 'AB t2'])
  assert.deepEqual(textsIn(carriedPanel(2, 380), 'code'), ['AA', 'AB'])
  assert.deepEqual(textsIn(carriedPanel(2, 1000), 'how'), ['2 at once (t1, t2)'])
  assert.deepEqual(textsIn(carriedPanel(11, 1000), 'how'), ['11 at once (t1 … t11)'])
})
