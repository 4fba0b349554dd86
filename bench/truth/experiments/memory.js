// The same work with a short list and with a long one: what a line more costs in memory, whether or not its turn ever comes.
import { processTree, residentPeak } from '../../process-tree.js'

// Both so long that halyard downloads them by threads: those cost their 40 MB once, whatever the list.
const short = 60_000
const long = 110_000
/** Files after which a run is ended and its peak read: the same work, so that the lists are the only difference. */
const work = 3000
const runs = 3
/** KB per URL, 15 MB for 50,000 of them: as much as reading ahead and a garbage collector that is in no hurry may differ by. */
const tolerance = 0.3

export default {
  title: 'KB of memory per URL of the list',
  async run(tool, lab) {
    const peaks = { [short]: [], [long]: [] }
    for (let run = 0; run < runs; run++) {
      for (const count of [short, long]) peaks[count].push(await lab.apart((own) => measure(tool, own, count)))
    }
    // The least that it got along with: the rest of a peak is garbage that nobody had collected yet.
    const [small, large] = [short, long].map((count) => Math.min(...peaks[count]))
    const slope = (large - small) / (long - short) / 1000
    const [from, to] = [small, large].map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`)
    return {
      verdict: slope <= tolerance ? 'good' : 'BAD',
      figure: Math.max(0, slope).toFixed(slope < 1 ? 2 : 1),
      evidence: `${from} for ${short.toLocaleString('en-US')} URLs, ${to} for ${long.toLocaleString('en-US')}`,
      peaks,
    }
  },
}

async function measure(tool, lab, count) {
  let answered = 0
  let done
  const enough = new Promise((resolve) => (done = resolve))
  const { origin } = await lab.serve(
    (_request, response) => {
      response.end('hoist\n')
      answered += 1
      if (answered === work) done()
    },
    { remember: false },
  )
  const urls = Array.from({ length: count }, (_, i) => `${origin}/flags/${String(i).padStart(6, '0')}.txt`)
  const running = lab.start(tool, urls, [], 120_000)
  const ended = await Promise.race([enough, running.ended])
  if (ended !== undefined) throw new Error(`ended with exit code ${ended.status} after ${answered} files: ${ended.stderr}`)
  const peak = residentPeak(processTree(running.pid) ?? [])
  running.signal('SIGKILL')
  await running.ended
  return peak
}
