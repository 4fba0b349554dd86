// Somebody puts symbolic links where two files of the list go; they lead out of the folder.
import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentOf } from '../files.js'

const precious = 'precious'
/** How each tool is told to bring a folder up to date. */
const update = {
  halyard: ['--refresh'],
  'curl -Z': [],
  aria2c: ['--allow-overwrite=true'],
  wget2: ['--timestamping'],
  wget: ['--timestamping'],
}

export default {
  title: 'no write through a symlink',
  async run(tool, lab) {
    const stories = [
      { when: 'first run', ...(await lab.apart((own) => firstRun(tool, own))) },
      { when: update[tool.name][0] ?? 'later run', ...(await lab.apart((own) => laterRun(tool, own))) },
    ]
    const harm = stories.filter(({ harmed }) => harmed.length > 0)
    return {
      verdict: harm.length === 0 ? 'good' : 'BAD',
      evidence:
        harm.length === 0
          ? 'nothing outside the folder was touched'
          : `outside the folder: ${harm.map(({ when, harmed }) => `${when} ${harmed.join(' and ')}`).join('; ')}`,
      stories,
    }
  },
}

async function firstRun(tool, lab) {
  const urls = await serve(lab)
  const harmed = plant(lab)
  const { status } = await lab.run(tool, urls)
  return { status, harmed: harmed() }
}

/** The links come between two runs: the folder was clean when the tool first saw it. */
async function laterRun(tool, lab) {
  const urls = await serve(lab)
  await lab.run(tool, urls, [])
  rmSync(join(lab.folder, 'a.bin'))
  rmSync(join(lab.folder, 'b.bin'))
  const harmed = plant(lab)
  const { status } = await lab.run(tool, urls, update[tool.name])
  return { status, harmed: harmed() }
}

async function serve(lab) {
  const { origin } = await lab.serve((_request, response) => response.end('hostile'))
  return [`${origin}/a.bin`, `${origin}/b.bin`]
}

/** Makes the links, and gives the function that looks at where they lead. */
function plant(lab) {
  const existing = join(lab.outside, 'existing')
  const absent = join(lab.outside, 'absent')
  writeFileSync(existing, precious)
  symlinkSync(existing, join(lab.folder, 'a.bin'))
  symlinkSync(absent, join(lab.folder, 'b.bin'))
  return () => [
    ...(contentOf(existing)?.toString() === precious ? [] : ['overwrote']),
    ...(contentOf(absent) === undefined ? [] : ['created']),
  ]
}
