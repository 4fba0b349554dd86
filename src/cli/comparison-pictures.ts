import { writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Comparison } from '../compare/index.js'
import { makeFolder, OutputError } from '../flags/index.js'
import { timelineHtml, timelineSvg } from '../timeline/index.js'
import { FLAGS, notes, tableRows, timelineRuns } from './comparison-report.js'

/** Whether a picture can be written under that name. */
export function isPictureName(path: string): boolean {
  return /\.(svg|html)$/i.test(path)
}

/**
 * Draws the comparison into each of `paths`: an SVG or a page, by the end of the name.
 *
 * @throws {OutputError} a file cannot be written
 */
export async function writePictures({ runs }: Comparison, paths: readonly string[]): Promise<void> {
  const timeline = timelineRuns(runs)
  for (const path of paths) {
    const picture = /\.svg$/i.test(path)
      ? timelineSvg(timeline, { noun: FLAGS })
      : timelineHtml(timeline, { noun: FLAGS, table: tableRows(runs), notes: notes(runs) })
    makeFolder(dirname(path))
    try {
      await writeFile(path, picture)
    } catch (error) {
      throw new OutputError(path, error)
    }
  }
}
