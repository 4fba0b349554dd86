/** Where the part and the file of one job are: the same folder, held while the attempt is at work in it. */
import { partName } from '../naming/part-name.js'
import { hasFolder, openFolder, type Folder } from './folders.js'
import type { SinkSettings } from './settings.js'

export class Place {
  /** Last component of the file's name. */
  readonly name: string
  readonly partName: string
  readonly #settings: SinkSettings
  /** Relative to the root, '' for the root itself. */
  readonly #folder: string
  #held: Folder | undefined

  constructor(settings: SinkSettings, file: string, id: number) {
    const slash = file.lastIndexOf('/')
    this.name = file.slice(slash + 1)
    this.partName = partName(this.name, id)
    this.#settings = settings
    this.#folder = slash === -1 ? '' : file.slice(0, slash)
  }

  /** The folder, for calls of the file system: another path once it is held, and not to be kept. */
  get path(): string {
    if (this.#held !== undefined) return this.#held.path
    return this.#folder === '' ? this.#settings.root : `${this.#settings.root}/${this.#folder}`
  }

  get partPath(): string {
    return `${this.path}/${this.partName}`
  }

  /** A file in the folder, relative to the root. */
  fileNamed(name: string): string {
    return this.#folder === '' ? name : `${this.#folder}/${name}`
  }

  /** Whether the folder still is where it should be. @throws {DownloadError} OUTPUT_DENIED: something is in its way */
  isThere(): boolean {
    return hasFolder(this.#settings.root, this.#folder)
  }

  /** Before anything is made or removed here. The root itself needs no look: nothing below the output leads to it. */
  hold(): void {
    if (this.#folder !== '' && this.#held === undefined) this.make()
  }

  /** Makes what is missing of the folder. */
  make(): void {
    this.release()
    this.#held = openFolder(this.#settings.root, this.#folder, this.#settings.durable)
  }

  release(): void {
    this.#held?.release()
    this.#held = undefined
  }
}
