import { join } from 'node:path'
import { type JobInput, previewJobs, type Source } from '../../download/index.js'
import { count, jsonLine } from '../../report/index.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { tell } from '../output.js'
import { printable } from '../../text/index.js'
import type { GetJob } from './get-job.js'
import { LineWriter } from './line-writer.js'

/** Prints each URL and the file it would become, with a tab between them, and what is wrong with the other lines. Requests nothing. */
export async function preview(
  list: Source | readonly JobInput[],
  { options, output, progress, quiet }: GetJob,
): Promise<ExitCode> {
  const writer = new LineWriter(process.stdout)
  let good = 0
  let bad = 0
  for await (const previewed of previewJobs(list, options)) {
    if (progress === 'json') writer.write(jsonLine(previewed))
    if ('problem' in previewed) {
      bad += 1
      const { id, line = id + 1, problem } = previewed
      if (!quiet) tell(printable(`line ${line}: ${problem.code}: ${problem.message}`, '?'))
    } else {
      good += 1
      if (progress !== 'json') {
        writer.write(`${printable(previewed.url, '?')}\t${join(output, previewed.file, previewed.member ?? '')}\n`)
      }
    }
  }
  writer.flush()
  if (!quiet) tell(`${count(good, FILES)} would be downloaded${bad > 0 ? `; ${count(bad, LINES)} no sense` : ''}`)
  return bad === 0 ? EXIT.OK : good === 0 ? EXIT.NOTHING : EXIT.FAILED
}

const FILES = { one: 'file', many: 'files' }
const LINES = { one: 'line makes', many: 'lines make' }
