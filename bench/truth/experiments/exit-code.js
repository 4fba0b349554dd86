// The first of three files is refused, the second is cut off, the last one comes: does the exit code tell?
import { join } from 'node:path'
import { contentOf } from '../files.js'

const options = {
  halyard: ['--retries', '0'],
  'curl -Z': [],
  aria2c: ['--max-tries=1'],
  wget2: ['--tries=1'],
  wget: ['--tries=1'],
}
export default {
  title: 'the exit code tells of failures',
  async run(tool, lab) {
    const { origin, requests } = await lab.serve((request, response) => {
      if (request.url === '/refused.bin') response.writeHead(503).end()
      else if (request.url === '/whole.bin') response.end('whole')
      else response.writeHead(200, { 'Content-Length': 1000 }).write('half', () => response.destroy())
    })
    const urls = ['refused.bin', 'cut.bin', 'whole.bin'].map((name) => `${origin}/${name}`)
    const { status } = await lab.run(tool, urls, options[tool.name])
    const asked = new Set(requests.map(({ path }) => path)).size
    if (asked === 0) throw new Error(`asked for nothing, exit ${status}`)
    const whole = urls.filter((url) => contentOf(join(lab.folder, url.slice(origin.length)))?.toString() === 'whole').length
    return { verdict: status === 0 ? 'BAD' : 'good', evidence: `exit ${status}; ${asked} of 3 asked for, ${whole} whole`, asked }
  },
}
