/**
 * The proof of "exactly once": rounds in which `halyard get` is killed again and again at random moments, and started again with the same
 * command, until it ends by itself. After each death, and in the end, everything is held against what the list says.
 *
 *     list ─▶ ┌ start ─▶ killed ─▶ look ┐ ─▶ start ─▶ ends ─▶ look ─▶ once more: not one request
 *             └───────── again ◀────────┘
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ended, Program } from '../../support/child-program.js'
import { MAIN_URL } from '../../support/main-url.js'
import { randomFrom } from '../../support/random.js'
import { describeDeath, drawDeath, kill, moment, type Victim } from './death.js'
import { Folder, type OutputFolder } from './folder.js'
import { type HostileList, hostileList, type Line, type Mixture } from './hostile-list.js'
import { type Journal, missingRecords, readJournal, recordComplaints } from './records.js'
import { type Ending, repetitions } from './repetitions.js'
import { isPlannedFailure, type Site } from './site.js'
import { linesInShards, TarFolder } from './tar-folder.js'

export interface RoundOptions {
  readonly site: Site
  readonly style: string
  readonly seed: number
  readonly mixture: Mixture
  /** Deaths after which the run is left in peace. */
  readonly kills: number
  /** Longest life, in ms after the start. */
  readonly span: number
  /** Requests or answers after which a life ends at the latest, if it is one that ends by them. */
  readonly events: number
  /** `-j` and `--per-host`. */
  readonly concurrency: number
  /** Lines in a tar shard, for a run that makes shards. Default: files. */
  readonly shardSize?: number
  /** Milliseconds after which a run that nobody kills counts as hung. */
  readonly patience: number
  /** Another downloader that takes `get -i -o -j`, for the tests of these tests. Default: halyard. */
  readonly program?: { readonly file: URL; readonly env: Readonly<Record<string, string>> }
}

/** What happened in a round. Complaints: all that was wrong; none means that the promise held. */
export interface Round {
  readonly style: string
  readonly seed: number
  readonly lines: number
  readonly kills: number
  readonly childKills: number
  /** Without those answered by 503 as planned. */
  readonly requests: number
  /** Requests beyond one for each line; and how many may be, by what was in flight at each kill. */
  readonly repeated: number
  readonly lost: number
  /** Answers 206: a file was continued where it had been cut off. */
  readonly continued: number
  readonly complaints: readonly string[]
  /** What was done, line by line, for whoever looks for the reason of a complaint. */
  readonly trace: readonly string[]
}

/** One life of the program: from its start to its end, whoever ended it. */
interface LifeReport {
  readonly ended: Ended
  readonly ending: Ending
}

/** Plays one round in a folder of its own. Ends with the first life that gives reason to complain. */
export async function playRound(options: RoundOptions): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), 'halyard-round-'))
  try {
    return await new RoundInPlay(options, folder).play()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

class RoundInPlay {
  readonly #options: RoundOptions
  readonly #random: () => number
  readonly #list: HostileList
  readonly #lines: readonly Line[]
  readonly #out: string
  readonly #folder: OutputFolder
  readonly #command: readonly string[]
  readonly #complaints: string[] = []
  readonly #trace: string[] = []
  #journal: Journal
  #kills = 0
  #childKills = 0
  #requests = 0
  #lost = 0
  #continued = 0
  /** Number of the last request seen. */
  #mark: number
  /** What the lives to come may be excused: see `Life.excused`. */
  #excused = 0

  constructor(options: RoundOptions, folder: string) {
    const { site, style, seed, mixture, concurrency, shardSize } = options
    this.#options = options
    this.#random = randomFrom(seed)
    this.#mark = site.log.records.at(-1)?.n ?? 0
    site.clear()
    this.#list = hostileList(site.url, mixture, this.#random)
    site.add(this.#list.plans)
    this.#out = join(folder, 'out')
    mkdirSync(folder, { recursive: true })
    const list = join(folder, 'list.txt')
    writeFileSync(list, this.#list.text)
    const { lines } = this.#list
    this.#lines = shardSize === undefined ? lines : linesInShards(lines, shardSize)
    this.#folder = shardSize === undefined ? new Folder(this.#out, lines) : new TarFolder(this.#out, this.#lines, shardSize)
    this.#journal = readJournal(this.#out)
    const pace = ['-j', String(concurrency), '--per-host', String(concurrency)]
    const shards = shardSize === undefined ? [] : ['--sink', 'tar', '--shard-size', String(shardSize)]
    this.#command = ['get', '-i', list, '-o', this.#out, '--style', style, ...pace, ...shards]
  }

  async play(): Promise<Round> {
    const { style, seed, kills } = this.#options
    let ended: Ended | undefined
    while (ended === undefined && this.#complaints.length === 0) {
      ended = await (this.#kills < kills ? this.#lifeCutShort() : this.#lifeInPeace())
    }
    if (ended !== undefined && this.#complaints.length === 0) await this.#judgeEnd(ended)
    const lines = this.#lines
    const asked = lines.filter(({ target }) => target !== undefined).length
    return {
      style,
      seed,
      lines: lines.length,
      kills: this.#kills,
      childKills: this.#childKills,
      requests: this.#requests,
      repeated: Math.max(0, this.#requests - asked),
      lost: this.#lost,
      continued: this.#continued,
      complaints: this.#complaints,
      trace: this.#trace,
    }
  }

  #start(): Program {
    const { patience, program = { file: MAIN_URL, env: {} } } = this.#options
    return new Program(program.file, { args: this.#command, timeout: patience, env: program.env })
  }

  /** Undefined: it was killed. */
  async #lifeCutShort(): Promise<Ended | undefined> {
    const { site, style, span, events, concurrency } = this.#options
    const victims: readonly Victim[] = style === 'processes' ? ['all', 'all', 'parent', 'child'] : ['all']
    const death = drawDeath(this.#random, victims, span, events)
    this.#trace.push(`kill ${describeDeath(death)}`)
    const program = this.#start()
    await moment(death, program, site.log, this.#mark)
    // Now and then while it lives; not each time, for that takes a while, and the moment would be gone.
    if (this.#random() < 0.3) this.#complain('while it ran', this.#folder.complaints())
    const killed = kill(death, program, this.#random)
    if (death.victim === 'child') {
      if (killed) this.#childKills += 1
      // The others go on; they are killed too, but later.
      this.#excused += concurrency
      await moment({ victim: 'all', ms: Math.round(this.#random() * span) }, program, site.log, this.#mark)
      program.killGroup('SIGKILL')
    }
    const ended = await program.ended
    if (ended.signal === null) return await this.#judgeLife({ ended, ending: 'finished' })
    this.#kills += 1
    // Children without a parent may have requests under way that the next life makes again before they are gone.
    if (death.victim === 'parent') this.#excused += concurrency
    const report: LifeReport = { ended, ending: 'killed' }
    await this.#judgeLife(report, death.victim !== 'parent')
    return undefined
  }

  async #lifeInPeace(): Promise<Ended> {
    this.#trace.push('left in peace')
    const ended = await this.#start().ended
    return await this.#judgeLife({ ended, ending: 'finished' })
  }

  /** @param wait - for the server to have read all; not after the death of a parent alone: its children are met by the next life */
  async #judgeLife({ ended, ending }: LifeReport, wait = true): Promise<Ended> {
    const { site, concurrency } = this.#options
    const lines = this.#lines
    if (wait) await site.quiet()
    const before = this.#journal
    const after = readJournal(this.#out)
    const requests = site.log.records.filter(({ n }) => n > this.#mark)
    this.#mark = requests.at(-1)?.n ?? this.#mark
    const { complaints, lost } = repetitions({ before, after, requests, ending, concurrency, excused: this.#excused }, lines)
    // What orphans do is met in the life after theirs, once.
    if (wait) this.#excused = 0
    this.#journal = after
    this.#lost += lost
    this.#requests += requests.filter((request) => !isPlannedFailure(request)).length
    this.#continued += requests.filter(({ status }) => status === 206).length
    this.#trace.push(
      `  ${requests.length} requests, ${after.records.length - before.records.length} records, ${lost} lost; ` +
        (ended.signal === null ? `ended with ${ended.code}` : ended.signal),
    )
    this.#complain('after the life', [...complaints, ...recordComplaints(after, lines), ...this.#folder.complaints()])
    this.#complain('after the life', recordsWithoutFile(after, this.#folder))
    if (ending === 'finished') this.#complain('at its end', exitComplaints(ended))
    if (this.#complaints.length > 0) this.#trace.push(ended.stderr)
    return ended
  }

  async #judgeEnd(ended: Ended): Promise<void> {
    const lines = this.#lines
    this.#complain('in the end', [...missingRecords(this.#journal, lines), ...this.#folder.finalComplaints()])
    this.#trace.push('once more')
    const { text: before } = this.#journal
    const { total } = this.#options.site.log
    const again = await this.#lifeInPeace()
    const made = this.#options.site.log.total - total
    if (made > 0) this.#complain('once more', [`${made} requests though all was done`])
    if (again.code !== ended.code) this.#complain('once more', [`ended with ${again.code}, before with ${ended.code}`])
    if (this.#journal.text !== before) this.#complain('once more', ['the journal changed though all was done'])
    this.#complain('once more', this.#folder.finalComplaints())
  }

  #complain(when: string, complaints: readonly string[]): void {
    this.#complaints.push(...complaints.map((complaint) => `${when}: ${complaint}`))
  }
}

/** Commit comes before record: whoever is called ok is there. */
function recordsWithoutFile(journal: Journal, folder: OutputFolder): string[] {
  return journal.records
    .filter((record) => record.status === 'ok' && !folder.holds(record))
    .map(({ id, file }) => `line ${id} is recorded as ok, and ${String(file)} is not there`)
}

/** The lists have lines that are invalid: a run that went well ends with 1. */
function exitComplaints({ code, stderr }: Ended): string[] {
  return code === 1 ? [] : [`the run ended with ${String(code)}:\n${stderr}`]
}
