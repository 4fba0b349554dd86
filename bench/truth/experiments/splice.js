// Half of the old file has come, the run is stopped, the file changes on the server, and the same command runs again.
import { join } from 'node:path'
import { contentOf } from '../files.js'
import { composition, name, serveHalf, versions } from './half-sent.js'

const options = {
  halyard: [],
  'curl -Z': ['--continue-at', '-'],
  aria2c: ['--continue=true'],
  wget2: ['--continue'],
  wget: ['--continue'],
}

const stops = [
  { how: 'Ctrl-C', signal: 'SIGINT' },
  { how: 'kill -9', signal: 'SIGKILL' },
  { how: 'Ctrl-C, server without If-Range', signal: 'SIGINT', asksIfRange: false },
]
const patience = 6000 // ms after Ctrl-C; then kill -9

export default {
  title: 'a resume never splices old and new',
  async run(tool, lab) {
    const stories = await Promise.all(stops.map((stop) => lab.apart((own) => story(tool, own, stop))))
    const worst = stories.find(({ verdict }) => verdict === 'BAD') ?? stories[0]
    return { verdict: worst.verdict, evidence: worst.evidence, stories }
  },
}

async function story(tool, lab, { how, signal, asksIfRange }) {
  const { origin, requests, halfWay, change } = await serveHalf(lab, { asksIfRange })
  const urls = [`${origin}/${name}`]
  const first = lab.start(tool, urls, options[tool.name])
  await halfWay(first)
  first.signal(signal)
  const deadline = setTimeout(() => first.signal('SIGKILL'), patience)
  const stopped = await first.ended
  clearTimeout(deadline)
  change()
  const before = requests.length
  const { status } = await lab.run(tool, urls, options[tool.name])
  const asked = requests.slice(before).map(({ headers }) => ({ range: headers.range, ifRange: headers['if-range'] }))
  const content = contentOf(join(lab.folder, name))
  const isNew = content?.equals(versions.new.body) ?? false
  const held = content === undefined ? 'no file' : isNew ? 'the new file, whole' : composition(content)
  return {
    verdict: isNew || (status !== 0 && !held.includes('+')) ? 'good' : 'BAD',
    evidence: `${how}, then again: exit ${status}, ${held}`,
    stopped: stopped.status ?? 'killed',
    asked,
  }
}
