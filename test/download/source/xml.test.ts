import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../../support/temporary-folder.js'
import { readList, told, untilFailure, writeList } from './read-source.js'
import { openSource } from './source-modules.js'

const META4 = `<?xml version="1.0" encoding="UTF-8"?>
<metalink xmlns="urn:ietf:params:xml:ns:metalink">
  <published>2026-01-01T00:00:00Z</published>
  <file name="../../etc/passwd">
    <size>14471447</size>
    <hash type="md5">0a</hash>
    <hash type="sha-256">AB</hash>
    <pieces length="1048576" type="sha-256"><hash>cd</hash></pieces>
    <url location="de" priority="2">http://two/x</url>
    <url priority="1">
      http://one/x?a=1&amp;b=2
    </url>
    <url>ftp://f/x</url>
    <url>https://three/x</url>
    <metaurl mediatype="torrent">http://t/x.torrent</metaurl>
  </file>
  <file name="none"/>
  <file name="ftp"><url>ftp://f/y</url></file>
</metalink>`

describe('a metalink', () => {
  test('has one entry for each file: URLs by priority, the best checksum, the size, the name as it is written', async (t) => {
    assert.deepEqual(await readList(temporaryFolder(t), 'l.meta4', META4), [
      {
        input: {
          url: 'http://one/x?a=1&b=2',
          name: '../../etc/passwd',
          hash: 'sha256:AB',
          size: 14_471_447,
          mirrors: ['http://two/x', 'https://three/x'],
        },
        line: 4,
      },
      { text: 'none', problem: { code: 'INVALID_ROW', message: 'a <file> without <url>' }, line: 17 },
      { input: { url: 'ftp://f/y', name: 'ftp' }, line: 18 },
    ])
  })

  test('of version 3 is refused', async (t) => {
    const list =
      '<metalink version="3.0"><files><file name="x"><resources><url>http://h/</url></resources></file></files></metalink>'
    await assert.rejects(readList(temporaryFolder(t), 'l.metalink', list), { code: 'ERR_SOURCE', message: /version 3/ })
  })

  test('with more than 64 KB in one file has a bad entry there, and goes on', async (t) => {
    const urls = '<url>http://h/x</url>'.repeat(10_000)
    const list = `<metalink><file name="a">${urls}</file><file name="b"><url>http://h/b</url></file></metalink>`
    assert.deepEqual(told(await readList(temporaryFolder(t), 'l.meta4', list)), ['1 INVALID_LONG', '1 http://h/b'])
  })
})

describe('a sitemap', () => {
  test('has an entry for each loc of a url, and not for those of images', async (t) => {
    const list = `<urlset xmlns="s" xmlns:image="i">
<url><loc> http://h/1 </loc><lastmod>2026</lastmod><image:image><image:loc>http://h/no</image:loc></image:image></url>
<url><loc><![CDATA[http://h/2?a&b]]></loc></url>
<url><loc/></url>
</urlset>`
    assert.deepEqual(told(await readList(temporaryFolder(t), 'sitemap.xml', list)), [
      '2 http://h/1',
      '3 http://h/2?a&b',
      '4 INVALID_ROW',
    ])
  })

  test('may have a prefix for its own elements', async (t) => {
    const list = '<s:urlset xmlns:s="x"><s:url><s:loc>http://h/1</s:loc></s:url></s:urlset>'
    assert.deepEqual(told(await readList(temporaryFolder(t), 'sitemap.xml', list)), ['1 http://h/1'])
  })

  test('that is an index has the sitemaps it names, which are not followed', async (t) => {
    const list = '<sitemapindex><sitemap><loc>http://h/sitemap-1.xml</loc></sitemap></sitemapindex>'
    assert.deepEqual(told(await readList(temporaryFolder(t), 'index.xml', list)), ['1 http://h/sitemap-1.xml'])
  })
})

describe('a list in XML', () => {
  test('is what its root element says, whatever the case of the ending', async (t) => {
    assert.equal((await readList(temporaryFolder(t), 'l.XML', META4)).length, 3)
    await assert.rejects(readList(temporaryFolder(t), 'l.xml', '<html/>'), { code: 'ERR_SOURCE', message: /l\.xml.*<html>/ })
    await assert.rejects(readList(temporaryFolder(t), 'l.xml', META4, { format: 'sitemap' }), {
      code: 'ERR_SOURCE',
      message: /no sitemap/,
    })
  })

  const broken: readonly (readonly [what: string, list: string | Buffer, message: RegExp])[] = [
    ['tags that do not match', '<urlset><url><loc>http://h/1</loc></url>\n</urlse>', /line 2.*close tag/],
    ['an end that is missing', '<urlset><url><loc>http://h/1</loc></url>\n<url>', /line 2.*Unclosed/],
    ['an entity nobody defined', '<urlset><url><loc>http://h/1</loc></url><url><loc>&x;</loc></url></urlset>', /entity/],
    ['bytes that are not UTF-8', Buffer.from('<urlset><url><loc>http://h/\xff</loc></url></urlset>', 'latin1'), /not UTF-8/],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><urlset/>', /ISO-8859-1.*iconv/],
    ['elements without end in one another', `<urlset>${'<a>'.repeat(100)}`, /nested/],
    ['a thousand attributes', `<urlset ${Array.from({ length: 1_000 }, (_, n) => `a${n}="x"`).join(' ')}/>`, /attributes/],
    ['an attribute of a megabyte', `<urlset a="${'x'.repeat(1_000_000)}"/>`, /buffer length/],
    ['text that is no XML', 'http://h/1\nhttp://h/2\n', /not XML/],
    ['nothing', '', /no root element/],
  ]
  for (const [what, list, message] of broken) {
    test(`with ${what} ends with ERR_SOURCE, the name of the list and the reason`, async (t) => {
      await assert.rejects(readList(temporaryFolder(t), 'broken.xml', list), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'ERR_SOURCE')
        assert.match(error.message, /broken\.xml/)
        assert.match(error.message, message)
        return true
      })
    })
  }

  test('gives the entries before the place where it breaks', async (t) => {
    const list = `<urlset>${'<url><loc>http://h/1</loc></url>'.repeat(10)}</urlse>`
    const path = writeList(temporaryFolder(t), 'l.xml', list)
    const { entries } = await untilFailure(await openSource({ inputs: [path] }))
    assert.equal(entries.length, 10)
  })

  test('neither reads files nor grows entities of its DTD', async (t) => {
    const folder = temporaryFolder(t)
    const secret = writeList(folder, 'secret', 's3cr3t')
    const external = `<!DOCTYPE urlset [<!ENTITY x SYSTEM "file://${secret}">]><urlset><url><loc>http://h/&x;</loc></url></urlset>`
    const laughs = `<!DOCTYPE urlset [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><urlset><url><loc>http://h/&b;</loc></url></urlset>`
    for (const list of [external, laughs]) {
      await assert.rejects(readList(folder, 'l.xml', list), (error: Error) => {
        assert.match(error.message, /entity/)
        assert.ok(!error.message.includes('s3cr3t'))
        return true
      })
    }
  })

  test('with names of Object.prototype as elements and attributes is read like any other', async (t) => {
    const list =
      '<metalink __proto__="x"><constructor/><file name="f" __proto__="y" constructor="z"><url __proto__="1">http://h/</url></file></metalink>'
    assert.deepEqual(await readList(temporaryFolder(t), 'l.xml', list), [{ input: { url: 'http://h/', name: 'f' }, line: 1 }])
    await assert.rejects(readList(temporaryFolder(t), 'l.xml', '<constructor/>'), { code: 'ERR_SOURCE' })
  })
})
