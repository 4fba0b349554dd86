// Two of five URLs fail: one with 503, one cut off in the middle. Then the server is well again; what does it take to get just these two?
import { join } from 'node:path'
import { contentOf } from '../files.js'

const body = Buffer.alloc(10_000, 'x')
const names = ['one.bin', 'two.bin', 'refused.bin', 'cut.bin', 'five.bin']
const failing = new Set(['refused.bin', 'cut.bin'])

/** One attempt at each URL; then the same command with this tool's way to repeat only what failed. No `again`: it has none. */
const options = {
  halyard: { first: ['--retries', '0'], again: '--retry-failed' },
  'curl -Z': { first: [] },
  aria2c: { first: ['--max-tries=1', '--save-session=session'], again: '--continue', list: 'session' },
  wget2: { first: ['--tries=1'], again: '--no-clobber' },
  wget: { first: ['--tries=1'], again: '--no-clobber' },
}

export default {
  title: 'repeats only what failed',
  async run(tool, lab) {
    let isWell = false
    const { origin, requests } = await lab.serve((request, response) => {
      const name = request.url.slice(1)
      if (isWell || !failing.has(name)) response.end(body)
      else if (name === 'refused.bin') response.writeHead(503).end()
      else response.writeHead(200, { 'Content-Length': body.length }).write(body.subarray(0, 5000), () => response.destroy())
    })
    const urls = names.map((name) => `${origin}/${name}`)
    const { first, again, list } = options[tool.name]
    const before = await lab.run(tool, urls, first)
    isWell = true
    const known = requests.length
    const after = await lab.run(
      tool,
      list === undefined ? urls : join(lab.outside, list),
      again === undefined ? first : [...first, again],
    )
    const asked = requests.slice(known).map(({ path }) => path.slice(1))
    const broken = names.filter((name) => !contentOf(join(lab.folder, name))?.equals(body))
    const raw = { status: [before.status, after.status], asked, broken }
    const how = list === undefined ? (again ?? 'the same command') : `--input-file=${list}`
    const count = `${how}: asked for ${asked.length} of ${names.length}`
    if (broken.length > 0) {
      const held = contentOf(join(lab.folder, broken[0]))?.length.toLocaleString('en-US')
      const evidence = `${count}, exit ${after.status}, but ${broken[0]} has ${held} of ${body.length.toLocaleString('en-US')} bytes`
      return { verdict: 'BAD', evidence, ...raw }
    }
    const needless = asked.filter((name) => !failing.has(name))
    const verdict = needless.length === 0 ? 'good' : again === undefined ? 'not offered' : 'BAD'
    return { verdict, evidence: `${count}, the two failed ones among them`, ...raw }
  },
}
