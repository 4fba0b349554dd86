/** Nothing is written outside the output, through no link, whatever the name: section A of what a downloader must be immune to. */
import assert from 'node:assert/strict'
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import { hostileName } from '../naming/hostile-names.js'
import { makeWorld, type World } from './canary.js'
import { bytesOf, headOf, jobOf, leave, put } from '../../support/samples.js'
import { runs } from '../../support/thorough.js'

const { FilesSink } = (await import(
  new URL('../../../../dist/download/sink/files.js', import.meta.url).href
)) as typeof import('../../../src/download/sink/files.js')
const { CAN_HOLD, openFolder } = (await import(
  new URL('../../../../dist/download/sink/folders.js', import.meta.url).href
)) as typeof import('../../../src/download/sink/folders.js')
const { compileTemplate } = (await import(
  new URL('../../../../dist/download/naming/template.js', import.meta.url).href
)) as typeof import('../../../src/download/naming/template.js')

type Files = InstanceType<typeof FilesSink>

const KNOWN = { length: 10_000, etag: '"v1"' }

/** How many files this process has open. */
const openFiles = (): number => readdirSync('/proc/self/fd').length

/** A sink in the middle of a world that must be the same afterwards. */
async function within(
  t: TestContext,
  body: (world: World, sink: Files) => Promise<void>,
  trustServerNames = false,
): Promise<void> {
  const world = makeWorld(t)
  const before = world.census()
  await body(world, new FilesSink({ root: world.root, durable: false, trustServerNames }))
  assert.deepEqual(world.census(), before)
}

describe('names that were not cleaned', () => {
  for (const file of [
    '../a.gif',
    '..',
    '.',
    '',
    '/etc/passwd',
    'a/../../x',
    'a//b',
    'a/',
    './a',
    '.halyard/journal.jsonl',
    '..\\x',
    'C:x',
    'a\0b',
    '~',
    '-rf',
    'nul',
    '.bash_profile',
    'a:b',
    'x'.repeat(256),
  ]) {
    test(`are refused: ${JSON.stringify(file.slice(0, 40))}`, (t) =>
      within(t, async ({ root }, sink) => {
        assert.throws(() => sink.begin(jobOf(file)), { name: 'DownloadError', code: 'INVALID_NAME' })
        assert.equal(sink.has(file), false)
        assert.deepEqual(readdirSync(root), [])
      }))
  }
})

test('hostile names from lists and URLs, cleaned, are files below the root', (t) =>
  within(t, async ({ root }, sink) => {
    const [base, path] = [compileTemplate('{base}'), compileTemplate('{path}')]
    fc.assert(
      fc.property(hostileName, fc.boolean(), (raw, folders) => {
        const url = `https://h/${encodeURIComponent(raw.replace(/\p{Cs}/gu, '')).replaceAll('.', '%2e')}`
        const files = [
          base({ id: 0, url }),
          base({ id: 0, url, name: raw }),
          path({ id: 0, url: folders ? url.replaceAll('%2F', '/') : url }),
        ]
        for (const file of files) {
          const part = sink.begin(jobOf(file))
          void part.open(headOf())
          assert.equal(part.commit().file, file)
          assert.ok(lstatSync(join(root, file)).isFile())
          rmSync(join(root, file.split('/')[0] ?? ''), { recursive: true })
        }
      }),
      runs(700),
    )
  }))

describe('a planted link', () => {
  test('under the final name is replaced, not followed', (t) =>
    within(t, async ({ root, outside }, sink) => {
      for (const [name, target] of [
        ['a', join(outside, 'precious')],
        ['b', join(outside, 'folder')],
        ['c', join(outside, 'not-there')],
        ['d', 'd'],
      ] as const) {
        symlinkSync(target, join(root, name))
        assert.equal(sink.has(name), false)
        await put(sink, jobOf(name), bytesOf(10))
        assert.ok(lstatSync(join(root, name)).isFile(), name)
        assert.deepEqual(readFileSync(join(root, name)), bytesOf(10))
      }
    }))

  test('under the final name while the body arrives is replaced, not followed', (t) =>
    within(t, async ({ root, outside }, sink) => {
      const part = sink.begin(jobOf('a'))
      await part.open(headOf())
      part.write(bytesOf(10))
      symlinkSync(join(outside, 'precious'), join(root, 'a'))
      part.commit()
      assert.deepEqual(readFileSync(join(root, 'a')), bytesOf(10))
    }))

  test('under the name of the part goes, and what it leads to stays', (t) =>
    within(t, async ({ root, outside }, sink) => {
      for (const target of ['precious', 'folder', 'not-there']) {
        symlinkSync(join(outside, target), join(root, '.a.7.part'))
        await put(sink, jobOf('a'), bytesOf(10))
        assert.deepEqual(readdirSync(root), ['a'])
      }
    }))

  test('under the name of a note, or of its draft, goes too', (t) =>
    within(t, async ({ root, outside }, sink) => {
      symlinkSync(join(outside, 'precious'), join(root, '.a.7.part.json'))
      symlinkSync(join(outside, 'precious'), join(root, '.a.7.part.json.new'))
      await leave(sink, jobOf('a'), bytesOf(10), headOf(KNOWN))
      assert.ok(lstatSync(join(root, '.a.7.part.json')).isFile())
      assert.equal(sink.begin(jobOf('a')).resumable?.bytes, 10)
    }))

  test('to a note elsewhere, however right, continues nothing', (t) =>
    within(t, async ({ root, path }, sink) => {
      await leave(sink, jobOf('a'), bytesOf(10), headOf(KNOWN))
      renameSync(join(root, '.a.7.part.json'), join(root, 'moved'))
      symlinkSync('moved', join(root, '.a.7.part.json'))
      assert.equal(sink.begin(jobOf('a')).resumable, undefined)
      assert.ok(path)
    }))

  test('under the name of a part with a note is not appended to', (t) =>
    within(t, async ({ root, outside }, sink) => {
      for (const plant of [symlinkSync, linkSync]) {
        await leave(sink, jobOf('a'), bytesOf(10), headOf(KNOWN))
        rmSync(join(root, '.a.7.part'))
        plant(join(outside, 'precious'), join(root, '.a.7.part'))
        assert.equal(sink.begin(jobOf('a')).resumable, undefined)
        await put(sink, jobOf('a'), bytesOf(20))
        assert.deepEqual(readdirSync(root), ['a'])
      }
    }))

  test('that takes the place of a part after it was found is not appended to', (t) =>
    within(t, async ({ root, outside }, sink) => {
      const precious = readFileSync(join(outside, 'precious'))
      for (const plant of [symlinkSync, linkSync]) {
        await leave(sink, jobOf('a'), bytesOf(precious.length), headOf(KNOWN))
        const part = sink.begin(jobOf('a'))
        assert.equal(part.resumable?.bytes, precious.length)
        rmSync(join(root, '.a.7.part'))
        plant(join(outside, 'precious'), join(root, '.a.7.part'))
        assert.throws(() => part.open(headOf({ ...KNOWN, from: precious.length })), { name: 'DownloadError' })
        rmSync(join(root, '.a.7.part'), { force: true })
      }
    }))

  for (const target of ['folder', 'precious', 'not-there']) {
    for (const file of ['a/x', 'a/b/x', 'real/a/x']) {
      test(`where a folder of ${file} must be is refused and named (to ${target})`, (t) =>
        within(t, async ({ root, outside }, sink) => {
          mkdirSync(join(root, 'real'))
          const link = file.slice(0, file.indexOf('a') + 1)
          const at = file.startsWith('real') ? 'real/a' : link
          symlinkSync(join(outside, target), join(root, at))
          await assert.rejects(put(sink, jobOf(file), bytesOf(10)), {
            name: 'DownloadError',
            code: 'OUTPUT_DENIED',
            message: new RegExp(`/${at} is a symbolic link`),
          })
          assert.equal(sink.has(`${at}/precious`), false)
          assert.ok(readlinkSync(join(root, at)))
        }))
    }
  }

  test('that takes the place of a folder while the body arrives gets nothing', (t) =>
    within(t, async ({ root, outside }, sink) => {
      const part = sink.begin(jobOf('d/precious'))
      await part.open(headOf())
      part.write(bytesOf(10))
      renameSync(join(root, 'd'), join(root, 'moved'))
      symlinkSync(join(outside, 'folder'), join(root, 'd'))
      assert.throws(() => part.commit(), { code: 'OUTPUT_DENIED', message: /\/d is a symbolic link/ })
    }))

  test('that takes the place of a folder gets nothing removed in it either', (t) =>
    within(t, async ({ root, outside }, sink) => {
      const part = sink.begin(jobOf('d/a'))
      await part.open(headOf())
      part.write(bytesOf(10))
      renameSync(join(root, 'd'), join(root, 'moved'))
      symlinkSync(join(outside, 'folder'), join(root, 'd'))
      part.abandon(false)
      if (CAN_HOLD) assert.deepEqual(readdirSync(join(root, 'moved')), [])
    }))
})

test(
  'a folder that is held stays that folder, whatever takes its name',
  { skip: CAN_HOLD ? false : 'folders cannot be held open here' },
  (t) =>
    within(t, async ({ root, outside }) => {
      const held = openFolder(root, 'a/b', false)
      for (const name of ['a/b', 'a']) {
        renameSync(join(root, name), join(root, `${name}-moved`))
        symlinkSync(join(outside, 'folder'), join(root, name))
        writeFileSync(`${held.path}/written`, name)
      }
      held.release()
      assert.equal(readFileSync(join(root, 'a-moved/b-moved/written'), 'utf8'), 'a')
    }),
)

test(
  'every folder and file that was opened is closed, however the attempt ended',
  { skip: CAN_HOLD ? false : 'needs /proc' },
  (t) =>
    within(t, async ({ root, outside }, sink) => {
      const before = openFiles()
      symlinkSync(outside, join(root, 'link'))
      mkdirSync(join(root, 'd/folder'), { recursive: true })
      for (let id = 0; id < 10; id += 1) {
        await put(sink, jobOf('d/e/a', { id }), bytesOf(10))
        await assert.rejects(put(sink, jobOf('d/folder', { id }), bytesOf(10)))
        await assert.rejects(put(sink, jobOf('link/a', { id }), bytesOf(10)))
        await leave(sink, jobOf('d/e/b', { id }), bytesOf(10), headOf(KNOWN))
        const again = sink.begin(jobOf('d/e/b', { id }))
        again.existing(() => {})
        again.abandon(id % 2 === 0)
        assert.throws(() => sink.begin(jobOf('d/e/b', { id })).open(headOf({ ...KNOWN, from: 3 })))
      }
      assert.equal(openFiles(), before)
    }),
)

describe('where folders cannot be held open', () => {
  test('each component is looked at: links and files are refused and named, what is missing is made', (t) =>
    within(t, async ({ root, outside }) => {
      for (const [name, target] of [
        ['a', 'folder'],
        ['b', 'not-there'],
      ] as const) {
        symlinkSync(join(outside, target), join(root, name))
        assert.throws(() => openFolder(root, `${name}/x`, false, false), {
          code: 'OUTPUT_DENIED',
          message: new RegExp(`/${name} is a symbolic link`),
        })
      }
      const made = openFolder(join(root, 'new'), 'c/d', true, false)
      assert.equal(made.path, join(root, 'new/c/d'))
      made.release()
      assert.ok(lstatSync(join(root, 'new/c/d')).isDirectory())
      openFolder(join(root, 'new'), 'c/d', false, false).release()
    }))
})

test(
  'a pipe under the name of a note holds nobody up',
  { skip: process.platform === 'win32' ? 'no pipes there' : false },
  async (t) => {
    const { spawnSync } = await import('node:child_process')
    await within(t, async ({ root }, sink) => {
      spawnSync('mkfifo', [join(root, '.a.7.part.json'), join(root, '.b.7.part')])
      await put(sink, jobOf('a'), bytesOf(10))
      await put(sink, jobOf('b'), bytesOf(10))
      assert.deepEqual(readdirSync(root).sort(), ['a', 'b'])
    })
  },
)

describe('a name that the server chose', () => {
  for (const header of [
    String.raw`attachment; filename="..\\..\\x"`,
    'attachment; filename="../../a.gif"',
    'attachment; filename="/etc/passwd"',
    'attachment; filename="C:x"',
    'attachment; filename="C:\\\\Windows\\\\x"',
    'attachment; filename="a.txt:evil"',
    "attachment; filename*=UTF-8''..%2f..%2fa.gif",
    "attachment; filename*=UTF-8''..%5c..%5ca.gif",
    'attachment; filename=.bash_profile',
    'attachment; filename="~/.bash_profile"',
    'attachment; filename=".halyard"',
    'attachment; filename="nul.txt"',
    'attachment; filename=".."',
  ]) {
    test(`stays in the folder of the job: ${header}`, (t) =>
      within(
        t,
        async ({ root }, sink) => {
          const file = await put(sink, jobOf('d/own.gif'), bytesOf(10), headOf({ contentDisposition: header }))
          assert.match(file, /^d\/[^/\\:.~][^/\\:]*$/)
          assert.deepEqual(readdirSync(root), ['d'])
          assert.deepEqual(readdirSync(join(root, 'd')), [file.slice(2)])
        },
        true,
      ))
  }

  test('or where redirects led, whatever it is, stays in the folder of the job', (t) =>
    within(
      t,
      async ({ root }, sink) => {
        await fc.assert(
          fc.asyncProperty(hostileName, fc.boolean(), async (raw, header) => {
            const head = header
              ? {
                  contentDisposition: `attachment; filename="${Buffer.from(raw).toString('latin1').replaceAll(/[\\"]/g, '\\$&')}"`,
                }
              : { url: `https://evil/${encodeURIComponent(raw.replace(/\p{Cs}/gu, ''))}` }
            const file = await put(sink, jobOf('d/own.gif'), bytesOf(10), headOf(head))
            assert.deepEqual(readdirSync(root), ['d'])
            assert.deepEqual(readdirSync(join(root, 'd')), [file.slice(2)])
            rmSync(join(root, file))
          }),
          runs(300),
        )
      },
      true,
    ))
})
