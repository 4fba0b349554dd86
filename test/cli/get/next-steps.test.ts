/** Which commands `halyard get` says may come next. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

const load = async <T>(name: string): Promise<T> =>
  (await import(new URL(`../../../../dist/cli/get/${name}.js`, import.meta.url).href)) as T
const { meantGet } = await load<typeof import('../../../src/cli/get/get-job.js')>('get-job')
const { stepsAfter } = await load<typeof import('../../../src/cli/get/next-steps.js')>('next-steps')

const job = (urls: readonly string[], raw: Readonly<Record<string, unknown>> = {}) =>
  meantGet(urls, raw, {}, (message) => assert.fail(message))

test('after threads or processes that died: the same again, or without them', () => {
  assert.deepEqual(stepsAfter(7, job(['http://host.test/a'], { style: 'threads' })), [
    { why: 'To continue:', command: 'halyard get http://host.test/a --style threads' },
    { why: 'Or without threads and processes:', command: 'halyard get http://host.test/a --style async' },
  ])
})

test('after a list that broke off: the same again, once it is mended', () => {
  assert.deepEqual(stepsAfter(4, job([], { input: ['list.gz'] })), [
    { why: 'To continue once the list is mended:', command: 'halyard get -i list.gz' },
  ])
})
