// A public server redirects to addresses that only this machine and its neighbours may reach. In a network namespace of its own, where even
// 8.8.4.4 is this machine: nothing leaves it.
import { join } from 'node:path'
import { contentOf } from '../files.js'

const publicHost = '8.8.4.4'
const privateHosts = ['127.0.0.1', '10.0.0.5', '169.254.169.254']

export default {
  title: 'no redirect from public to private',
  module: import.meta.url,
  /** What the namespace's loopback device is to answer to, beside 127.0.0.0/8. */
  addresses: [publicHost, ...privateHosts.slice(1)],
  async run(tool, lab) {
    const targets = []
    for (const host of privateHosts) targets.push(await lab.serve((_request, response) => response.end('secret'), { host }))
    const { origin, requests } = await lab.serve(
      (request, response) =>
        response.writeHead(302, { Location: `${targets[Number(request.url.slice(2))].origin}/secret` }).end(),
      { host: publicHost },
    )
    // The control: a private address that the user names himself is nobody's trick.
    const urls = [`${targets[0].origin}/named`, ...privateHosts.map((_, i) => `${origin}/r${i}`)]
    const { status } = await lab.run(tool, urls)
    if (contentOf(join(lab.folder, 'named'))?.toString() !== 'secret')
      throw new Error(`refused 127.0.0.1 given by the user, exit ${status}`)
    if (requests.length < privateHosts.length)
      throw new Error(`asked the public server only ${requests.length} times, exit ${status}`)
    const reached = privateHosts.filter((_, i) => targets[i].requests.some(({ path }) => path === '/secret'))
    return {
      verdict: reached.length === 0 ? 'good' : 'BAD',
      evidence: `exit ${status}, ${reached.length === 0 ? 'none of them asked' : `led to ${reached.join(', ')}`}`,
      reached,
    }
  },
}
