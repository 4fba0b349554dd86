/**
 * Download a list, and look at what becomes of each line while it goes on.
 *
 * A download that fails is not an exception: every line ends as one outcome, in the order in which they finish. One flag here is refused at
 * first and comes at the second try; one does not exist; one line is no URL. The counts of the summary add up. A template says how files are
 * named, unless the list does: `halyard get` has it as `--name`.
 *
 *   npm run build && node build/examples/12-download-many.js [FOLDER]     FOLDER: default a new one below the system's temporary folder
 */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { downloadMany, isMain } from 'halyard'
import { startFlagServer } from 'halyard/flag-server'

if (isMain(import.meta)) {
  const output = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'halyard-')))
  await using server = await startFlagServer()
  const list = [
    `${server.flagsUrl}/br/br.gif`,
    { url: `${server.flagsUrl}/cn/cn.gif`, name: 'asia/china.gif' },
    `${server.flagsUrl}/in/in.gif?fail=1&status=503`,
    `${server.flagsUrl}/xx/xx.gif`,
    'not a url',
  ]

  const run = downloadMany(list, { output, name: 'flags/{cc}{ext}', concurrency: 20, perHost: 4 })
  for await (const { id, status, file, bytes, attempts, code } of run) {
    if (status === 'ok') console.log(`line ${id}: ${file}, ${bytes} bytes, attempts: ${attempts}`)
    else console.log(`line ${id}: ${status}, ${code}`)
  }

  const { lines, ok, notFound, failed, invalid } = await run.summary
  console.log(`${lines} lines: ${ok} ok, ${notFound} not found, ${failed} failed, ${invalid} invalid`)
}
