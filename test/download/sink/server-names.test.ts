import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { ResponseHead } from '../../../src/download/fetch/fetcher.js'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { bytesOf, headOf, jobOf, put } from '../../support/samples.js'

const { FilesSink } = (await import(
  new URL('../../../../dist/download/sink/files.js', import.meta.url).href
)) as typeof import('../../../src/download/sink/files.js')
const { publishByPlaceholder } = (await import(
  new URL('../../../../dist/download/sink/publish.js', import.meta.url).href
)) as typeof import('../../../src/download/sink/publish.js')
const { serverName } = (await import(
  new URL('../../../../dist/download/sink/server-name.js', import.meta.url).href
)) as typeof import('../../../src/download/sink/server-name.js')

const sinkAt = (root: string, trustServerNames = true): InstanceType<typeof FilesSink> =>
  new FilesSink({ root, durable: false, trustServerNames })
const named = (name: string): ResponseHead => headOf({ contentDisposition: `attachment; filename="${name}"` })

/** UTF-8 as a header delivers it. */
const latin1 = (text: string): string => Buffer.from(text).toString('latin1')

describe('the name a server suggests', () => {
  const cases: readonly [what: string, head: Partial<ResponseHead>, name: string | undefined][] = [
    ['of Content-Disposition', { contentDisposition: 'attachment; filename="flag of Brazil.gif"' }, 'flag of Brazil.gif'],
    ['inline as well', { contentDisposition: 'inline; filename=br.gif' }, 'br.gif'],
    [
      'the extended form before the plain one',
      { contentDisposition: "attachment; filename=x.gif; filename*=UTF-8''%e2%82%ac.gif" },
      '€.gif',
    ],
    ['UTF-8 that nobody announced', { contentDisposition: latin1('attachment; filename="café.gif"') }, 'café.gif'],
    ['latin1', { contentDisposition: 'attachment; filename="caf\u00e9.gif"' }, 'café.gif'],
    ['the last component of a Unix path', { contentDisposition: 'attachment; filename="a/b/c.gif"' }, 'c.gif'],
    ['the last component of a Windows path', { contentDisposition: String.raw`attachment; filename="C:\\a\\b.gif"` }, 'b.gif'],
    ['without the drive', { contentDisposition: 'attachment; filename="C:b.gif"' }, 'b.gif'],
    ['none where it is empty', { contentDisposition: 'attachment; filename=""' }, undefined],
    ['none where it is a folder', { contentDisposition: 'attachment; filename="a/.."' }, undefined],
    ['none where the header has none', { contentDisposition: 'attachment' }, undefined],
    ['none where the header is nonsense', { contentDisposition: ';;;=' }, undefined],
    ['of the end of the redirects', { url: 'https://cdn.example/x/real%20name.gif?sig=1' }, 'real name.gif'],
    [
      'Content-Disposition before it',
      { url: 'https://cdn.example/x.gif', contentDisposition: 'attachment; filename=y.gif' },
      'y.gif',
    ],
    ['none where redirects lead to a folder', { url: 'https://cdn.example/login/?x=/y' }, undefined],
    ['none where there was no redirect', {}, undefined],
    ['none of a mirror', { url: 'https://mirror.example/b.gif' }, undefined],
  ]
  for (const [what, head, name] of cases) {
    test(what, async () =>
      assert.equal(await serverName(headOf(head), jobOf('x', { mirrors: ['https://mirror.example/b.gif'] })), name),
    )
  }
})

describe('a file under a name the server chose', () => {
  test('takes it, in the folder of the job, and none where it was not asked to', async (t) => {
    const root = temporaryFolder(t)
    assert.equal(await put(sinkAt(root), jobOf('d/a.gif'), bytesOf(5), named('b.gif')), 'd/b.gif')
    assert.equal(await put(sinkAt(root, false), jobOf('d/a.gif'), bytesOf(5), named('c.gif')), 'd/a.gif')
    assert.deepEqual(readdirSync(join(root, 'd')), ['a.gif', 'b.gif'])
  })

  test('replaces nothing: not a file, a folder or a link', async (t) => {
    const root = temporaryFolder(t)
    writeFileSync(join(root, 'file.gif'), 'precious')
    mkdirSync(join(root, 'folder.gif'))
    symlinkSync('nowhere', join(root, 'link.gif'))
    for (const name of ['file', 'folder', 'link']) {
      assert.equal(await put(sinkAt(root), jobOf('a'), bytesOf(5), named(`${name}.gif`)), `${name}-8.gif`)
    }
    assert.equal(readFileSync(join(root, 'file.gif'), 'utf8'), 'precious')
    assert.equal(await put(sinkAt(root), jobOf('a'), bytesOf(6), named('file.gif')), 'file-8-2.gif')
  })

  test('does not take away the name of another line, nor does that line take it back', async (t) => {
    const root = temporaryFolder(t)
    assert.equal(await put(sinkAt(root), jobOf('a.gif', { id: 0 }), bytesOf(5, 1), named('b.gif')), 'b.gif')
    assert.equal(await put(sinkAt(root), jobOf('b.gif', { id: 1 }), bytesOf(5, 2)), 'b-2.gif')
    assert.deepEqual(readFileSync(join(root, 'b.gif')), bytesOf(5, 1))
  })

  test('replaces its own, from a run that died before it could record it', async (t) => {
    const root = temporaryFolder(t)
    const bytes = bytesOf(200_000)
    for (let run = 0; run < 2; run += 1) assert.equal(await put(sinkAt(root), jobOf('a.gif'), bytes, named('b.gif')), 'b.gif')
    const other = Buffer.from(bytes)
    other[199_999] = 0xff ^ (other[199_999] ?? 0)
    assert.equal(await put(sinkAt(root), jobOf('a.gif'), other, named('b.gif')), 'b-8.gif')
    assert.deepEqual(readdirSync(root), ['b-8.gif', 'b.gif'])
  })

  test('replaces the one it had in an earlier run, when only what changed is asked for', async (t) => {
    const root = temporaryFolder(t)
    await put(sinkAt(root), jobOf('a.gif'), bytesOf(5), named('b.gif'))
    const job = jobOf('a.gif', { known: { file: 'b.gif', bytes: 5 } })
    assert.equal(await put(sinkAt(root), job, bytesOf(9), named('b.gif')), 'b.gif')
    assert.deepEqual(readdirSync(root), ['b.gif'])
    assert.deepEqual(readFileSync(join(root, 'b.gif')), bytesOf(9))
  })

  test('leaves nothing but itself', async (t) => {
    const root = temporaryFolder(t)
    await put(sinkAt(root), jobOf('a.gif'), bytesOf(2 ** 20), { ...named('b.gif'), length: 2 ** 20, etag: '"x"' })
    assert.deepEqual(readdirSync(root), ['b.gif'])
  })
})

test('where there are no hard links an empty file holds the name until it is replaced; a taken name stays', (t) => {
  const root = temporaryFolder(t)
  const path = (name: string): string => join(root, name)
  writeFileSync(path('part'), 'new')
  writeFileSync(path('taken'), 'precious')
  symlinkSync('nowhere', path('link'))
  assert.equal(publishByPlaceholder(path('part'), path('taken')), false)
  assert.equal(publishByPlaceholder(path('part'), path('link')), false)
  assert.equal(publishByPlaceholder(path('part'), path('free')), true)
  assert.equal(readFileSync(path('free'), 'utf8'), 'new')
  assert.equal(readFileSync(path('taken'), 'utf8'), 'precious')
  assert.deepEqual(readdirSync(root), ['free', 'link', 'taken'])
})
