// Makes images/: the flags, the metadata beside them, and country_codes.txt. Run by hand, `node scripts/render-flags.js`, when countries.tsv or a
// flag changes; the result is committed. What draws the flags (20 MB) is installed into a throw-away folder, so that no checkout carries it.
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const WIDTH = 320
const PACKAGES = ['svg-country-flags@1.2.10', 'sharp@0.35.5']
const images = fileURLToPath(new URL('../images', import.meta.url))

async function readCountries() {
  const text = await readFile(new URL('countries.tsv', import.meta.url), 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [iso, gec, country] = line.split('\t')
      const tld = iso === 'GB' ? '.uk' : `.${iso.toLowerCase()}`
      return { tld_cc: tld, iso_cc: iso, country, gec_cc: gec }
    })
}

function install(folder) {
  const npm = ['install', '--prefix', folder, '--no-save', '--no-fund', '--no-audit', '--loglevel=error', ...PACKAGES]
  const { status, error } = spawnSync('npm', npm, { stdio: ['ignore', 2, 2] })
  if (error !== undefined || status !== 0) throw new Error(`npm ${npm.join(' ')} failed`, { cause: error })
}

/** Rasterises at the width wanted, not at the drawing's own: enlarging a small raster would blur it. */
async function render(sharp, svg) {
  const { width } = await sharp(svg, { limitInputPixels: false }).metadata()
  const density = Math.min(300, Math.max(1, (72 * WIDTH) / width))
  return sharp(svg, { density, limitInputPixels: false })
    .resize({ width: WIDTH })
    .flatten({ background: '#fff' })
    .gif({ effort: 10, colours: 128, dither: 0 })
    .toBuffer()
}

/** One line of JSON, spaced as the book's site has it. */
function metadata(country) {
  return `{${Object.entries(country)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(', ')}}`
}

/** The book's layout of country_codes.txt: 25 codes a line. */
function lines(codes) {
  const rows = []
  for (let start = 0; start < codes.length; start += 25) rows.push(codes.slice(start, start + 25).join(' '))
  return `${rows.join('\n')}\n`
}

const folder = await mkdtemp(join(tmpdir(), 'render-flags-'))
try {
  install(folder)
  const sharp = createRequire(import.meta.url)(join(folder, 'node_modules', 'sharp'))
  const countries = await readCountries()
  let bytes = 0
  for (const country of countries) {
    const cc = country.iso_cc.toLowerCase()
    const svg = await readFile(join(folder, 'node_modules', 'svg-country-flags', 'svg', `${cc}.svg`))
    const gif = await render(sharp, svg)
    await mkdir(join(images, 'flags', cc), { recursive: true })
    await writeFile(join(images, 'flags', cc, `${cc}.gif`), gif)
    await writeFile(join(images, 'flags', cc, 'metadata.json'), `${metadata(country)}\n`)
    bytes += gif.length
  }
  await writeFile(join(images, 'country_codes.txt'), lines(countries.map((country) => country.iso_cc)))
  process.stderr.write(`${countries.length} flags, ${bytes} bytes, in ${images}\n`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
