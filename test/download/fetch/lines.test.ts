import { describeLinesContract } from './lines-contract.js'

const dist = '../../../../dist/download/fetch'
const load = async <T>(file: string): Promise<T> => (await import(new URL(`${dist}/${file}.js`, import.meta.url).href)) as T
const { Http1Lines } = await load<typeof import('../../../src/download/fetch/http1/http1-lines.js')>('http1/http1-lines')
const { UndiciLines } = await load<typeof import('../../../src/download/fetch/http2/undici-lines.js')>('http2/undici-lines')
const { OpenLines } = await load<typeof import('../../../src/download/fetch/open-lines.js')>('open-lines')

const now = (): number => performance.now()
describeLinesContract('Lines of HTTP/1.1', (dial, most) => new Http1Lines(dial, most, new OpenLines(), now))
describeLinesContract('Lines by undici', (dial, most) => new UndiciLines(dial, most, new OpenLines(), now))
