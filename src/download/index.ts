/** The engine: a long list of URLs, each downloaded exactly once, every byte verified. */
export { downloadMany } from './download-many.js'
export { downloadJob } from './download-one.js'
export type { Attempt } from './attempt.js'
export { downloadOne } from './download-single.js'
export type { RunEvent } from './events.js'
export { adviceOn, DownloadError, FAILURES, failureKind, HTTP_FAILURES, RunError } from './errors.js'
export type { DownloadErrorDetails, FailureCode, FailureKind, RunErrorCode } from './errors.js'
export type { Fetcher, FetchRequest, FetchResult, Receiver, ResponseHead, Validator } from './fetch/fetcher.js'
export type { Job, JobInput, Known } from './job.js'
export { exportResults } from './journal/export-results.js'
export type { Journal, Tally } from './journal/journal.js'
export { MemoryJournal } from './journal/memory-journal.js'
export { readOutcomes } from './journal/read-journal.js'
export { summarise } from './journal/summary.js'
export type { FolderSummary } from './journal/summary.js'
export { SINK_NAMES, STYLE_NAMES } from './options.js'
export type {
  ContinueOptions,
  DownloadOptions,
  OutputOptions,
  PaceOptions,
  PartsOptions,
  RequestOptions,
  StyleName,
} from './options.js'
export { STATUSES } from './outcome.js'
export type { Durations, Outcome, Status } from './outcome.js'
export type { Plan } from './plan.js'
export { previewJobs } from './preview-jobs.js'
export type { Preview } from './preview-jobs.js'
export { HIDDEN_SECRET, redactUrl, secretParameters } from './redact-url.js'
export type { Run } from './run.js'
export { MemorySink } from './sink/memory.js'
export type { Committed, Part, Sink } from './sink/sink.js'
export { INPUT_FORMATS, openSource } from './source/open-source.js'
export type { InputFormat, SourceOptions } from './source/open-source.js'
export type { GivenItem, GivenList } from './source/given.js'
export type { Source, SourceEntry } from './source/source.js'
export type { Summary } from './summary.js'
export { verifyOutput } from './verify-output.js'
export type { VerifyOptions, VerifyProblem, VerifyResult } from './verify-output.js'
