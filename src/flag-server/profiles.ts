import type { FaultOptions } from './faults/options.js'
import type { FlagServerOptions } from './options.js'
import { type FlagServer, startFlagServer } from './server.js'

/** The names of the book's three servers. */
export type ProfileName = 'LOCAL' | 'DELAY' | 'ERROR'

/** The book's servers, second edition: as fast as it goes; slow; slow, and an error for every fourth request. */
export const PROFILES: { readonly [Name in ProfileName]: FaultOptions & { readonly port: number } } = {
  LOCAL: { port: 8000 },
  DELAY: { port: 8001, delay: '0.5-5' },
  ERROR: { port: 8002, delay: '0.5-5', errorRate: 0.25, status: 418 },
}

/** The book's three servers, running. */
export type FlagServers = { readonly [Name in ProfileName]: FlagServer } & AsyncDisposable & { close(): Promise<void> }

/**
 * Starts the book's three servers: LOCAL, DELAY and ERROR.
 *
 * @param options hold for all three and win over the profile. `port` is that of LOCAL, DELAY and ERROR have the next two; 0, the default, takes any
 * three free ports; the book's is 8000.
 * @throws {FlagServerError} as {@link startFlagServer}; none of the three is left running then.
 */
export async function startFlagServers(options: FlagServerOptions = {}): Promise<FlagServers> {
  const { port: first = 0, ...common } = options
  const started: FlagServer[] = []
  const close = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.close()))
  }
  const start = async (name: ProfileName): Promise<FlagServer> => {
    const port = first === 0 ? 0 : first + started.length
    const server = await startFlagServer({ ...PROFILES[name], ...common, port })
    started.push(server)
    return server
  }
  try {
    const [LOCAL, DELAY, ERROR] = [await start('LOCAL'), await start('DELAY'), await start('ERROR')]
    return { LOCAL, DELAY, ERROR, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}
