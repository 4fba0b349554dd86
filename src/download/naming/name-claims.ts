/**
 * Who has which name: the first line of the list that wants one gets it, whatever order the downloads end in.
 *
 * Names are equal if a file system somewhere takes them for equal: after NFC and folding of case. A name is also taken if a folder has it,
 * and a folder cannot be where a file is.
 */
import { type HashTaker, NameSet } from './name-set.js'
import { otherName } from './fit.js'

/** What happens when a name is taken. */
export type CollisionPolicy = 'suffix' | 'skip' | 'fail'

/** The name that is now the job's own, or that there is none for it. */
export type Claim = { readonly file: string } | { readonly taken: true }

export interface NameClaimsOptions {
  /**
   * The template makes no name twice: only names that were there before are remembered, and so a list of any length costs nothing.
   * @default false
   */
  readonly unique?: boolean
}

export interface ExpectedClaims {
  /** About how many there will be; 0: not known. Saves memory. The same for the same list, always. */
  readonly expected: number
  /** Is told of every claim, for `restore`. The lowest bit of the first number tells a folder from a file. */
  readonly onClaim: HashTaker
}

const FILE = 0
const FOLDER = 1

const TAKEN: Claim = { taken: true }

/** Memory: 5 to 13 bytes a name; see {@link NameSet}, also for how exact it is. */
export class NameClaims {
  readonly #files: NameSet
  readonly #folders: NameSet
  readonly #unique: boolean
  /** What is taken is no claim while it is what was there before. */
  #isClaiming = false

  #onClaim: HashTaker | undefined

  constructor({ unique = false }: NameClaimsOptions = {}) {
    const tell =
      (kind: typeof FILE | typeof FOLDER): HashTaker =>
      (place, kept) => {
        if (this.#isClaiming) this.#onClaim?.(place + kind, kept)
      }
    this.#files = new NameSet({ onAdd: tell(FILE) })
    this.#folders = new NameSet({ onAdd: tell(FOLDER) })
    this.#unique = unique
  }

  /** Before the first name. */
  prepare({ expected, onClaim }: ExpectedClaims): void {
    if (!this.#unique) this.#files.expect(expected)
    this.#onClaim = onClaim
  }

  /** A name that was there before the run: `a/b.gif`, or `a/b/` for a folder. Before the first claim. */
  takeExisting(name: string): void {
    if (name.endsWith('/')) this.#takeFolder(name.slice(0, -1))
    else this.#take(name)
  }

  /** A claim that an earlier run was told of. All of them in their order, after what was there before and before the first new claim. */
  restore(place: number, kept: number): void {
    if ((place & 1) === FOLDER) this.#folders.restore(place - FOLDER, kept)
    else this.#files.restore(place, kept)
  }

  /**
   * Asks for a name on behalf of job `id`, in the order of the list. With `suffix` there is always one: `a.gif`, else `a-8.gif` (for job 7),
   * `a-8-2.gif`, …; a folder whose name a file has gets the suffix likewise. With `skip` and `fail` a taken name stays taken; what that
   * means for the job is the caller's to say.
   */
  claim(file: string, id: number, policy: CollisionPolicy): Claim {
    this.#isClaiming = true
    const folder = this.#folderFor(file, id, policy)
    if (folder === undefined) return TAKEN
    const wanted = file.slice(folder.wanted.length)
    let name = folder.got + wanted
    for (let attempt = 1; this.#isTaken(name); attempt += 1) {
      if (policy !== 'suffix') return TAKEN
      name = folder.got + otherName(wanted, id, attempt)
    }
    if (!this.#unique) this.#take(name)
    return { file: name }
  }

  #isTaken(name: string): boolean {
    return this.#files.has(name) || this.#folders.has(name)
  }

  #take(file: string): void {
    this.#files.add(file)
    const slash = file.lastIndexOf('/')
    if (slash !== -1) this.#takeFolder(file.slice(0, slash))
  }

  #takeFolder(folder: string): void {
    if (this.#folders.has(folder)) return
    this.#folders.add(folder)
    const slash = folder.lastIndexOf('/')
    if (slash !== -1) this.#takeFolder(folder.slice(0, slash))
  }

  /** The folders of `file`, with the slash: as wanted, and such as can be had, because no file stands in the way. */
  #folderFor(file: string, id: number, policy: CollisionPolicy): { readonly wanted: string; readonly got: string } | undefined {
    let start = 0
    let got = ''
    for (let slash = file.indexOf('/'); slash !== -1; slash = file.indexOf('/', start)) {
      const wanted = file.slice(start, slash)
      let name = wanted
      for (let attempt = 1; this.#files.has(got + name); attempt += 1) {
        if (policy !== 'suffix') return undefined
        name = otherName(wanted, id, attempt)
      }
      got += `${name}/`
      start = slash + 1
    }
    return { wanted: file.slice(0, start), got }
  }
}
