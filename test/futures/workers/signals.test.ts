import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAlive, within } from '../../support/os-processes.js'
import { Rendezvous, type Visitor } from '../../support/rendezvous.js'
import { startProgram, type Program } from '../../support/child-program.js'
import { drawnKinds } from '../../support/worker-pools.js'

const program = new URL('../../fixtures/workers/programs/interrupted.js', import.meta.url)

async function start(
  t: { after(end: () => void): void },
  kind: string,
  mode = '',
): Promise<{ running: Program; visitors: Visitor[]; meeting: Rendezvous }> {
  const meeting = await Rendezvous.open(t)
  const running = startProgram(t, program, { args: [kind, String(meeting.port), mode] })
  const visitors = await meeting.arrivals(['running 1', 'running 2'])
  return { running, visitors, meeting }
}

for (const kind of drawnKinds()) {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`shutdownOnSignals: the first ${signal} cancels what waits and lets what runs finish (${kind})`, async (t) => {
      const { running, visitors, meeting } = await start(t, kind)
      // SIGINT as a terminal sends it, to the whole group: the child processes get it too, and go on.
      if (signal === 'SIGINT') running.killGroup(signal)
      else running.kill(signal)
      await running.printed(/waiting 1: cancelled\n[^]*waiting 2: cancelled\n[^]*waiting 3: cancelled\n/)
      for (const visitor of visitors) visitor.release()
      await running.printed(/running 1: running 1/)
      await running.printed(/running 2: running 2/)
      await running.ended
      assert.deepEqual(meeting.names.sort(), ['running 1', 'running 2'], 'what was cancelled never ran')
      if (kind === 'processes') assert.ok(await nobodyOf(visitors))
    })
  }

  test(`shutdownOnSignals: the second signal kills what runs (${kind})`, async (t) => {
    const { running, visitors } = await start(t, kind, 'twice')
    for (const visitor of visitors) visitor.release()
    running.killGroup('SIGINT')
    await running.printed(/waiting 3: cancelled/)
    running.killGroup('SIGINT')
    await running.printed(/running 1: Broken(Thread|Process)PoolError/)
    await running.printed(/running 2: Broken(Thread|Process)PoolError/)
    await running.ended
    await Promise.all(visitors.map((visitor) => visitor.gone))
    if (kind === 'processes') assert.ok(await nobodyOf(visitors))
  })

  test(`after the undo of shutdownOnSignals Ctrl-C ends the program as if there were no pool (${kind})`, async (t) => {
    const { running, visitors } = await start(t, kind, 'undone')
    await running.printed(/listeners 0 0\n/)
    running.kill('SIGINT')
    const { code, signal, stdout } = await running.ended
    assert.deepEqual([code, signal], [null, 'SIGINT'])
    assert.doesNotMatch(stdout, /cancelled/)
    if (kind === 'processes') assert.ok(await nobodyOf(visitors))
  })

  test(`Ctrl-C in the terminal of a program that does nothing about it ends it and its workers (${kind})`, async (t) => {
    const { running, visitors } = await start(t, kind, 'unguarded')
    running.killGroup('SIGINT')
    const { code, signal } = await running.ended
    assert.deepEqual([code, signal], [null, 'SIGINT'])
    await Promise.all(visitors.map((visitor) => visitor.gone))
    if (kind === 'processes') assert.ok(await nobodyOf(visitors))
  })
}

/** True once the processes the visitors came from are gone. */
function nobodyOf(visitors: readonly Visitor[]): Promise<boolean> {
  const pids = visitors.map(({ pid }) => pid)
  return within(2_000, () => !pids.some(isAlive))
}
