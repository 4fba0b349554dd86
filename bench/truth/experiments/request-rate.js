// A list of twelve URLs on one host at four requests a second.
const rate = 4
const names = Array.from({ length: 12 }, (_, i) => `${i}.bin`)
const options = {
  halyard: ['--rate', `${rate}`],
  'curl -Z': ['--rate', `${rate}/s`],
  wget2: [`--wait=${1 / rate}`],
  wget: [`--wait=${1 / rate}`],
}

export default {
  title: `at most ${rate} requests a second`,
  async run(tool, lab) {
    if (!(tool.name in options)) return { verdict: 'not offered', evidence: 'no option for it' }
    const { origin, requests } = await lab.serve((_request, response) => response.end('x'))
    const { status } = await lab.run(
      tool,
      names.map((name) => `${origin}/${name}`),
      options[tool.name],
    )
    if (requests.length !== names.length) throw new Error(`${requests.length} requests for ${names.length} URLs, exit ${status}`)
    const times = requests.map(({ at }) => at - requests[0].at)
    const most = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length))
    return {
      // One more than the rate fits into a second at whose both ends a request is sent.
      verdict: most <= rate + 1 ? 'good' : 'BAD',
      evidence: `${options[tool.name].join(' ')}: ${names.length} requests in ${(times.at(-1) / 1000).toFixed(2)} s, up to ${most} in one second`,
      times: times.map(Math.round),
    }
  },
}
