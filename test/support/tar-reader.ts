/** A tar archive read by somebody else: Python's tarfile, so that no mistake of ours can agree with itself. */
import { spawnSync } from 'node:child_process'

export interface ReadMember {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
  /** Where its bytes begin. */
  readonly at: number
  /** Mode, uid, gid, mtime and type: what must never differ. */
  readonly rest: readonly (number | string)[]
}

const READ = `
import hashlib, json, sys, tarfile
for path in sys.argv[1:]:
    with tarfile.open(path, errorlevel=2) as archive:
        print(json.dumps([{
            'name': member.name, 'bytes': member.size, 'at': member.offset_data,
            'sha256': hashlib.sha256(archive.extractfile(member).read()).hexdigest(),
            'rest': [oct(member.mode), member.uid, member.gid, member.mtime, member.type.decode()],
        } for member in archive]))
`

/** Why there is nobody to ask, or false. */
export const noPython: string | false =
  spawnSync('python3', ['-c', 'import tarfile']).status === 0 ? false : 'python3 is not here'

/** Why GNU tar is not asked, or false: macOS and Windows have another one of that name. */
export const noGnuTar: string | false = spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU tar')
  ? false
  : 'GNU tar is not here'

/** The bodies in an archive of ours, by the names of their members; what is said of each body is left out. For tests without Python. */
export function bodiesOf(archive: Buffer): Map<string, Buffer> {
  const bodies = new Map<string, Buffer>()
  for (let at = 0; archive[at] !== 0;) {
    const member = archive.toString('latin1', at, archive.indexOf(0, at))
    const bytes = Number.parseInt(archive.toString('latin1', at + 124, at + 135), 8)
    if (!member.endsWith('.json')) bodies.set(member, archive.subarray(at + 512, at + 512 + bytes))
    at += 512 + Math.ceil(bytes / 512) * 512
  }
  return bodies
}

/** The members of each archive, in their order. */
export function readTars(...paths: readonly string[]): ReadMember[][] {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', READ, ...paths], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReadMember[])
}
