/** When a run dies, and who of it. Drawn from a seed, so that a death that was too much for the run can be tried again. */
import type { FlagServer } from 'halyard/flag-server'
import { setTimeout as delay } from 'node:timers/promises'
import type { Program } from '../../support/child-program.js'
import { childrenOf } from '../../support/os-processes.js'

/**
 * Who is killed: the whole program; of a program with worker processes the parent alone, whose children must find out by themselves; or one
 * of the children, which the parent must replace.
 */
export type Victim = 'all' | 'parent' | 'child'

export interface Death {
  readonly victim: Victim
  /** Counted from the start of the program: requests that came in, or answers that were sent in full. Undefined: only time counts. */
  readonly event?: { readonly kind: 'request' | 'answer'; readonly count: number }
  /** Milliseconds after that, or after the start. */
  readonly ms: number
}

/**
 * @param span - ms that a life lasts at most, if nothing happens before
 * @param events - requests or answers after which it ends at the latest, if it is one that ends by them
 */
export function drawDeath(random: () => number, victims: readonly Victim[], span: number, events: number): Death {
  const victim = victims[Math.floor(random() * victims.length)] ?? 'all'
  const way = random()
  // Some come before the first request: while the lock is taken and the journal is read.
  if (way < 0.25) return { victim, ms: Math.round(20 + random() * span) }
  const kind = way < 0.6 ? 'request' : 'answer'
  // Right when a request comes in, or within the few milliseconds in which an answer becomes a file and a record.
  return { victim, event: { kind, count: 1 + Math.floor(random() * events) }, ms: Math.round(random() * 6) }
}

export function describeDeath({ victim, event, ms }: Death): string {
  const who = { all: 'the program', parent: 'the parent alone', child: 'a worker process' }[victim]
  return event === undefined ? `${who} after ${ms} ms` : `${who} ${ms} ms after ${event.kind} ${event.count}`
}

/** Resolves at the moment of the death, or when the program has ended by itself. `since`: the last request of the life before. */
export async function moment(death: Death, program: Program, log: FlagServer['log'], since: number): Promise<void> {
  const ended = program.ended.then(
    () => {},
    () => {},
  )
  const { event, ms } = death
  if (event !== undefined) {
    const last = since + event.count
    const happened = log
      .waitFor(({ n, outcome }) => n >= last && (event.kind === 'request' || outcome === 'complete'), { timeout: 15_000 })
      .then(
        () => {},
        // It never came to that many; time decides.
        () => {},
      )
    await Promise.race([happened, ended])
  }
  if (ms > 0) await Promise.race([delay(ms), ended])
}

/** Kills whom the death is about. True if anybody was there to be killed. */
export function kill(death: Death, program: Program, random: () => number): boolean {
  if (death.victim === 'all') program.killGroup('SIGKILL')
  if (death.victim === 'parent') program.kill('SIGKILL')
  if (death.victim !== 'child') return true
  const children = childrenOf(program.pid)
  const child = children[Math.floor(random() * children.length)]
  if (child === undefined) return false
  try {
    process.kill(child, 'SIGKILL')
    return true
  } catch {
    return false
  }
}
