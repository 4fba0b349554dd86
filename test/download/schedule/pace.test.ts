import assert from 'node:assert/strict'
import { test } from 'node:test'
import { built } from './built.js'

const { Pace } = await built<typeof import('../../../src/download/schedule/pace.js')>('pace')

/** Starts as early as allowed, by somebody who looks only every `every` ms from `from` to `to`. */
function starts(perSecond: number, every: number, from: number, to: number): number[] {
  const pace = new Pace(perSecond)
  const list: number[] = []
  let due = 0
  for (let now = from; now < to; now += every) {
    while (now >= due && list.length < 1_000_000) {
      list.push(now)
      due = pace.following(due, now)
      if (perSecond === 0) break
    }
  }
  return list
}

test('without a limit the next start may be at once', () => {
  assert.equal(new Pace(0).following(0, 1234), 1234)
})

test('a slow pace is an exact distance, also after a pause', () => {
  const pace = new Pace(2)
  assert.equal(pace.following(0, 1000), 1500)
  assert.equal(pace.following(1500, 1500), 2000)
  assert.equal(pace.following(2000, 60_000), 60_500)
})

test('a fast pace is reached although timers are late', () => {
  for (const [perSecond, every] of [
    [1000, 16],
    [100, 30],
  ] as const) {
    const { length } = starts(perSecond, every, 5000, 15_000)
    // Ten seconds of requests, and the tenth of a second that may be caught up with.
    assert.ok(length >= 10 * perSecond - 1 && length <= 10.1 * perSecond, `${length} at ${perSecond} a second`)
  }
})

test('a pause lets no more than a tenth of a second through at once', () => {
  const pace = new Pace(1000)
  let due = pace.following(0, 0)
  let burst = 0
  for (; due <= 60_000; due = pace.following(due, 60_000)) burst++
  assert.equal(burst, 100)
})
