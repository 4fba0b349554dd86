/** A list, a folder for it, and the command that downloads the one into the other; for tests in which the run meets an obstacle. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RequestRecord } from 'halyard/flag-server'
import { type Ended, type Program, type ProgramOptions } from '../../support/child-program.js'
import { halyard, halyardProcess, startHalyard } from '../../support/halyard.js'
import { randomFrom } from '../../support/random.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { Folder, type OutputFolder } from './folder.js'
import { hostileList, type Line, type Mixture } from './hostile-list.js'
import { missingRecords, readJournal, recordComplaints } from './records.js'
import { type Ending, repetitions } from './repetitions.js'
import { type Site, startSite } from './site.js'
import { linesInShards, TarFolder } from './tar-folder.js'

/** Forty small files. */
export const FEW: Mixture = {
  empty: 2,
  small: 34,
  medium: 4,
  large: 0,
  missing: 0,
  busyFirst: 0,
  invalid: 0,
  colliding: 0,
  twice: 0,
  drip: 1_000_000,
}

export const CONCURRENCY = 8

/** A test, or whatever else has an end. */
interface TestEnd {
  after(end: () => Promise<void> | void): void
}

export interface AssignmentOptions {
  readonly mixture?: Mixture
  readonly style?: string
  /** Seconds before each answer. */
  readonly delay?: string | number
  /** The output, where it must be a certain one. Default: a folder that does not exist yet. */
  readonly out?: string
  /** Lines in a tar shard, for a run that makes shards. Default: files. */
  readonly shardSize?: number
  /** More of the command. */
  readonly args?: readonly string[]
}

export class Assignment {
  readonly site: Site
  readonly lines: readonly Line[]
  readonly list: string
  readonly out: string
  readonly folder: OutputFolder
  readonly command: readonly string[]
  readonly #t: TestEnd

  constructor(t: TestEnd, site: Site, { mixture = FEW, style = 'async', out, shardSize, args = [] }: AssignmentOptions) {
    this.#t = t
    this.site = site
    const { text, lines, plans } = hostileList(site.url, mixture, randomFrom(7))
    site.add(plans)
    this.lines = shardSize === undefined ? lines : linesInShards(lines, shardSize)
    const place = temporaryFolder(t)
    this.list = join(place, 'list.txt')
    this.out = out ?? join(place, 'out')
    writeFileSync(this.list, text)
    this.folder = shardSize === undefined ? new Folder(this.out, lines) : new TarFolder(this.out, this.lines, shardSize)
    const shards = shardSize === undefined ? [] : ['--sink', 'tar', '--shard-size', String(shardSize)]
    this.command = ['get', '-i', this.list, '-o', this.out, '--style', style, '-j', String(CONCURRENCY), ...shards, ...args]
  }

  /** Runs the command to its end, in a process of its own. */
  run(options: ProgramOptions = {}): Promise<Ended> {
    return halyardProcess(this.#t, this.command, options)
  }

  /** The same in a program that carries out many, but never saw this folder unless by this: all it knows is what is there. */
  carryOut(): Promise<Ended> {
    return halyard(this.#t, this.command)
  }

  start(options: ProgramOptions = {}): Program {
    return startHalyard(this.#t, this.command, options)
  }

  /**
   * Lets `live` start the run and wait for its end, and holds what it asked for and recorded against one another; whatever has a final name is
   * whole, and every record right. `excused`: see `Life`.
   */
  async life<T>(ending: Ending, live: () => Promise<T>, excused = 0): Promise<T> {
    const before = readJournal(this.out)
    const mark = this.site.log.records.at(-1)?.n ?? 0
    const result = await live()
    await this.site.quiet()
    const after = readJournal(this.out)
    const requests = this.site.log.records.filter(({ n }) => n > mark)
    const { complaints } = repetitions({ before, after, requests, ending, concurrency: CONCURRENCY, excused }, this.lines)
    assert.deepEqual([...complaints, ...recordComplaints(after, this.lines), ...this.folder.complaints()], [])
    return result
  }

  /** Carries out the same command again, which finishes the job without a request too many, and leaves all as it must be. */
  async finish(): Promise<void> {
    const ended = await this.life('finished', () => this.carryOut())
    assert.equal(ended.code, 0, ended.stderr)
    this.isDone()
  }

  /** Every line has its record and every file is there. */
  isDone(): void {
    assert.deepEqual([...missingRecords(readJournal(this.out), this.lines), ...this.folder.finalComplaints()], [])
  }

  /** Records so far. */
  get recorded(): number {
    return readJournal(this.out).records.length
  }

  get requests(): readonly RequestRecord[] {
    return this.site.log.records
  }
}

/** Makes a list and starts its server, which ends with the test. */
export async function assign(t: TestEnd, options: AssignmentOptions = {}): Promise<Assignment> {
  const site = await startSite(options.delay)
  t.after(() => site.close())
  return new Assignment(t, site, options)
}
