// Half a file has come; then kill -9. Whoever looks into the folder next must not take the half for the whole.
import { join } from 'node:path'
import { contentOf, listing } from '../files.js'
import { composition, name, serveHalf, size } from './half-sent.js'

export default {
  title: 'no part under the final name',
  async run(tool, lab) {
    const { origin, halfWay } = await serveHalf(lab)
    const running = lab.start(tool, [`${origin}/${name}`])
    await halfWay(running)
    running.signal('SIGKILL')
    await running.ended
    const files = listing(lab.folder)
    const content = contentOf(join(lab.folder, name))
    if (content === undefined) return { verdict: 'good', evidence: `killed half-way: no ${name}`, files }
    const held = `${name} has ${content.length.toLocaleString('en-US')} of ${size.toLocaleString('en-US')} bytes`
    return { verdict: 'BAD', evidence: `killed half-way: ${held}`, files, content: composition(content) }
  },
}
