import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FaultName, type FaultOptions, FAULTS, type FlagServer, type Outcome, startFlagServer } from 'halyard/flag-server'
import { ask } from '../../support/raw-client.js'

/** What becomes of a flag asked for with each row's example; where the answer does not end by itself, how many characters are enough. */
const BECOMES: Readonly<Record<FaultName, readonly [status: number | undefined, outcome: Outcome, enough?: number]>> = {
  delay: [200, 'complete'],
  drip: [200, 'client-closed', 300],
  fail: [503, 'complete'],
  key: [503, 'complete'],
  errorRate: [418, 'complete'],
  over: [200, 'complete'],
  overRate: [200, 'complete'],
  status: [503, 'complete'],
  reason: [404, 'complete'],
  retryAfter: [429, 'complete'],
  cut: [200, 'cut'],
  reset: [200, 'reset'],
  silence: [undefined, 'silent'],
  framing: [200, 'complete'],
  chunkSize: [200, 'cut'],
  length: [200, 'complete'],
  chunks: [200, 'complete'],
  connection: [200, 'complete'],
  coding: [200, 'complete'],
  codingCut: [200, 'complete'],
  bomb: [200, 'complete'],
  endless: [200, 'client-closed', 100_000],
  extraHeaders: [200, 'complete'],
  extraHeaderSize: [200, 'complete'],
  interim: [200, 'complete'],
  interimStatus: [200, 'complete'],
  redirect: [302, 'complete'],
  redirectStatus: [308, 'complete'],
  redirectTo: [302, 'complete'],
  location: [302, 'complete'],
  version: [200, 'complete'],
  etag: [200, 'complete'],
  lastModified: [200, 'complete'],
  conditional: [200, 'complete'],
  range: [200, 'complete'],
  ifRange: [200, 'complete'],
  size: [200, 'complete'],
  body: [200, 'complete'],
  type: [200, 'complete'],
  disposition: [200, 'complete'],
  header: [200, 'complete'],
}

function decoded(text: string): Buffer {
  const bytes = text.replace(/%([\dA-F]{2})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
  return Buffer.from(bytes, 'latin1')
}

/** The options that say the same as a query. */
function optionsOf(query: string): FaultOptions {
  return Object.fromEntries(
    query.split('&').map((pair) => {
      const [name, ...value] = pair.split('=')
      return [FAULTS.find((row) => row.query === name)?.name, decoded(value.join('='))]
    }),
  )
}

async function becomes(server: FlagServer, target: string, name: FaultName): Promise<void> {
  const [status, outcome, enough] = BECOMES[name]
  await ask(server.url, target, {
    until: enough === undefined ? undefined : (text) => text.length >= enough,
    hangUp:
      outcome === 'silent'
        ? server.log.waitFor((record) => record.outcome === 'silent').then((record) => record.bytesSent)
        : undefined,
  })
  const record = await server.log.waitFor(({ duration }) => duration !== undefined)
  assert.deepEqual([record.status, record.outcome], [status, outcome])
}

test('the table has the rows tested here and no others, each with one name of each kind', () => {
  assert.deepEqual(FAULTS.map(({ name }) => name).sort(), Object.keys(BECOMES).sort())
  assert.equal(new Set(FAULTS.map(({ query }) => query)).size, FAULTS.length)
})

for (const row of FAULTS) {
  test(`${row.query} is described: by a flag, in sentences, and with an example of its own`, () => {
    assert.match(row.flag, new RegExp(`^--${row.query} <[^<>]+>$`))
    assert.match(row.doc, /^[A-Z`].*\.$/)
    assert.match(row.example, new RegExp(`(?:^|&)${row.query}=`))
  })

  test(`?${row.example} works`, async () => {
    await using server = await startFlagServer({ random: () => 0 })
    await becomes(server, `/flags/br/br.gif?${row.example}`, row.name)
  })

  test(`${row.name} works as an option for all requests`, async () => {
    await using server = await startFlagServer({ ...optionsOf(row.example), random: () => 0 })
    await becomes(server, '/flags/br/br.gif', row.name)
  })
}

const choosy = FAULTS.filter(({ expected }) => !expected.startsWith('any text'))

for (const row of choosy) {
  test(`a value that ${row.query} cannot have is answered with 400, and refused as an option`, async () => {
    await using server = await startFlagServer()
    const heard = await ask(server.url, `/flags/br/br.gif?${row.query}=no%22such`)
    assert.equal(heard.status, 400)
    assert.equal(heard.body, `Expected query parameter "${row.query}" to be ${row.expected}; got "no\\"such".\n`)
    await assert.rejects(startFlagServer({ [row.name]: 'no"such' }), {
      name: 'FlagServerError',
      code: 'ERR_FLAG_SERVER_OPTION',
      message: `Expected option \`${row.name}\` to be ${row.expected}; got "no\\"such".`,
    })
  })
}

test('a row reads its value by itself, for a command line', () => {
  const delay = FAULTS.find(({ name }) => name === 'delay')
  assert.deepEqual(delay?.parse('0.5-5'), { from: 0.5, to: 5 })
  assert.throws(() => delay?.parse('soon', '--delay'), { message: /^Expected --delay to be seconds.*got "soon"\.$/ })
})
