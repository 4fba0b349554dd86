/** As many rounds as it takes for so many kills. */
import { randomFrom } from '../../support/random.js'
import type { Mixture } from './hostile-list.js'
import { playRound, type Round, type RoundOptions } from './round.js'
import { startSite } from './site.js'

/** Without a kill some five seconds, for the large ones: most lives are shorter. */
const MIXTURE: Mixture = {
  empty: 10,
  small: 140,
  medium: 20,
  large: 8,
  missing: 10,
  busyFirst: 6,
  invalid: 8,
  colliding: 20,
  twice: 8,
  drip: 700_000,
}
/** Seconds before each answer. */
const DELAY = '0.005-0.06'
const KILLS_PER_ROUND = 20

export interface CampaignOptions {
  readonly style: string
  /** At least so many. */
  readonly kills: number
  readonly seed: number
  /** Is told each round when it has ended. */
  readonly onRound?: (round: Round) => void
  readonly program?: RoundOptions['program']
  readonly shardSize?: number
  /** Default: some two hundred lines. */
  readonly mixture?: Mixture
}

export interface Campaign {
  readonly rounds: readonly Round[]
  readonly kills: number
  readonly continued: number
  /** Of all rounds, each with what is needed to play it again. */
  readonly complaints: readonly string[]
}

/** Plays rounds until there were so many kills, or one gave reason to complain. */
export async function fight({
  style,
  kills,
  seed,
  onRound,
  program,
  shardSize,
  mixture = MIXTURE,
}: CampaignOptions): Promise<Campaign> {
  await using site = await startSite(DELAY)
  const seeds = randomFrom(seed)
  const rounds: Round[] = []
  const sum = (what: 'kills' | 'continued'): number => rounds.reduce((total, round) => total + round[what], 0)
  const complaints: string[] = []
  while (sum('kills') < kills && complaints.length === 0) {
    const round = await playRound({
      site,
      style,
      seed: rounds.length === 0 ? seed : Math.floor(seeds() * 1_000_000_000),
      mixture,
      kills: Math.min(KILLS_PER_ROUND, kills - sum('kills')),
      span: 600,
      events: 30,
      concurrency: 16,
      patience: 60_000,
      ...(program === undefined ? {} : { program }),
      ...(shardSize === undefined ? {} : { shardSize }),
    })
    rounds.push(round)
    complaints.push(...round.complaints.map((complaint) => `seed ${round.seed}, style ${style}, ${complaint}`))
    onRound?.(round)
  }
  return { rounds, kills: sum('kills'), continued: sum('continued'), complaints }
}

/** One line for a round that went well, its whole story for another. */
export function describeRound({
  style,
  seed,
  kills,
  childKills,
  lines,
  requests,
  repeated,
  lost,
  continued,
  ...rest
}: Round): string {
  const children = childKills === 0 ? '' : ` and ${childKills} of worker processes`
  const told =
    `${style}, seed ${seed}: ${kills} kills${children}; ${lines} lines, ${requests} requests, ${repeated} of them repeated ` +
    `(lost to kills: ${lost}), ${continued} files continued`
  return rest.complaints.length === 0 ? told : [told, ...rest.complaints, ...rest.trace].join('\n  ')
}
