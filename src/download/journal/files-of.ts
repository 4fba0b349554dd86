import { NameSet } from '../naming/name-set.js'
import { readOutcomes } from './read-journal.js'

/** The files that the run in `output` has written; none if there was no run, or its records cannot be read. */
export async function filesOf(output: string): Promise<NameSet> {
  const files = new NameSet()
  try {
    for await (const outcomes of readOutcomes(output)) for (const { file } of outcomes) if (file !== undefined) files.add(file)
  } catch {
    // What cannot be known to be ours is not ours.
  }
  return files
}
