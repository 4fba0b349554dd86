import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { runs } from '../../support/thorough.js'

const { NameClaims } = (await import(
  new URL('../../../../dist/download/naming/name-claims.js', import.meta.url).href
)) as typeof import('../../../src/download/naming/name-claims.js')
const { NameSet } = (await import(
  new URL('../../../../dist/download/naming/name-set.js', import.meta.url).href
)) as typeof import('../../../src/download/naming/name-set.js')

type Claims = InstanceType<typeof NameClaims>

/** The names that these files get, one job each. */
const claimAll = (files: readonly string[], claims: Claims = new NameClaims()): string[] =>
  files.map((file, id) => {
    const claim = claims.claim(file, id, 'suffix')
    return 'file' in claim ? claim.file : '(taken)'
  })

describe('names that collide', () => {
  const cases: readonly [what: string, wanted: readonly string[], got: readonly string[]][] = [
    [
      'the first line gets it, later ones a suffix before the extension',
      ['a.gif', 'a.gif', 'b.gif', 'a.gif'],
      ['a.gif', 'a-2.gif', 'b.gif', 'a-4.gif'],
    ],
    ['a suffix that is taken too is numbered', ['a-3.gif', 'a.gif', 'a.gif'], ['a-3.gif', 'a.gif', 'a-3-2.gif']],
    ['case does not tell them apart', ['A.gif', 'a.GIF'], ['A.gif', 'a-2.GIF']],
    ['nor does the form of Unicode', ['\u00e9.gif', 'E\u0301.gif'], ['\u00e9.gif', 'E\u0301-2.gif']],
    [
      'nor letters that have no capital of their own',
      ['straße', 'STRASSE', 'ΣΑΣ', 'σας'],
      ['straße', 'STRASSE-2', 'ΣΑΣ', 'σας-4'],
    ],
    ['the same name in another folder is another name', ['a/x', 'b/x', 'x'], ['a/x', 'b/x', 'x']],
    ['a file cannot have the name of a folder', ['a/b', 'a'], ['a/b', 'a-2']],
    ['a folder cannot have the name of a file', ['a', 'a/b', 'A/b'], ['a', 'a-2/b', 'A-3/b']],
    ['nor can one further in', ['x/a', 'x/a/b/c'], ['x/a', 'x/a-2/b/c']],
    ['two names in one folder are no collision', ['a/b', 'a/c', 'A/d'], ['a/b', 'a/c', 'A/d']],
    ['compound extensions stay whole', ['x.tar.gz', 'x.tar.gz'], ['x.tar.gz', 'x-2.tar.gz']],
  ]
  for (const [what, wanted, got] of cases) test(what, () => assert.deepEqual(claimAll(wanted), got))

  test('a name of 255 bytes makes room for its suffix', () => {
    const longest = `${'é'.repeat(125)}x.gif`
    const names = claimAll(Array.from({ length: 30 }, () => longest))
    assert.equal(new Set(names).size, 30)
    for (const name of names) assert.ok(Buffer.byteLength(name) <= 255 && name.endsWith('.gif'), name)
  })

  test('skip and fail leave a taken name taken, and take nothing', () => {
    const claims = new NameClaims()
    claims.claim('a', 0, 'skip')
    assert.deepEqual(claims.claim('A', 1, 'skip'), { taken: true })
    assert.deepEqual(claims.claim('a', 2, 'fail'), { taken: true })
    assert.deepEqual(claims.claim('a/b', 3, 'fail'), { taken: true })
    assert.deepEqual(claims.claim('a-2', 4, 'fail'), { file: 'a-2' })
  })

  test('names that were there before are taken, files and folders', () => {
    const claims = new NameClaims()
    for (const name of ['a.gif', 'folder/', 'x/', 'x/y']) claims.takeExisting(name)
    assert.deepEqual(claimAll(['A.GIF', 'folder', 'folder/new', 'x', 'x/y/z'], claims), [
      'A-1.GIF',
      'folder-2',
      'folder/new',
      'x-4',
      'x/y-5/z',
    ])
  })

  test('names that are unique by their template are not remembered, but those that were there before are', () => {
    const claims = new NameClaims({ unique: true })
    claims.takeExisting('0-a.gif')
    assert.deepEqual(claimAll(['0-a.gif', '1-a.gif'], claims), ['0-a-1.gif', '1-a.gif'])
    assert.deepEqual(claims.claim('1-a.gif', 1, 'fail'), { file: '1-a.gif' })
  })
})

const fold = (name: string): string => name.normalize('NFC').toUpperCase().toLowerCase()

describe('whatever is asked for', () => {
  const part = fc.constantFrom('a', 'A', 'b', 'a-2', 'a-3', 'é', 'E\u0301', 'x.gif', 'X.GIF', 'x-2.gif')
  const file = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))

  test('no two files are equal, none is a folder of another, and the same list gives the same names', () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 40 }), (wanted) => {
        const got = claimAll(wanted)
        assert.deepEqual(claimAll(wanted), got)
        const files = new Set(got.map(fold))
        assert.equal(files.size, got.length)
        for (const name of files) {
          for (let slash = name.indexOf('/'); slash !== -1; slash = name.indexOf('/', slash + 1)) {
            assert.ok(!files.has(name.slice(0, slash)), `${name.slice(0, slash)} is a file and a folder: ${got.join(' ')}`)
          }
        }
      }),
      runs(1_000),
    )
  })

  test('what the first lines get does not depend on what follows', () => {
    fc.assert(
      fc.property(fc.array(file, { minLength: 1, maxLength: 30 }), fc.nat(), (wanted, cut) => {
        const length = cut % wanted.length
        assert.deepEqual(claimAll(wanted.slice(0, length)), claimAll(wanted).slice(0, length))
      }),
    )
  })
})

/** As alike as lists make them. */
const nameOf = (n: number): string => (n % 2 === 0 ? `photo-${n}.jpg` : `img/${n.toString(36)}/${n}.JPG`)

describe('the set of names', () => {
  test('is exact over names as alike as lists make them, a great many', () => {
    const { numRuns: many } = runs(300_000)
    const names = new NameSet()
    let needless = 0
    for (let n = 0; n < many; n += 1) {
      if (names.has(nameOf(n))) needless += 1
      names.add(nameOf(n))
    }
    assert.equal(needless, 0)
    assert.equal(names.size, many)
    let lost = 0
    for (let n = 0; n < many; n += 1) if (!names.has(nameOf(n))) lost += 1
    assert.equal(lost, 0)
  })

  test('adding a name again changes nothing', () => {
    const names = new NameSet()
    for (let n = 0; n < 5_000; n += 1) names.add(`n${n % 100}`)
    assert.equal(names.size, 100)
  })

  test('finds no name before one was added, and none that differs in one character', () => {
    const names = new NameSet({ seed: 12345 })
    assert.equal(names.has('a'), false)
    names.add('')
    names.add('abcdef.gif')
    assert.deepEqual(
      ['', 'ABCDEF.gif', 'abcdeg.gif', 'abcdef.gif ', 'bacdef.gif'].map((name) => names.has(name)),
      [true, true, false, false, false],
    )
  })
})
