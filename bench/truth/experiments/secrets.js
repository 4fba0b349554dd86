// The server that was given the secret redirects to another host; what does that one get to see?
const canary = 'canary-5f1d'

/** A row: what arrives of `headers` at the other host. */
function secret(title, headers) {
  return {
    title,
    async run(tool, lab) {
      const other = await lab.serve((_request, response) => response.end('x'), { host: '127.0.0.2' })
      const first = await lab.serve((_request, response) => response.writeHead(302, { Location: `${other.origin}/landed` }).end())
      const flag = tool.name === 'aria2c' ? ['--header'] : tool.name.startsWith('wget') ? ['--header'] : ['-H']
      const options = headers.flatMap((header) => [...flag, header])
      const { status } = await lab.run(tool, [`${first.origin}/start`], options)
      const [given, leaked] = [first, other].map(({ requests }) => secretsIn(requests))
      if (given.length !== headers.length) throw new Error(`the first host got ${given.join(', ') || 'no secret'}`)
      const followed = other.requests.length === 0 ? 'redirect not followed' : `exit ${status}, redirect followed`
      return {
        verdict: leaked.length === 0 ? 'good' : 'BAD',
        evidence: leaked.length === 0 ? `${followed}, nothing sent along` : `127.0.0.2 was sent ${leaked.join(' and ')}`,
        requests: other.requests,
      }
    },
  }
}

function secretsIn(requests) {
  const names = requests.flatMap(({ headers }) => Object.keys(headers).filter((name) => String(headers[name]).includes(canary)))
  return [...new Set(names)]
}

export const credentials = secret('credentials stay with their host', [
  `Authorization: Bearer ${canary}`,
  `Cookie: session=${canary}`,
])
export const ownHeader = secret('X-Api-Key stays with its host', [`X-Api-Key: ${canary}`])
