import { get, type IncomingMessage } from 'node:http'

/** The bytes of a body as another client of HTTP receives them; a content coding is left as it is. */
export function rawBody(url: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let response: IncomingMessage | undefined
    const request = get(url, { agent: false }, (answer) => {
      response = answer
      const chunks: Buffer[] = []
      answer
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .on('end', () => resolve(Buffer.concat(chunks)))
        .on('error', reject)
    })
    // What comes after the end of an answer is an error of the request, though the answer is whole.
    request.on('error', (error) => {
      if (response?.complete !== true) reject(error)
    })
  })
}
