/**
 * Contracts: what the engine expects of a source, a sink, a fetcher and a journal, as tests of node:test. Whoever writes one of their own runs
 * the suite with it; ours run the same.
 */
export { describeFetcherContract } from './fetcher.js'
export type { FetcherStage } from './fetcher.js'
export { describeJournalContract } from './journal.js'
export type { JournalCapabilities, JournalPlace } from './journal.js'
export { answerOf } from './served-file.js'
export type { ServedAnswer, ServedFile } from './served-file.js'
export { describeSinkContract } from './sink.js'
export type { SinkScene } from './sink.js'
export { describeSourceContract } from './source.js'
export type { List, MakeSource, SourceGaps } from './source.js'
