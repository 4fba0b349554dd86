/**
 * `requests.get(url)` of the book's page: one GET, the whole body or an error.
 *
 * Why not `fetch`: loading it costs half of the start-up of a program that downloads twenty flags, and it takes a chunked body that
 * was cut for a whole one. Why it is not `undici`: the same start-up, doubled. `node:http` reports a cut body as an error, and it is small.
 *
 * Guarantees: what is returned is the whole body of a 200 answer: the length announced, or every chunk up to the last. An answer whose
 * end cannot be told from a broken connection is refused. The call ends within `timeout`, however slowly a server drips.
 */
import { once } from 'node:events'
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { Agent, request as httpRequest } from 'node:http'
import { HttpStatusError, HttpTransportError, shownUrl } from './http-errors.js'

/** How far one `httpGet` may go. */
export interface HttpGetOptions {
  /** Milliseconds for all of it, redirects and body included. @default 30_000 */
  readonly timeout?: number
  /** Largest body accepted, in bytes. @default 16 MiB */
  readonly maxBytes?: number
  /** How many redirects to follow. @default 10 */
  readonly maxRedirects?: number
  /** Gives up early; the call then rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined
}

/** Sends one request; `node:http` and `node:https` have the same face, but the latter is loaded only for an https address. */
interface Client {
  readonly agent: Agent
  readonly request: (url: URL, options: RequestOptions) => ClientRequest
}

const HTTP: Client = { agent: new Agent({ keepAlive: true }), request: httpRequest }
let https: Promise<Client> | undefined

function clientFor(url: URL): Client | Promise<Client> {
  if (url.protocol === 'http:') return HTTP
  https ??= import('node:https').then(({ Agent: HttpsAgent, request }) => ({
    agent: new HttpsAgent({ keepAlive: true }),
    request,
  }))
  return https
}

/**
 * Downloads `url` and returns the body of its 200 answer, whole.
 *
 * Follows redirects, but never from https to http.
 *
 * @throws {HttpStatusError} the final answer is not 200
 * @throws {HttpTransportError} there is no whole answer; `code` says why
 */
export async function httpGet(url: string | URL, options: HttpGetOptions = {}): Promise<Uint8Array> {
  const { timeout = 30_000, signal } = options
  const target = parsedUrl(url)
  if (target === undefined) throw new HttpTransportError('ERR_HTTP_URL', 'not an http or https address', url)
  signal?.throwIfAborted()
  const inFlight = new InFlight()
  const onAbort = (): void => inFlight.giveUp(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  const timer = setTimeout(() => {
    inFlight.giveUp(new HttpTransportError('ERR_HTTP_TIMEOUT', `no whole answer within ${timeout / 1000} s`, url))
  }, timeout)
  try {
    return await getFollowing(target, inFlight, options)
  } catch (error) {
    // Whatever the socket reports after we gave up, giving up is the reason.
    throw inFlight.givenUp === undefined ? error : inFlight.givenUp.reason
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

/**
 * The request that is under way, and the end of it.
 *
 * An AbortController would do, and `for await` below; loading what these two need takes a quarter of the time of twenty downloads.
 */
class InFlight {
  givenUp: { readonly reason: unknown } | undefined
  #request: ClientRequest | undefined

  watch(request: ClientRequest): ClientRequest {
    this.#request = request
    if (this.givenUp !== undefined) request.destroy()
    return request
  }

  giveUp(reason: unknown): void {
    this.givenUp = { reason }
    this.#request?.destroy()
  }
}

async function getFollowing(first: URL, inFlight: InFlight, options: HttpGetOptions): Promise<Uint8Array> {
  const { maxBytes = 16 * 1024 * 1024, maxRedirects = 10 } = options
  let url = first
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const response = await getResponse(url, inFlight)
    if (response.statusCode === 200) return await readBody(response, url, maxBytes)
    await discardBody(response)
    const next = redirectTarget(response, url)
    if (next === undefined) throw new HttpStatusError(response.statusCode ?? 0, response.statusMessage ?? '', url)
    url = next
  }
  throw new HttpTransportError('ERR_HTTP_REDIRECT', `more than ${maxRedirects} redirects`, first)
}

async function getResponse(url: URL, inFlight: InFlight): Promise<IncomingMessage> {
  const { agent, request } = await clientFor(url)
  const headers = { 'accept-encoding': 'identity', 'user-agent': 'halyard' }
  const sent = inFlight.watch(request(url, { agent, headers }))
  try {
    return await answerTo(sent)
  } catch (error) {
    // A server may close a kept connection in the very moment we use it again; then, and only then, ask once more, on a fresh one.
    if (!sent.reusedSocket || inFlight.givenUp !== undefined) throw connectionError(error, url)
  }
  try {
    return await answerTo(inFlight.watch(request(url, { agent: false, headers })))
  } catch (error) {
    throw connectionError(error, url)
  }
}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve)
    // Stays on: a connection that breaks later is reported here too, and by the response to whoever reads the body.
    request.on('error', reject)
    request.end()
  })
}

function connectionError(error: unknown, url: URL): HttpTransportError {
  const { message, code } = error as NodeJS.ErrnoException
  return new HttpTransportError('ERR_HTTP_CONNECTION', message || (code ?? 'no connection'), url, { cause: error })
}

/** Where the answer sends us, or undefined when it is final. */
function redirectTarget({ statusCode, headers: { location } }: IncomingMessage, from: URL): URL | undefined {
  if (location === undefined || ![301, 302, 303, 307, 308].includes(statusCode ?? 0)) return undefined
  const target = parsedUrl(location, from)
  if (target === undefined || (from.protocol === 'https:' && target.protocol === 'http:')) {
    throw new HttpTransportError('ERR_HTTP_REDIRECT', `redirect to '${target ? shownUrl(target) : location}' refused`, from)
  }
  return target
}

function parsedUrl(url: string | URL, base?: URL): URL | undefined {
  if (!URL.canParse(String(url), base?.href)) return undefined
  const parsed = new URL(url, base)
  return parsed.protocol === 'http:' || parsed.protocol === 'https:' ? parsed : undefined
}

async function readBody(response: IncomingMessage, url: URL, maxBytes: number): Promise<Uint8Array> {
  const { headers } = response
  const coding = headers['content-encoding'] ?? 'identity'
  if (coding !== 'identity') throw new HttpTransportError('ERR_HTTP_ENCODING', `unexpected content-encoding '${coding}'`, url)
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    throw new HttpTransportError('ERR_HTTP_TRUNCATED', 'neither a length nor chunks: the end of the body cannot be told', url)
  }
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    await new Promise<void>((resolve, reject) => {
      response.on('data', (part: Uint8Array) => {
        parts.push(part)
        bytes += part.byteLength
        if (bytes > maxBytes) resolve()
      })
      response.on('end', resolve)
      response.on('error', reject)
      response.on('close', () => reject(new Error('closed')))
    })
  } catch (error) {
    const announced = headers['content-length'] === undefined ? 'the last chunk' : `${headers['content-length']} bytes`
    throw new HttpTransportError('ERR_HTTP_TRUNCATED', `the body ended after ${bytes} bytes, before ${announced}`, url, {
      cause: error,
    })
  }
  if (bytes > maxBytes) {
    response.destroy()
    throw new HttpTransportError('ERR_HTTP_TOO_LARGE', `more than ${maxBytes} bytes`, url)
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts)
}

/** Reads a short body nobody wants, so that its connection can be used again; gives up the connection of a long one. */
async function discardBody(response: IncomingMessage): Promise<void> {
  if (!(Number(response.headers['content-length']) <= 65_536)) {
    response.destroy()
    return
  }
  // Cut or not: the status already says what became of it.
  await once(response.resume(), 'close').catch(() => {})
}
