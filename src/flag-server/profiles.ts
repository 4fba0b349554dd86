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
 * @param options hold for all three, over what the profile says; `ports: 'book'` takes 8000, 8001 and 8002 instead of free ports.
 */
export async function startFlagServers(
  options: Omit<FlagServerOptions, 'port'> & { readonly ports?: 'book' | 'free' | undefined } = {},
): Promise<FlagServers> {
  const { ports = 'free', ...rest } = options
  const started: FlagServer[] = []
  const close = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.close()))
  }
  const start = async (name: ProfileName): Promise<FlagServer> => {
    const { port, ...profile } = PROFILES[name]
    const server = await startFlagServer({ ...profile, ...rest, port: ports === 'book' ? port : 0 })
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
