/** Asks for IPv4 and IPv6 addresses of a name, and makes one answer of the two. */
import type { Answer, Answered, Found } from './answer.js'
import type { NameServers } from './name-servers.js'
import type { OwnAddresses } from './own-addresses.js'

/**
 * A machine without IPv6, or with that of its site alone, asks for it only where there is no IPv4 address: so most names cost one question.
 * Otherwise both are asked for at once, and what comes first is not kept waiting for long: some servers never answer questions for IPv6 (RFC 8305, section 3).
 *
 * @param patience ms for which IPv4 addresses wait for those of IPv6
 */
export function askBoth(servers: NameServers, own: OwnAddresses, patience: number, name: string, done: Answered): void {
  if (!own.ipv6) {
    servers.ask(name, 4, (four) => {
      if (four.is === 'denied' && four.exists) servers.ask(name, 6, (six) => done(merge(own, four, six)))
      else done(merge(own, four, four))
    })
    return
  }
  let four: Answer | undefined
  let six: Answer | undefined
  let timer: NodeJS.Timeout | undefined
  let ended = false
  const end = (): void => {
    if (ended) return
    ended = true
    clearTimeout(timer)
    if (four !== undefined) done(merge(own, four, six ?? four))
  }
  servers.ask(name, 4, (answer) => {
    four = answer
    // A name that does not exist has no address of the other kind either.
    if (six !== undefined || (answer.is === 'denied' && !answer.exists)) end()
    else if (answer.is === 'found') timer = setTimeout(end, patience)
  })
  servers.ask(name, 6, (answer) => {
    six = answer
    if (four !== undefined) end()
  })
}

/** Addresses of either kind are an answer; a failure outweighs a no, since it may have been a yes. */
function merge(own: OwnAddresses, four: Answer, six: Answer): Answer {
  const found = [four, six].filter((answer): answer is Found => answer.is === 'found')
  if (found.length > 0) {
    const all = [...new Map(found.flatMap(({ addresses }) => addresses).map((one) => [one.address, one])).values()]
    const of = (family: number): string[] => all.filter((one) => one.family === family).map(({ address }) => address)
    return { is: 'found', addresses: own.inOrder(of(4), of(6)), ttl: Math.min(...found.map(({ ttl = Infinity }) => ttl)) }
  }
  return four.is === 'failed' ? four : six.is === 'failed' && (four.is !== 'denied' || four.exists) ? six : four
}
