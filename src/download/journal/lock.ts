/**
 * Lock: at most one process works in a folder.
 *
 * A lock is a file that says who holds it. It appears whole (written under another name, then linked), and only one can make it. What makes it
 * hard is the lock of a process that was killed: two starters may both see that, and the slower one must not remove what the faster one has
 * made since. So nobody takes a lock away by its name; a successor makes the file with the *next number*, which again only one can:
 *
 *     lock  (dead)  ──▶  lock.1  (living)      the others find lock.1 taken, look again, and see who lives
 *
 * and then removes the dead ones before it. After making its file each starter looks at the whole folder once more, and steps back if anybody
 * else is there and lives. Of any two at least one sees the other, because both made their file before they looked.
 */
import { closeSync, constants, linkSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { RunError } from '../errors.js'
import { outputError } from './output-error.js'
import { livenessOf, type ProcessIdentity } from './process-identity.js'

export interface LockHolder extends ProcessIdentity {
  /** ISO 8601. */
  readonly since: string
  /** Tells this lock from every other. */
  readonly token: string
}

export interface Lock {
  /** Removes the lock, if it is still ours. Idempotent. */
  release(): void
}

interface LockFile {
  readonly name: string
  readonly number: number
  /** Undefined when what is in it cannot be read. */
  readonly holder: LockHolder | undefined
}

const DRAFT = '.new'
const lockName = (number: number): string => (number === 0 ? 'lock' : `lock.${number}`)

/**
 * Takes the lock of a folder of state.
 *
 * @throws RunError ERR_LOCKED if somebody has it; ERR_OUTPUT if it cannot be written
 */
export function acquireLock(folder: string, me: ProcessIdentity, since: Date): Lock {
  const mine: LockHolder = { ...me, since: since.toISOString(), token: randomUUID() }
  const draft = join(folder, `lock-${mine.pid}-${mine.token}${DRAFT}`)
  try {
    writeFileSync(draft, `${JSON.stringify(mine)}\n`, { flag: 'wx', mode: 0o600 })
    const file = claim(folder, draft, mine)
    return { release: () => releaseLock(join(folder, file.name), mine) }
  } catch (error) {
    throw outputError(join(folder, 'lock'), error)
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Who works in the folder now, as far as can be told from here. */
export function lockHolder(folder: string, me: ProcessIdentity): LockHolder | undefined {
  return locksIn(folder).find(({ holder }) => holder !== undefined && livenessOf(holder, me) !== 'dead')?.holder
}

function claim(folder: string, draft: string, mine: LockHolder): LockFile {
  for (;;) {
    const before = locksIn(folder)
    refuseIfHeld(folder, before, mine)
    const number = Math.max(-1, ...before.map((lock) => lock.number)) + 1
    const file: LockFile = { name: lockName(number), number, holder: mine }
    // Somebody was quicker: look again who.
    if (!linked(draft, join(folder, file.name))) continue
    const others = locksIn(folder).filter(({ holder }) => holder?.token !== mine.token)
    try {
      refuseIfHeld(folder, others, mine)
    } catch (error) {
      rmSync(join(folder, file.name), { force: true })
      throw error
    }
    for (const { name } of [...others, ...abandonedDrafts(folder, mine)]) rmSync(join(folder, name), { force: true })
    return file
  }
}

/** Whether the name was free. */
function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (code !== 'EPERM' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP' && code !== 'EMLINK') throw error
    return copied(draft, path)
  }
}

/** For file systems without links: the file is there for a moment before what is in it. */
function copied(draft: string, path: string): boolean {
  let fd: number
  try {
    fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  try {
    writeFileSync(fd, readFileSync(draft))
  } finally {
    closeSync(fd)
  }
  return true
}

function locksIn(folder: string): LockFile[] {
  const locks: LockFile[] = []
  for (const name of readdirSync(folder)) {
    const [, digits] = /^lock(?:\.(\d{1,15}))?$/.exec(name) ?? []
    const isLock = name === 'lock' || digits !== undefined
    const text = isLock ? readIfThere(join(folder, name)) : undefined
    // Gone since the folder was listed: released.
    if (text !== undefined) locks.push({ name, number: Number(digits ?? 0), holder: parseHolder(text) })
  }
  return locks
}

/** Of starters that were killed before they had their lock, or just after. */
function abandonedDrafts(folder: string, mine: LockHolder): { readonly name: string }[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('lock-') && name.endsWith(DRAFT))
    .filter((name) => {
      const holder = parseHolder(readIfThere(join(folder, name)) ?? '')
      return holder !== undefined && livenessOf(holder, mine) === 'dead'
    })
    .map((name) => ({ name }))
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(text) as LockHolder
    // A pid below 1 would name a group of processes.
    const readable = Number.isSafeInteger(holder.pid) && holder.pid > 0 && typeof holder.host === 'string'
    return readable ? holder : undefined
  } catch {
    return undefined
  }
}

function refuseIfHeld(folder: string, locks: readonly LockFile[], mine: LockHolder): void {
  for (const { name, holder } of locks) {
    const path = join(folder, name)
    if (holder === undefined) {
      throw new RunError(
        'ERR_LOCKED',
        `${path} says nothing that can be read. If no other run works in this folder, remove that file`,
      )
    }
    const liveness = livenessOf(holder, mine)
    const who = `process ${holder.pid} on ${holder.host}, since ${holder.since}`
    if (liveness === 'living') {
      throw new RunError(
        'ERR_LOCKED',
        `another run works in this folder: ${who} (${path}). Wait for it or end it, or choose another folder with -o`,
      )
    }
    if (liveness === 'elsewhere') {
      throw new RunError(
        'ERR_LOCKED',
        `another run may be at work in this folder: ${who}, which cannot be seen from ${mine.host} (${path}). If it is not running any more, remove that file`,
      )
    }
  }
}

function releaseLock(path: string, mine: LockHolder): void {
  const text = readIfThere(path)
  if (text !== undefined && parseHolder(text)?.token === mine.token) rmSync(path, { force: true })
}
