/**
 * The long proof of "exactly once": as many kills as you like.
 *
 *     npm run build && node build/test/download/exactly-once/long.js --kills 1000
 *
 * | option | |
 * |---|---|
 * | `--kills N` | kills of the whole program, over all styles together; default 1000, which takes about 20 minutes on two cores |
 * | `--shard-size N` | into tar shards of so many lines; default: files |
 * | `--style NAME` | only this style; default async, threads and processes |
 * | `--seed N` | draws the same lists and the same deaths again; default another one each time. It is printed, and so is the seed of each round: that of a round that failed, with `--kills 17` and its style, plays that round alone |
 *
 * Prints a line for each round, everything about a round that failed, and a sum. Ends with 1 if anything was wrong.
 */
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { describeRound, fight } from './campaign.js'
import type { Round } from './round.js'

const { values } = parseArgs({
  options: { kills: { type: 'string' }, style: { type: 'string' }, seed: { type: 'string' }, 'shard-size': { type: 'string' } },
})
const styles = values.style === undefined ? ['async', 'threads', 'processes'] : [values.style]
const shardSize = values['shard-size']
const seed = Number(values.seed ?? randomInt(1_000_000))
const killsPerStyle = Math.ceil(Number(values.kills ?? 1_000) / styles.length)
const started = performance.now()
const rounds: Round[] = []

process.stdout.write(`seed ${seed}, ${killsPerStyle} kills in each of ${styles.join(', ')}\n`)
await Promise.all(
  styles.map((style) =>
    fight({
      style,
      kills: killsPerStyle,
      seed,
      ...(shardSize === undefined ? {} : { shardSize: Number(shardSize) }),
      onRound: (round) => {
        rounds.push(round)
        process.stdout.write(`${describeRound(round)}\n`)
      },
    }),
  ),
)

const sum = (key: 'kills' | 'childKills' | 'lines' | 'requests' | 'repeated' | 'continued'): number =>
  rounds.reduce((total, round) => total + round[key], 0)
const failed = rounds.filter(({ complaints }) => complaints.length > 0)
process.stdout.write(
  [
    `${rounds.length} rounds in ${Math.round((performance.now() - started) / 1_000)} s, ${failed.length} failed.`,
    `${sum('kills')} kills, and ${sum('childKills')} of worker processes.`,
    `${sum('lines')} lines, ${sum('requests')} requests, ${sum('repeated')} of them repeated: ${(sum('repeated') / sum('kills')).toFixed(1)} a kill.`,
    `${sum('continued')} files continued where they had been cut off.`,
    '',
  ].join('\n'),
)
process.exitCode = failed.length === 0 ? 0 : 1
