import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as frontDoor from 'undici'

it('the parts of undici that are loaded by their files are those of its front door', async () => {
  const { undici } = (await import(
    new URL('../../../../../dist/download/fetch/http2/undici.js', import.meta.url).href
  )) as typeof import('../../../../src/download/fetch/http2/undici.js')
  for (const [name, part] of Object.entries(undici)) assert.equal(part, frontDoor[name as keyof typeof undici], name)
})
