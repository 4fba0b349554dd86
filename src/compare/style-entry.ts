// The process in which one style does the job. A fresh one for each, so that no style finds modules loaded, code compiled or connections
// opened by another.
import { STYLES } from '../flags/index.js'
import { epochNow } from './http-moments.js'
import type { FromStyle, StyleJob } from './messages.js'
import { timedDownload } from './timed-download.js'

const abandoned = new AbortController()

process.once('message', (job: StyleJob) => {
  run(job)
    .catch((error: unknown) =>
      send({ type: 'failed', error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }),
    )
    .finally(() => process.connected && process.disconnect())
})
// Ctrl-C goes to every process of the terminal; what it means is decided by the one that started us.
process.on('SIGINT', () => undefined)
// When that one is gone, whatever became of it, nobody wants the flags any more.
process.once('disconnect', () => abandoned.abort(new Error('the comparison is gone')))

async function run({ style, codes, baseUrl, destDir, concurrency }: StyleJob): Promise<void> {
  const began = epochNow()
  await STYLES[style].newExecutor(concurrency).use(async (executor) => {
    const futures = codes.map((cc) =>
      executor.schedule({ fn: timedDownload, args: [cc, baseUrl, destDir], signal: abandoned.signal }),
    )
    await Promise.all(futures.map(async (future) => send({ type: 'download', download: await future.result() })))
  })
  await send({ type: 'end', began, ended: epochNow() })
}

/** Resolves when the message has left; also when nobody is there to take it. */
function send(message: FromStyle): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve())
    else resolve()
  })
}
