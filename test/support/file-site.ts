/** A real HTTP server of files that tests put there. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerOf, type ServedFile } from 'halyard/contracts'

export interface FileSite {
  readonly url: string
  readonly files: Map<string, ServedFile>
  /** Headers of every request so far, with its path as `:path`. */
  readonly requests: Record<string, string | undefined>[]
}

/** Starts the server; it is closed when the test ends. */
export async function startFileSite(t: { after(close: () => Promise<void>): void }): Promise<FileSite> {
  const files = new Map<string, ServedFile>()
  const requests: Record<string, string | undefined>[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    const headers = { ...(request.headers as Record<string, string>), ':path': path }
    requests.push(headers)
    const file = files.get(path) ?? { status: 404, body: 'no such file' }
    if (file.silent === true) return
    const { status, headers: answered, body } = answerOf(file, headers)
    response.writeHead(status, status === 304 ? answered : { ...answered, 'content-length': body.length })
    if (file.cutAt === undefined) response.end(body)
    else response.write(body.subarray(0, file.cutAt), () => response.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, files, requests }
}
