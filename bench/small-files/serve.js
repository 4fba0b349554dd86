// For work on the hot path: the site of the benchmark, until Ctrl-C. `node bench/small-files/serve.js [COUNT]` prints where the list is.
import { join } from 'node:path'
import { lists } from './downloaders.js'
import { openSite } from './site.js'

const count = Number(process.argv[2] ?? 20_000)
const site = await openSite([count])
process.stdout.write(`${join(site.folderOf(count), lists.urls)}\n`)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void site.close())
