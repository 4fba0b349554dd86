/** The modules of the journal, as they are built: none of them is exported by the package yet under its own name. */
const load = <T>(name: string): Promise<T> =>
  import(new URL(`../../../../dist/download/journal/${name}.js`, import.meta.url).href) as Promise<T>

export const { DoneSet } = await load<typeof import('../../../src/download/journal/done-set.js')>('done-set')
export const { FileJournal } = await load<typeof import('../../../src/download/journal/file-journal.js')>('file-journal')
export const { allFiles, JournalFiles } =
  await load<typeof import('../../../src/download/journal/journal-files.js')>('journal-files')
export const { ListIndex } = await load<typeof import('../../../src/download/journal/list-index.js')>('list-index')
export const { MemoryJournal } = await load<typeof import('../../../src/download/journal/memory-journal.js')>('memory-journal')
export const { NoJournal } = await load<typeof import('../../../src/download/journal/no-journal.js')>('no-journal')
export const { readOutcomes } = await load<typeof import('../../../src/download/journal/read-journal.js')>('read-journal')
export const { recordLine } = await load<typeof import('../../../src/download/journal/record-line.js')>('record-line')
export const { parseRecord } = await load<typeof import('../../../src/download/journal/parse-record.js')>('parse-record')
export const { scanRecords } = await load<typeof import('../../../src/download/journal/scan-records.js')>('scan-records')
export const { openRunFolder } = await load<typeof import('../../../src/download/journal/run-folder.js')>('run-folder')
export const { layoutOf } = await load<typeof import('../../../src/download/journal/folder-layout.js')>('folder-layout')
export const { acquireLock, lockHolder } = await load<typeof import('../../../src/download/journal/lock.js')>('lock')
export const { livenessOf, thisProcess } =
  await load<typeof import('../../../src/download/journal/process-identity.js')>('process-identity')
export const { differences } = await load<typeof import('../../../src/download/journal/run-record.js')>('run-record')
export const { withoutFailed } = await load<typeof import('../../../src/download/journal/without-failed.js')>('without-failed')
export const { PreviousRecords } =
  await load<typeof import('../../../src/download/journal/previous-records.js')>('previous-records')
export const { exportResults } = await load<typeof import('../../../src/download/journal/export-results.js')>('export-results')
export const { summarise } = await load<typeof import('../../../src/download/journal/summary.js')>('summary')
export const { FailureCounts } = await load<typeof import('../../../src/download/journal/failure-counts.js')>('failure-counts')
export const { HeavyHitters } = await load<typeof import('../../../src/download/journal/heavy-hitters.js')>('heavy-hitters')
export const { existing } = {
  existing: await load<typeof import('../../../src/download/journal/existing-names.js')>('existing-names'),
}
