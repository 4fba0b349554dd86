/** A server of flags that is slow, fails and misbehaves exactly as it is told to: for the book's programs, for tests, and for trying a downloader out. */
export { FlagServerError } from './errors.js'
export { countryCodes, FLAGS_FOLDER } from './images.js'
export type { FaultInput, FaultOptions } from './faults/options.js'
export type { FlagServerOptions } from './options.js'
export { type FlagServers, type ProfileName, PROFILES, startFlagServers } from './profiles.js'
export type { Outcome, RequestLog, RequestRecord } from './request-log.js'
export { type FlagServer, startFlagServer } from './server.js'
export { syntheticBytes, type SyntheticFile, syntheticSha256, syntheticSize } from './synthetic.js'
