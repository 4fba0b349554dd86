/** Race: to the first of several addresses of a host that lets us connect (RFC 8305, "happy eyeballs"). */
import type { Attempt, Dialled } from './dial.js'

/** ms that one address has before the next is tried as well. */
const HEAD_START = 250

/** Why an address cannot work from here; what another one said is more to the point. */
const NO_WAY: ReadonlySet<string> = new Set([
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'EAFNOSUPPORT',
  'EINVAL',
  'EACCES',
  'EPERM',
])

/**
 * Tries the addresses in turn: the next one when one has failed, or has not connected within 250 ms; that one may still win. The first that
 * is connected is handed on, the others are given up. If all fail, `done` has the error that says most.
 *
 * Node.js has the like (`autoSelectFamily`), but gives an address up when the next has its turn: a host that is 300 ms away is reached only
 * by the last of its addresses, and not at all if that one is dead.
 */
export function race<T>(addresses: readonly T[], connect: (address: T, done: Dialled) => Attempt, done: Dialled): Attempt {
  const running = new Set<Attempt>()
  const errors: Error[] = []
  let begun = 0
  let ended = false
  let timer: NodeJS.Timeout | undefined
  const end = (): void => {
    ended = true
    clearTimeout(timer)
    for (const attempt of running) attempt.destroy()
    running.clear()
  }
  const begin = (): void => {
    clearTimeout(timer)
    const address = addresses[begun++]
    if (address === undefined) return
    const attempt = connect(address, (error, socket) => {
      running.delete(attempt)
      if (ended) socket?.destroy()
      else if (socket !== null) {
        end()
        done(null, socket)
      } else {
        errors.push(error ?? new Error('no connection'))
        if (begun < addresses.length) begin()
        else if (running.size === 0) {
          end()
          done(most(errors), null)
        }
      }
    })
    running.add(attempt)
    if (begun < addresses.length) timer = setTimeout(begin, HEAD_START)
  }
  begin()
  return { destroy: end }
}

function most(errors: readonly Error[]): Error {
  return errors.find((error) => !NO_WAY.has((error as NodeJS.ErrnoException).code ?? '')) ?? (errors[0] as Error)
}
