import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

const { readHead } = (await import(
  new URL('../../../../../dist/download/fetch/http1/head.js', import.meta.url).href
)) as typeof import('../../../../src/download/fetch/http1/head.js')

/** `\n` for the end of a line. */
const headOf = (text: string): ReturnType<typeof readHead> => readHead(text.replaceAll('\n', '\r\n'))

describe('A head', () => {
  it('is read as it was sent, but for the spaces around values', () => {
    const { status, fields } = headOf('HTTP/1.1 200 OK\nServer: x\nX-Empty:\nx-SPACES: \t a  b \t\nX-Latin:\xe4\x80\nX:\t')
    assert.equal(status, 200)
    assert.deepEqual(fields, ['Server', 'x', 'X-Empty', '', 'x-SPACES', 'a  b', 'X-Latin', '\xe4\x80', 'X', ''])
  })

  it('may have any reason, or none', () => {
    for (const line of ['HTTP/1.1 299 ', 'HTTP/1.1 299', 'HTTP/1.0 299 \xfc: what\tever']) assert.equal(headOf(line).status, 299)
  })

  for (const [framing, head] of [
    [5, '200 OK\nContent-Length: 5'],
    [0, '200 OK\nContent-Length: 0'],
    [999_999_999_999_999, '200 OK\ncontent-LENGTH:999999999999999 '],
    ['chunked', '200 OK\nTransfer-Encoding: Chunked'],
    ['until close', '200 OK'],
    ['until close', '404 None\nX-Content-Length: 5\nContentLength: 6'],
    [0, '204 None\nContent-Length: 5'],
    [0, '304 Same\nContent-Length: 5'],
    [0, '304 Same\nTransfer-Encoding: chunked'],
    [0, '103 Early\nContent-Length: 5'],
  ] as const) {
    it(`says how the body ends: ${JSON.stringify(head)}`, () => assert.equal(headOf(`HTTP/1.1 ${head}`).framing, framing))
  }

  for (const [keeps, head] of [
    [true, '1.1 200 OK\nContent-Length: 5'],
    [true, '1.1 200 OK\nContent-Length: 5\nConnection: Keep-Alive'],
    [false, '1.1 200 OK\nContent-Length: 5\nConnection: close'],
    [false, '1.1 200 OK\nContent-Length: 5\nConnection: x, CLOSE ,y'],
    [false, '1.1 200 OK\nContent-Length: 5\nConnection: keep-alive\nConnection: close'],
    [false, '1.1 200 OK\nContent-Length: 5\nConnection: keep-alive, close'],
    [true, '1.1 200 OK\nContent-Length: 5\nConnection: closed'],
    [false, '1.0 200 OK\nContent-Length: 5'],
    [true, '1.0 200 OK\nContent-Length: 5\nConnection: keep-alive'],
    [false, '1.0 200 OK\nContent-Length: 5\nConnection: close, keep-alive'],
    [false, '1.1 200 OK\nConnection: keep-alive'],
    [true, '1.1 304 Same'],
  ] as const) {
    it(`says whether the connection stays: ${JSON.stringify(head)}`, () => assert.equal(headOf(`HTTP/${head}`).keeps, keeps))
  }

  for (const [ms, value] of [
    [5000, 'timeout=5'],
    [7000, 'max=100, Timeout = 7'],
    [0, 'timeout=0'],
    [9000, 'timeout="9"'],
    [undefined, 'max=5'],
    [undefined, 'notimeout=5'],
    [undefined, 'timeout=-1'],
  ] as const) {
    it(`says for how long: ${value}`, () => {
      assert.equal(headOf(`HTTP/1.1 200 OK\nContent-Length: 5\nKeep-Alive: ${value}`).keepsFor, ms)
    })
  }

  for (const line of ['', 'HTTP/2 200 OK', 'HTTP/1.2 200 OK', 'http/1.1 200 OK', ' HTTP/1.1 200 OK', 'HTTP/1.1  200 OK']) {
    it(`does not begin with '${line}'`, () => refused(line, /which is not HTTP\/1\.1/))
  }
  for (const status of ['20', '2000', '099', '2x0', '+200', '200OK', '200 \0', '200 \r', '200 \x7f']) {
    it(`has no status ${JSON.stringify(status)}`, () => refused(`HTTP/1.1 ${status}`, /which is not HTTP\/1\.1/))
  }

  for (const [name, lines] of [
    ['without a colon', 'Server'],
    ['without a name', ': x'],
    ['that is empty, with more behind it', '\nX: y'],
    ['with a space before the colon', 'Content-Length : 5'],
    ['with a space in the name', 'Content Length: 5'],
    ['with a name that is not ASCII', 'Content-L\xe4nge: 5'],
    ['that continues the one before', 'X: y\n Content-Length: 5'],
    ['that continues it with a tab', 'X: y\n\tz'],
    ['that continues the status line', ' X: y'],
    ['with CR alone in its value', 'X: y\rContent-Length: 5'],
    ['with CR at its end', 'X: y\r'],
    ['with NUL', 'X: y\0'],
    ['with ESC', 'X: \x1b[2J'],
    ['with DEL', 'X: \x7f'],
    ['with CR in its name', 'X\r: y'],
  ] as const) {
    it(`has no header ${name}`, () => refused(`HTTP/1.1 200 OK\n${lines}\nX-Last: z`, /not of the form/))
  }
  it('has no header with LF alone', () => {
    assert.throws(() => readHead('HTTP/1.1 200 OK\r\nX: y\nContent-Length: 5'), /not of the form/)
    assert.throws(() => readHead('HTTP/1.1 200 OK\nX: y'), /not HTTP/)
  })

  for (const [name, lines] of [
    ['two lengths', 'Content-Length: 5\nContent-Length: 6'],
    ['twice the same length', 'Content-Length: 5\ncontent-length: 5'],
    ['a list of lengths', 'Content-Length: 5, 5'],
    ['a length with a sign', 'Content-Length: +5'],
    ['a length in hexadecimal', 'Content-Length: 0x5'],
    ['a length with a fraction', 'Content-Length: 5.0'],
    ['a length with a space of latin1', 'Content-Length: 5\xa0'],
    ['an empty length', 'Content-Length:'],
    ['a length past 2^53', 'Content-Length: 9999999999999999'],
    ['a length and a coding', 'Content-Length: 5\nTransfer-Encoding: chunked'],
    ['a coding and a length', 'Transfer-Encoding: chunked\nContent-Length: 5'],
    ['a coding twice', 'Transfer-Encoding: chunked\nTransfer-Encoding: chunked'],
    ['a coding under chunked', 'Transfer-Encoding: gzip, chunked'],
    ['a coding over chunked', 'Transfer-Encoding: chunked\nTransfer-Encoding: gzip'],
    ['another coding', 'Transfer-Encoding: identity'],
    ['an empty coding', 'Transfer-Encoding:'],
    ['a coding that only begins so', 'Transfer-Encoding: chunked;q=1'],
    ['a coding with a space of latin1', 'Transfer-Encoding: chunked\xa0'],
    ['a length with a tab before it', 'Content-Length:\t5'],
    ['a length with a tab behind it', 'Content-Length: 5 \t'],
    ['a coding with a tab behind it', 'Transfer-Encoding: chunked\t'],
    ['a coding with a vertical tab', 'Transfer-Encoding: \x0bchunked'],
  ] as const) {
    it(`leaves no doubt where its body ends: not ${name}`, () => {
      for (const status of [200, 204, 304, 404]) refused(`HTTP/1.1 ${status} Doubtful\n${lines}`)
    })
  }

  it('of HTTP/1.0 has no transfer coding, which that does not know', () => refused('HTTP/1.0 200 OK\nTransfer-Encoding: chunked'))
  it('does not change the protocol', () => refused('HTTP/1.1 101 Switching\nUpgrade: x'))

  it('of 64 KB of spaces is read in a moment, wherever they stand', () => {
    const spaces = ' '.repeat(64_000)
    for (const value of [spaces, `x${spaces}y`, `${spaces}\0`, `x${spaces}y `, `timeout${spaces}`, `timeout =${spaces}`]) {
      for (const name of ['X', 'Content-Type', 'Keep-Alive', 'Connection']) {
        const before = process.cpuUsage()
        try {
          readHead(`HTTP/1.1 200 OK\r\n${name}:${value}`)
        } catch {
          // Refused in a moment is as well.
        }
        // By a pattern that could be read in two ways it was 10 seconds.
        assert.ok(process.cpuUsage(before).user < 500_000, name)
      }
    }
  })
})

function refused(head: string, message = /./): void {
  assert.throws(
    () => headOf(head),
    (error: Error & { code?: string }) => error.code === 'BAD_RESPONSE' && message.test(error.message),
  )
}
