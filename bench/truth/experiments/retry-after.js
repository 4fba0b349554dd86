// "503, come back in three seconds": is that URL left alone for so long, and is its host?
const seconds = 3
/** In ms after the 503; one second less than was asked for, because curl counts in whole seconds of the clock. */
const over = (seconds - 1) * 1000
/** ms until the 503 has surely been read; what was sent before that, nobody can take back. */
const read = 150
const names = ['busy.bin', ...Array.from({ length: 11 }, (_, i) => `${i}.bin`)]
const options = {
  halyard: [],
  'curl -Z': ['--retry', '3'],
  aria2c: ['--max-tries=5', '--retry-wait=1'],
  wget2: ['--tries=5', '--waitretry=1'],
  wget: ['--tries=5', '--waitretry=1', '--retry-on-http-error=503'],
}

/** What both rows look at: when, in ms after the 503, the tool asked for the busy URL again, and when for others. */
async function observe(tool, lab) {
  let refusedAt
  const { origin, requests } = await lab.serve((request, response, { at }) => {
    if (request.url === '/busy.bin' && refusedAt === undefined) {
      refusedAt = at
      response.writeHead(503, { 'Retry-After': seconds }).end()
    } else {
      // Slow enough that the first eight do not make room for others before the 503 has been read.
      setTimeout(() => response.end('x'), 2 * read)
    }
  })
  const urls = names.map((name) => `${origin}/${name}`)
  const { status, late } = await lab.run(tool, urls, options[tool.name])
  const times = requests.map(({ path, at }) => ({ path, after: Math.round(at - refusedAt) })).filter(({ after }) => after > 0)
  const again = times.filter(({ path }) => path === '/busy.bin').map(({ after }) => after)
  const others = times.filter(({ path, after }) => path !== '/busy.bin' && after > read).map(({ after }) => after)
  return { status, late, again, others }
}

export const url = {
  title: `Retry-After: ${seconds}, the URL waits`,
  async run(tool, lab) {
    const { again, ...raw } = await observe(tool, lab)
    const evidence =
      again.length === 0 ? `never asked again, exit ${raw.status}` : `asked again after ${(again[0] / 1000).toFixed(2)} s`
    return { verdict: again[0] > over ? 'good' : 'BAD', evidence, again, ...raw }
  },
}

export const host = {
  title: `Retry-After: ${seconds}, its host rests`,
  async run(tool, lab) {
    const { again, others, ...raw } = await observe(tool, lab)
    const early = [again, others].flat().filter((after) => after < over).length
    return {
      verdict: early === 0 ? 'good' : 'BAD',
      evidence: `${early} requests to the host in the next ${over / 1000} s`,
      again,
      others,
      ...raw,
    }
  },
}
