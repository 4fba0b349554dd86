// A gzip body that stops in the middle although its framing is complete: only who looks for the end of the gzip stream can know.
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { contentOf } from '../files.js'

const text = Buffer.from(Array.from({ length: 20_000 }, (_, i) => `${(i * 2_654_435_761) % 4_294_967_296} `).join(''))
const zipped = gzipSync(text)
const cut = zipped.subarray(0, Math.floor(zipped.length / 2))
const options = {
  halyard: ['--decode', '--retries', '0'],
  'curl -Z': ['--compressed'],
  aria2c: ['--http-accept-gzip=true', '--max-tries=1'],
  wget2: ['--compression=gzip', '--tries=1'],
  wget: ['--compression=auto', '--tries=1'],
}

export default {
  title: 'a cut gzip stream is an error',
  async run(tool, lab) {
    const { origin } = await lab.serve((request, response) => {
      response.setHeader('Connection', 'close') // with gzip, aria2c waits for the end of the connection whatever the length says
      if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return response.end(text)
      response.setHeader('Content-Encoding', 'gzip')
      const body = request.url === '/whole' ? zipped : cut
      if (request.url !== '/chunked') response.setHeader('Content-Length', body.length)
      else response.write(body.subarray(0, 1000))
      return response.end(request.url === '/chunked' ? body.subarray(1000) : body)
    })
    const whole = await this.fetch(tool, lab, `${origin}/whole`)
    if (!whole.content?.equals(text)) throw new Error(`did not decode the whole one: exit ${whole.status} ${whole.stderr}`)
    const cuts = []
    for (const framing of ['length', 'chunked']) cuts.push(await this.fetch(tool, lab, `${origin}/${framing}`))
    const accepted = cuts.find(({ status }) => status === 0)
    const [{ status, content }] = accepted === undefined ? cuts : [accepted]
    const held =
      content === undefined
        ? 'no file'
        : `${content.length.toLocaleString('en-US')} of ${text.length.toLocaleString('en-US')} bytes`
    return {
      verdict: accepted === undefined ? 'good' : 'BAD',
      evidence: `exit ${status}, ${held} under the final name`,
      cuts: cuts.map((each) => ({ ...each, content: each.content?.length })),
    }
  },
  async fetch(tool, lab, url) {
    return await lab.apart(async (own) => {
      const { status, stderr } = await own.run(tool, [url], options[tool.name])
      return { status, stderr, content: contentOf(join(own.folder, new URL(url).pathname)) }
    })
  },
}
