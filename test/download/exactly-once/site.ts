/** The server of a hostile list: it lives in the test, so that it outlives whom the test kills, and it remembers every request. */
import { type FlagServer, type RequestRecord, startFlagServer } from 'halyard/flag-server'
import type { Plan } from './hostile-list.js'

export interface Site extends AsyncDisposable {
  readonly url: string
  readonly log: FlagServer['log']
  /** What the server does with targets; lists are added as they are made. */
  add(plans: ReadonlyMap<string, Plan>): void
  /** Forgets lists, requests and which of them failed; the address stays. */
  clear(): void
  /** Resolves when all that was asked is answered or given up: the client is dead, and what it had sent has been read. */
  quiet(): Promise<void>
  close(): Promise<void>
}

/** @param delay - seconds before each answer, as the flag server takes it: `0.005-0.04` */
export async function startSite(delay: string | number = 0): Promise<Site> {
  const plans = new Map<string, Plan>()
  let era = 0
  const server = await startFlagServer({
    delay,
    keep: 100_000,
    // The lists make URLs differ by `?again=`.
    strict: false,
    faultsFor: (request) => {
      const plan = plans.get(request.url)
      if (plan === undefined) return { status: 404 }
      const { number: _, ...faults } = plan
      return faults.fail === undefined ? faults : { ...faults, key: `${era} ${request.url}` }
    },
  })
  const close = (): Promise<void> => server.close()
  return {
    url: server.url,
    log: server.log,
    add: (more) => {
      for (const [target, plan] of more) plans.set(target, plan)
    },
    clear: () => {
      era += 1
      plans.clear()
      server.log.clear()
    },
    quiet: async () => {
      // A request that waits in a socket nobody has read yet comes in with the next turns of the event loop.
      for (let turns = 0; turns < 3; turns = server.log.inFlight === 0 ? turns + 1 : 0) {
        await new Promise((resolve) => {
          setTimeout(resolve, 5)
        })
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** An answer that the list says is to be asked for again; it is no repetition. */
export const isPlannedFailure = ({ status }: RequestRecord): boolean => status === 503
