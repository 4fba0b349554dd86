/** A run whose workers die, and none takes their place. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { downloadMany, ThreadPoolExecutor } from 'halyard'
import { setLogger } from 'halyard/futures'
import { failToPrepare } from '../fixtures/workers/initializers.js'
import { temporaryFolder } from '../support/temporary-folder.js'

test('ends with a code of its own, and does not blame the output', async (t) => {
  const folder = temporaryFolder(t)
  const previous = setLogger(() => undefined)
  t.after(() => setLogger(previous))
  await using executor = new ThreadPoolExecutor({ maxWorkers: 1, initializer: failToPrepare, initargs: [join(folder, 'tally')] })
  const urls = ['http://127.0.0.1:1/a', 'http://127.0.0.1:1/b']
  await assert.rejects(downloadMany(urls, { output: join(folder, 'out'), executor }).summary, { code: 'ERR_WORKERS' })
})
