/** A low limit of open files: the run goes on with fewer at once, or ends with 5 and says what to raise; nothing is wrong after either. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { oneOf } from '../../support/thorough.js'
import { type Assignment, assign, FEW } from './assignment.js'

/** Runs the command where no more than so many files may be open at once. */
function limited(job: Assignment, files: number): ReturnType<Assignment['run']> {
  return job.run({ execPath: 'sh', execArgv: ['-c', `ulimit -n ${files}; exec "$0" "$@"`, process.execPath] })
}

describe('with few files that may be open at once', { concurrency: 2 }, () => {
  // With 40 not even the program can be read, whatever the style; with 128 each process has enough for its share.
  for (const [style, files] of oneOf([
    ['async', 40],
    ['async', 80],
    ['async', 128],
    ['threads', 80],
    ['processes', 80],
  ] as const)) {
    test(`${files} in style ${style}: every line ends right, at once or by the same command`, async (t) => {
      // More than may be open.
      const mixture = { ...FEW, small: files + 30 }
      const job = await assign(t, {
        mixture,
        style,
        delay: 0.02,
        args: ['-j', '200', '--per-host', '200'],
      })
      // A file that could not be opened for its bytes is asked for again; that is no failure of the server, and counts as no attempt.
      const ended = await job.life('obstructed', () => limited(job, files), mixture.small)
      if (ended.code !== 0) {
        assert.equal(ended.code, 5, ended.stderr)
        assert.match(ended.stderr, /ulimit|-j/)
      }
      await job.finish()
    })
  }
})
