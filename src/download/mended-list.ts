/** A run whose list broke off goes on with the list that was mended, and with no other. */
import type { Journal } from './journal/journal.js'
import type { RunFolder } from './journal/run-folder.js'
import { beginsWith, headOfBroken } from './source/list-head.js'
import type { Source } from './source/source.js'

interface BrokenRun {
  readonly journal: Journal
  /** The fingerprint that the list had when the run began. */
  readonly list?: string
  readonly folder?: RunFolder
}

/** Of a list that broke off: what could be read of it, if it is still the one that the run began with. */
export async function rememberBroken(source: Source, { journal, list, folder }: BrokenRun): Promise<void> {
  if (folder === undefined || list === undefined) return
  const head = await headOfBroken(source)
  if (head === undefined || (await source.fingerprint()) !== list) return
  let covered = 0
  for (let id = 0; id < head.entries; id += 1) if (journal.done(id)) covered += 1
  // A disk that fails now here and now there is no list that broke off: a line that was done must be one of those.
  if (covered === journal.tally.records) folder.brokeOff(head)
}

/** Whether the run in the folder is of a list that broke off, and this is that list, mended. */
export async function isMended(source: Source, list: string | undefined, folder: RunFolder): Promise<boolean> {
  const earlier = folder.earlier()
  if (earlier?.broken === undefined || list === undefined || earlier.list === list) return false
  return await beginsWith(source, earlier.broken)
}
