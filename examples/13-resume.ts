/**
 * End a run in the middle, and go on with the same call.
 *
 * After the abort nothing new begins, and what is on its way may finish. The record of the folder knows what is done: the second call asks only
 * for the rest, so that the server sees one request for each file. A run that was killed goes on in the same way.
 *
 *   npm run build && node build/examples/13-resume.js [FOLDER]     FOLDER: default a new one below the system's temporary folder
 */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { downloadMany, isMain } from 'halyard'
import { startFlagServer } from 'halyard/flag-server'

if (isMain(import.meta)) {
  const output = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'halyard-')))
  await using server = await startFlagServer()
  const urls = Array.from({ length: 20 }, (_, n) => `${server.url}/n/${n}.bin`)

  const controller = new AbortController()
  const first = downloadMany(urls, { output, concurrency: 2, signal: controller.signal })
  for await (const { id } of first) if (id === 4) controller.abort()
  const { interrupted, ok } = await first.summary
  console.log(`first call: ${interrupted ? 'interrupted' : 'at the end'} after ${ok} of ${urls.length}`)

  const { resumed, lines } = await downloadMany(urls, { output, concurrency: 2 }).summary
  console.log(`second call: ${resumed} done before, ${lines - resumed} done now`)
  console.log(`requests: ${server.log.total}`)
}
