import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Script } from 'node:vm'
import { fourRuns, labels, simulatedRun } from '../support/simulated-runs.js'
import { elements, parseXml } from '../support/well-formed-xml.js'

const { timelineHtml } = (await import(
  new URL('../../../dist/timeline/index.js', import.meta.url).href
)) as typeof import('../../src/timeline/index.js')

const noun = { one: 'flag', many: 'flags' }
const runs = fourRuns(labels(20))
const page = timelineHtml(runs, {
  noun,
  table: runs.map(({ name, concurrency, elapsed }) => ({ style: name, concurrency, elapsed, faster: 2, ofIdeal: 0.5 })),
  notes: ['measured < here & now'],
})

test('the page states the finding as its title and its heading', () => {
  assert.match(page, /<title>20 flags: 8\.04 s one at a time, 0\.41 s with 20 at a time<\/title>/)
  assert.match(page, /<h1>20 flags: 8\.04 s one at a time, 0\.41 s with 20 at a time<\/h1>/)
  assert.match(
    page,
    /<p class="lead">Sequential spends 99 % of its time waiting for the server, 20 times in a row\. Async, threads and processes wait/,
  )
})

test('the page needs nothing from anywhere', () => {
  assert.doesNotMatch(page, /src=|href=|@import|@font-face|fetch\(|XMLHttpRequest|url\((?!#)/)
  assert.deepEqual([...new Set(page.match(/https?:[^"'\s]*/g))], ['http://www.w3.org/2000/svg'])
})

test('it holds a wide and a narrow picture, both well-formed', () => {
  const pictures = page.match(/<svg[\s\S]*?<\/svg>/g) ?? []
  assert.deepEqual(
    pictures.map((svg) => Number(parseXml(svg).attributes['width'])),
    [1000, 380],
  )
  for (const svg of pictures) assert.ok(elements(parseXml(svg), 'g', 'bar').length >= 4 * 20)
})

test('no two elements share an id, so that hiding one picture does not unhatch the other', () => {
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
  assert.equal(new Set(ids).size, ids.length)
  for (const [, id] of page.matchAll(/url\(#([^)]*)\)/g)) assert.ok(ids.includes(id))
})

test('the numbers a reader can point at are there for every row and style', () => {
  const [, json = ''] = /<script type="application\/json" id="numbers">(.*?)<\/script>/.exec(page) ?? []
  const numbers = JSON.parse(json) as { name: string; lines: string[] }[][]
  assert.equal(numbers.length, 20)
  assert.deepEqual(
    numbers[1]!.map(({ name }) => name),
    ['sequential', 'async', 'threads', 'processes'],
  )
  assert.deepEqual(numbers[1]![0]!.lines, [
    'AB',
    'waited 0.40 s, server 0.40 s, body 0.002 s',
    'done at 0.80 s, 3.0 KB, sequential_0',
  ])
})

test('every number is also there as text, for readers who cannot point', () => {
  const items = page.match(/<li>.*?<\/li>/g) ?? []
  assert.equal(items.length, 80)
  assert.match(items[0] ?? '', /<b>AA<\/b> waited 0\.000 s, server 0\.40 s/)
})

test('the table stands in the page, with a failed style in words', () => {
  assert.match(page, /<th scope="row">async<\/th><td>20<\/td><td>0\.41<\/td><td>2\.0<\/td><td>50 %<\/td>/)
  const failed = timelineHtml(runs, { table: [{ style: 'threads', concurrency: 20, elapsed: 0, failure: '<broken>' }] })
  assert.match(failed, /<th scope="row">threads<\/th><td class="failed" colspan="4">failed: &lt;broken&gt;<\/td>/)
})

test('text from outside can neither close an element nor start a script', () => {
  const nasty = `</script><script>alert(1)</script><!-- ]]> "' & \u2028`
  const run = simulatedRun(nasty, [nasty], { status: () => 'error' })
  const nastyPage = timelineHtml(
    [{ ...run, how: nasty, bars: run.bars.map((bar) => ({ ...bar, note: nasty, worker: nasty })) }],
    {
      noun: { one: nasty, many: nasty },
      notes: [nasty],
      table: [{ style: nasty, concurrency: 1, elapsed: 1, failure: nasty }],
    },
  )
  assert.equal(nastyPage.match(/<script/g)?.length, 2)
  assert.equal(nastyPage.match(/<\/script>/g)?.length, 2)
  assert.doesNotMatch(nastyPage, /alert\(1\)<|<!--/)
  const [, json = ''] = /id="numbers">(.*?)<\/script>/s.exec(nastyPage) ?? []
  assert.equal((JSON.parse(json) as { lines: string[] }[][])[0]![0]!.lines[0], nasty)
  for (const svg of nastyPage.match(/<svg[\s\S]*?<\/svg>/g) ?? []) parseXml(svg)
})

test('the script of the page is JavaScript', () => {
  const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? []
  assert.doesNotThrow(() => new Script(script))
  assert.doesNotMatch(script, /innerHTML|insertAdjacentHTML|document\.write|eval/)
})

test('without runs there is no page', () => {
  assert.throws(() => timelineHtml([]), /at least one run/)
})
