/** A world around the output folder, to see that nothing outside it was touched. */
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface World {
  /** The folder everything is in. */
  readonly path: string
  /** The output folder. */
  readonly root: string
  /** A folder of somebody else's. */
  readonly outside: string
  /** Every path outside the output, with its kind, mode and content. */
  census(): string[]
}

/** Makes a world that goes away with the test. */
export function makeWorld(t: { after(remove: () => void): void }, within: string = tmpdir()): World {
  const path = mkdtempSync(join(within, 'halyard-world-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  const [root, outside] = [join(path, 'home', 'out'), join(path, 'outside')]
  mkdirSync(root, { recursive: true })
  mkdirSync(join(outside, 'folder'), { recursive: true })
  for (const file of ['outside/precious', 'outside/folder/precious', 'home/.bash_profile', 'home/a.gif', 'etc-passwd']) {
    writeFileSync(join(path, file), `precious ${file}`)
  }
  symlinkSync('precious', join(outside, 'link'))
  return { path, root, outside, census: () => [...describeBelow(path, '', root)] }
}

function* describeBelow(world: string, folder: string, except: string): Generator<string> {
  for (const name of readdirSync(join(world, folder)).sort()) {
    const path = join(world, folder, name)
    if (path === except) continue
    const { mode, nlink } = lstatSync(path)
    const kind = (mode & 0o170000).toString(8)
    if (kind === '40000') {
      yield `${folder}/${name} folder ${(mode & 0o777).toString(8)}`
      yield* describeBelow(world, `${folder}/${name}`, except)
    } else {
      const content = kind === '120000' ? readlinkSync(path) : readFileSync(path, 'latin1')
      yield `${folder}/${name} ${kind} ${(mode & 0o777).toString(8)} ${nlink} ${content}`
    }
  }
}
