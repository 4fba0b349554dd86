import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { describeSinkContract } from 'halyard/contracts'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { MiB, bytesOf, headOf, jobOf, leave, put } from '../../support/samples.js'

const { FilesSink } = (await import(
  new URL('../../../../dist/download/sink/files.js', import.meta.url).href
)) as typeof import('../../../src/download/sink/files.js')

const sinkAt = (root: string, settings: { durable?: boolean; trustServerNames?: boolean } = {}): InstanceType<typeof FilesSink> =>
  new FilesSink({ root, durable: false, trustServerNames: false, ...settings })

/** Everything below a folder that is no folder, sorted; hidden names too. */
const below = (root: string): string[] =>
  existsSync(root)
    ? readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((name) => !statSync(join(root, name)).isDirectory())
        .sort()
    : []

for (const [name, settings] of [
  ['FilesSink', {}],
  ['FilesSink, durable', { durable: true }],
] as const) {
  describeSinkContract(name, (t) => {
    const root = join(temporaryFolder(t), 'made', 'as', 'needed')
    return {
      sink: sinkAt(root, settings),
      reopen: () => sinkAt(root, settings),
      read: (file) => (existsSync(join(root, file)) ? readFileSync(join(root, file)) : undefined),
      list: () => below(root).filter((file) => !/(^|\/)\.[^/]*$/.test(file)),
    }
  })
}

const KNOWN = { length: 10_000, etag: '"v1"' }

describe('a part', () => {
  test('that another attempt has replaced is not published under the name of its file, nor is what replaced it', async (t) => {
    const root = temporaryFolder(t)
    const asleep = sinkAt(root).begin(jobOf('a.gif'))
    await asleep.open(headOf(KNOWN))
    asleep.write(bytesOf(10_000))
    const awake = sinkAt(root).begin(jobOf('a.gif'))
    await awake.open(headOf(KNOWN))
    awake.write(bytesOf(100))
    assert.throws(() => asleep.commit(), { code: 'CHANGED' })
    assert.deepEqual(below(root), ['.a.gif.7.part'])
    awake.write(bytesOf(10_000).subarray(100))
    awake.commit()
    assert.deepEqual(below(root), ['a.gif'])
    assert.deepEqual(readFileSync(join(root, 'a.gif')), Buffer.from(bytesOf(10_000)))
  })

  test('is hidden beside the place of its file, and is the only other file there', async (t) => {
    const root = temporaryFolder(t)
    const part = sinkAt(root).begin(jobOf('d/a.gif'))
    assert.deepEqual(below(root), [])
    await part.open(headOf(KNOWN))
    part.write(bytesOf(100))
    assert.deepEqual(below(root), ['d/.a.gif.7.part'])
    part.commit()
    assert.deepEqual(below(root), ['d/a.gif'])
  })

  test('of a name of 255 bytes has a name that fits', async (t) => {
    const root = temporaryFolder(t)
    const name = `${'é'.repeat(125)}x.gif`
    const part = sinkAt(root).begin(jobOf(name, { id: 99_999_999 }))
    await part.open(headOf({ ...KNOWN, length: 2 * MiB }))
    part.write(bytesOf(100))
    part.abandon(true)
    assert.equal(below(root).length, 2)
    assert.equal(sinkAt(root).begin(jobOf(name, { id: 99_999_999 })).resumable?.bytes, 100)
    assert.equal(await put(sinkAt(root), jobOf(name, { id: 99_999_999 }), bytesOf(5)), name)
    assert.deepEqual(below(root), [name])
  })

  test('left by a killed run without its note is in nobody’s way, and is not continued', async (t) => {
    const root = temporaryFolder(t)
    writeFileSync(join(root, '.a.gif.7.part'), 'half of something')
    const part = sinkAt(root).begin(jobOf('a.gif'))
    assert.equal(part.resumable, undefined)
    await part.open(headOf(KNOWN))
    part.write(bytesOf(10_000))
    part.commit()
    assert.deepEqual(readFileSync(join(root, 'a.gif')), bytesOf(10_000))
    assert.deepEqual(below(root), ['a.gif'])
  })

  test('that is removed is the one this attempt made, not what took its place', async (t) => {
    const root = temporaryFolder(t)
    for (const keep of [true, false]) {
      const part = sinkAt(root).begin(jobOf('a.gif'))
      await part.open(headOf())
      const path = join(root, '.a.gif.7.part')
      const { ino } = statSync(path)
      writeFileSync(join(root, 'other'), 'somebody else’s')
      renameSync(join(root, 'other'), path)
      assert.notEqual(statSync(path).ino, ino)
      part.abandon(keep)
      assert.equal(readFileSync(path, 'utf8'), 'somebody else’s')
    }
  })

  test('that somebody made longer or shorter is not published', async (t) => {
    const root = temporaryFolder(t)
    for (const content of ['short', 'x'.repeat(200)]) {
      const part = sinkAt(root).begin(jobOf('a.gif'))
      await part.open(headOf())
      part.write(bytesOf(100))
      writeFileSync(join(root, '.a.gif.7.part'), content)
      assert.throws(() => part.commit(), { code: 'OUTPUT_FAILED', message: /bytes, and 100 were written/ })
      assert.deepEqual(below(root), [])
    }
  })
})

/** What the note of `a.gif` says. */
const note = (root: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(root, '.a.gif.7.part.json'), 'utf8')) as Record<string, unknown>

describe('a note', () => {
  test('is there from the first byte of a large file, so that even a killed run can continue it', async (t) => {
    const root = temporaryFolder(t)
    const part = sinkAt(root).begin(jobOf('a.gif'))
    await part.open(headOf({ length: MiB, etag: '"v1"' }))
    assert.deepEqual(below(root), ['.a.gif.7.part', '.a.gif.7.part.json'])
    assert.equal(note(root)['total'], MiB)
    part.write(bytesOf(500))
    // The run is killed here: nobody abandons or closes anything.
    assert.equal(sinkAt(root).begin(jobOf('a.gif')).resumable?.bytes, 500)
    part.abandon(false)
    assert.deepEqual(below(root), [])
  })

  test('is not made for a small one while it goes well', async (t) => {
    const root = temporaryFolder(t)
    const part = sinkAt(root).begin(jobOf('a.gif'))
    await part.open(headOf({ length: MiB - 1, etag: '"v1"' }))
    assert.deepEqual(below(root), ['.a.gif.7.part'])
    part.abandon(false)
  })

  test('goes with the commit', async (t) => {
    const root = temporaryFolder(t)
    await put(sinkAt(root), jobOf('a.gif'), bytesOf(MiB), headOf({ length: MiB, etag: '"v1"' }))
    assert.deepEqual(below(root), ['a.gif'])
  })

  test('can be read by its owner alone, and holds no URL: there may be a password in it', async (t) => {
    const root = temporaryFolder(t)
    const url = 'https://user:canary@h.example/a.gif?token=canary'
    await leave(sinkAt(root), jobOf('a.gif', { url }), bytesOf(10), headOf(KNOWN))
    assert.equal(statSync(join(root, '.a.gif.7.part.json')).mode & 0o777, 0o600)
    assert.ok(!readFileSync(join(root, '.a.gif.7.part.json'), 'utf8').includes('canary'))
    assert.equal(sinkAt(root).begin(jobOf('a.gif', { url })).resumable?.bytes, 10)
  })

  test('a killed run may have left behind alone, beside a part of later bytes, does not make these continue earlier ones', async (t) => {
    const root = temporaryFolder(t)
    await leave(sinkAt(root), jobOf('a.gif'), bytesOf(10), headOf(KNOWN))
    const part = sinkAt(root).begin(jobOf('a.gif'))
    await part.open(headOf({ length: 10_000 }))
    part.write(bytesOf(20, 2))
    // Killed: what is there now has nothing to be known by.
    assert.equal(sinkAt(root).begin(jobOf('a.gif')).resumable, undefined)
    part.abandon(false)
  })

  const spoiled: readonly [what: string, spoil: (path: string) => void][] = [
    ['torn', (path) => writeFileSync(path, readFileSync(path).subarray(0, 20))],
    ['empty', (path) => writeFileSync(path, '')],
    ['not JSON', (path) => writeFileSync(path, 'half')],
    ['null', (path) => writeFileSync(path, 'null')],
    ['larger than notes are', (path) => writeFileSync(path, readFileSync(path, 'utf8') + ' '.repeat(20_000))],
    ['of another total', (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('10000', '"10000"'))],
    ['without a validator', (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('etag', 'gate'))],
    [
      'of a file that is shorter than the part',
      (path) => writeFileSync(path, readFileSync(path, 'utf8').replace('10000', '100')),
    ],
  ]
  for (const [what, spoil] of spoiled) {
    test(`that is ${what} makes its part worthless, and hinders nothing`, async (t) => {
      const root = temporaryFolder(t)
      await leave(sinkAt(root), jobOf('a.gif'), bytesOf(100), headOf(KNOWN))
      spoil(join(root, '.a.gif.7.part.json'))
      assert.equal(sinkAt(root).begin(jobOf('a.gif')).resumable, undefined)
      await put(sinkAt(root), jobOf('a.gif'), bytesOf(10_000, 3))
      assert.deepEqual(below(root), ['a.gif'])
      assert.deepEqual(readFileSync(join(root, 'a.gif')), bytesOf(10_000, 3))
    })
  }

  test('whose part changed since it was found ends the attempt', async (t) => {
    const root = temporaryFolder(t)
    await leave(sinkAt(root), jobOf('a.gif'), bytesOf(100), headOf(KNOWN))
    const part = sinkAt(root).begin(jobOf('a.gif'))
    writeFileSync(join(root, '.a.gif.7.part'), 'short')
    assert.throws(() => part.existing(() => {}), { code: 'CHANGED' })
    assert.throws(() => part.open(headOf({ ...KNOWN, from: 100 })), { code: 'CHANGED' })
    assert.deepEqual(below(root), [])
  })
})

describe('misuse', () => {
  test('a root that is not absolute is refused: it would be the current folder, wherever that is', () => {
    for (const root of ['', '.', 'out', '~']) {
      assert.throws(() => sinkAt(root), { name: 'RunError', code: 'ERR_OPTIONS', message: /absolute path, got/ })
    }
  })

  test('writing before opening, opening twice and committing twice are errors', async (t) => {
    const part = sinkAt(temporaryFolder(t)).begin(jobOf('a'))
    assert.throws(() => part.write(bytesOf(1)), /opened before it is written/)
    assert.throws(() => part.commit(), /opened before/)
    await part.open(headOf())
    assert.throws(() => part.open(headOf()), /opened once/)
    part.commit()
    assert.throws(() => part.commit(), /before it ends/)
    assert.throws(() => part.open(headOf()), /opened once/)
  })
})

describe('what is there already', () => {
  test('a root that is a link is used: whoever chose it knows where it leads', async (t) => {
    const folder = temporaryFolder(t)
    mkdirSync(join(folder, 'disk'))
    symlinkSync('disk', join(folder, 'out'))
    await put(sinkAt(join(folder, 'out')), jobOf('a/b'), bytesOf(3))
    assert.deepEqual(below(join(folder, 'disk')), ['a/b'])
  })

  test(
    'a root that cannot be made is an error, not an endless loop',
    { skip: process.platform === 'linux' ? false : 'needs /proc' },
    async () => {
      await assert.rejects(put(sinkAt('/proc/no/where'), jobOf('a'), bytesOf(1)), { name: 'DownloadError' })
    },
  )

  test('a folder under the name of the file is refused and named; nothing is left', async (t) => {
    const root = temporaryFolder(t)
    for (const inside of [false, true]) {
      mkdirSync(join(root, inside ? 'full/x' : 'empty'), { recursive: true })
      const name = inside ? 'full' : 'empty'
      await assert.rejects(put(sinkAt(root), jobOf(name), bytesOf(1)), {
        code: 'OUTPUT_DENIED',
        message: new RegExp(`${name} is a folder`),
      })
    }
    assert.deepEqual(below(root), [])
  })

  test('a file where a folder must be is refused and named', async (t) => {
    const root = temporaryFolder(t)
    writeFileSync(join(root, 'a'), 'precious')
    await assert.rejects(put(sinkAt(root), jobOf('a/b/c'), bytesOf(1)), {
      code: 'OUTPUT_DENIED',
      message: /\/a is a file, and a folder/,
    })
    assert.equal(readFileSync(join(root, 'a'), 'utf8'), 'precious')
    assert.equal(sinkAt(root).has('a/b/c'), false)
  })

  test('a folder under the name of the part is refused', async (t) => {
    const root = temporaryFolder(t)
    mkdirSync(join(root, '.a.7.part'))
    await assert.rejects(put(sinkAt(root), jobOf('a'), bytesOf(1)), { code: 'OUTPUT_DENIED' })
  })

  test('a root that vanished in between is made again', async (t) => {
    const root = join(temporaryFolder(t), 'out')
    const sink = sinkAt(root)
    await put(sink, jobOf('a'), bytesOf(1))
    rmSync(root, { recursive: true })
    await put(sink, jobOf('b/c'), bytesOf(1))
    assert.deepEqual(below(root), ['b/c'])
  })
})

test('files get the mode that the umask leaves', { skip: process.platform === 'win32' ? 'no modes there' : false }, async (t) => {
  const root = temporaryFolder(t)
  for (const [umask, mode] of [
    [0o022, 0o644],
    [0o077, 0o600],
  ] as const) {
    const before = process.umask(umask)
    try {
      await put(sinkAt(root), jobOf(`f${umask}`), bytesOf(1))
    } finally {
      process.umask(before)
    }
    assert.equal(statSync(join(root, `f${umask}`)).mode & 0o777, mode)
  }
})
