import assert from 'node:assert/strict'
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { acquireLock, livenessOf, lockHolder, openRunFolder, thisProcess } from './journal-modules.js'

const since = new Date('2026-01-02T03:04:05Z')
const me = thisProcess()
/** More than any process has. */
const NOBODY = 2 ** 30
const hasProc = existsSync('/proc/self/stat') ? false : 'there is no /proc here, so only the number of a process is known'

const holder = (fields: object): string => `${JSON.stringify({ ...me, since: since.toISOString(), token: 'x', ...fields })}\n`
const stale = holder({ pid: NOBODY })
const locks = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith('lock'))

test('a lock says who holds it and since when, for its owner only, and is gone once released', (t) => {
  const folder = temporaryFolder(t)
  const lock = acquireLock(folder, me, since)
  const path = join(folder, 'lock')
  const { pid, host, since: when } = JSON.parse(readFileSync(path, 'utf8')) as { pid: number; host: string; since: string }
  assert.deepEqual([pid, host, when], [process.pid, me.host, '2026-01-02T03:04:05.000Z'])
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.equal(lockHolder(folder, me)?.pid, process.pid)
  lock.release()
  lock.release()
  assert.deepEqual(readdirSync(folder), [])
  assert.equal(lockHolder(folder, me), undefined)
})

test('a lock of a living process is respected: the message names it, since when, and what to do', (t) => {
  const folder = temporaryFolder(t)
  const lock = acquireLock(folder, me, since)
  assert.throws(() => acquireLock(folder, me, new Date()), {
    name: 'RunError',
    code: 'ERR_LOCKED',
    message: new RegExp(`process ${process.pid} on .*since 2026-01-02T03:04:05.000Z .*-o`),
  })
  assert.deepEqual(locks(folder), ['lock'], 'the one that was refused leaves nothing behind')
  lock.release()
  acquireLock(folder, me, since).release()
})

test('a lock of a dead process is taken over, and nothing of it stays', (t) => {
  for (const name of ['lock', 'lock.7']) {
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, name), stale)
    const lock = acquireLock(folder, me, since)
    assert.equal(locks(folder).length, 1)
    assert.throws(() => acquireLock(folder, me, since), { code: 'ERR_LOCKED' })
    lock.release()
    assert.deepEqual(readdirSync(folder), [])
  }
})

test('a lock of an earlier process with the same number is stale', { skip: hasProc }, (t) => {
  const folder = temporaryFolder(t)
  writeFileSync(join(folder, 'lock'), holder({ start: 'some other boot:123' }))
  acquireLock(folder, me, since).release()
})

test('a process that ended and was not waited for counts as dead', { skip: hasProc }, async (t) => {
  // `sleep` inherits the child and never asks about it.
  const parent = spawn('/bin/sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => parent.kill('SIGKILL'))
  const [text] = (await once(parent.stdout, 'data')) as [Buffer]
  const zombie = { ...me, pid: Number(text.toString()) }
  const state = (): string => readFileSync(`/proc/${zombie.pid}/stat`, 'latin1').split(') ')[1] ?? ''
  while (!state().startsWith('Z')) await new Promise((resolve) => setImmediate(resolve))
  const start = `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${state().split(' ')[19]}`
  assert.equal(livenessOf({ ...zombie, start }, me), 'dead')
  assert.equal(livenessOf(me, me), 'living')
})

test('a lock of another machine, or another container, is respected with advice', (t) => {
  for (const other of [{ host: 'elsewhere' }, { space: 'pid:[1]' }]) {
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'lock'), holder({ pid: NOBODY, ...other }))
    assert.throws(() => acquireLock(folder, me, since), { code: 'ERR_LOCKED', message: /cannot be seen from .*remove that file/ })
    assert.deepEqual(readdirSync(folder), ['lock'])
  }
})

test('a lock that cannot be read is respected with advice', (t) => {
  for (const text of ['', 'x', '{}', 'null', holder({ pid: 0 }), holder({ pid: -1 }), holder({ pid: '7' })]) {
    const folder = temporaryFolder(t)
    writeFileSync(join(folder, 'lock'), text)
    assert.throws(() => acquireLock(folder, me, since), { code: 'ERR_LOCKED', message: /lock says nothing.*remove that file/ })
  }
})

test('releasing removes a lock only if it is still ours', (t) => {
  const folder = temporaryFolder(t)
  const lock = acquireLock(folder, me, since)
  writeFileSync(join(folder, 'lock'), stale)
  lock.release()
  assert.deepEqual(readdirSync(folder), ['lock'])
})

async function starters(t: TestContext, count: number): Promise<ChildProcess[]> {
  const program = new URL('../../fixtures/programs/lock-starter.js', import.meta.url)
  const children = Array.from({ length: count }, () => fork(program))
  t.after(() => children.map((child) => child.kill('SIGKILL')))
  await Promise.all(children.map((child) => once(child, 'message')))
  return children
}

async function tellAll(children: readonly ChildProcess[], message: string): Promise<string[]> {
  const answers = Promise.all(children.map(async (child) => String((await once(child, 'message'))[0])))
  for (const child of children) child.send(message)
  return answers
}

test('of five processes that start at once on a stale lock exactly one wins, again and again', async (t) => {
  const output = temporaryFolder(t)
  let children = await starters(t, 5)
  const state = join(output, '.halyard')
  openRunFolder(output).close()
  for (let round = 0; round < 10; round++) {
    // No lock, one, or several that were left behind; and in the end that of a winner who was killed.
    if (round % 3 > 0) writeFileSync(join(state, 'lock'), stale)
    if (round % 3 > 1) writeFileSync(join(state, 'lock.4'), stale)
    const answers = await tellAll(children, output)
    assert.deepEqual(
      answers.toSorted(),
      [...Array.from({ length: children.length - 1 }, () => 'ERR_LOCKED'), 'won'],
      `round ${round}: ${answers.join(' ')}`,
    )
    assert.equal(locks(state).length, 1)
    const winner = children[answers.indexOf('won')]!
    if (round % 5 === 3) {
      winner.kill('SIGKILL')
      await once(winner, 'exit')
      children = children.filter((child) => child !== winner)
    } else {
      assert.deepEqual(await tellAll([winner], 'release'), ['released'])
      assert.deepEqual(locks(state), [])
    }
  }
})
