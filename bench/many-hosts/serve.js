// Plays every host that listens: `node serve.js SCALE`. Prints its port. A hand-made HTTP/1.1 server, because it shares the machine with whom
// it serves: the head of a request is looked at for a path and a host, and that is all.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { bodyOf, drip, kindOf, latencyOf, listening, stallTimeout } from './hosts.js'

const scale = Number(process.argv[2])
const hosts = new Map()
const sockets = new Set()
let requests = 0
let connections = 0
let most = 0

const [first, ...others] = listening
const port = await listen(first, 0)
for (const address of others) await listen(address, port)
process.on('message', () => {
  process.send({ requests, connections, most })
  most = sockets.size
})
process.send({ port })

async function listen(address, wanted) {
  const server = createServer({ noDelay: true }, serve).listen({ host: address, port: wanted, backlog: 4096 })
  await once(server, 'listening')
  return server.address().port
}

function serve(socket) {
  connections++
  sockets.add(socket)
  most = Math.max(most, sockets.size)
  const { timers } = Object.assign(socket, { timers: new Set() })
  let head = ''
  socket
    .on('data', (chunk) => {
      head += chunk.toString('latin1')
      if (!head.endsWith('\r\n\r\n')) return
      const asked = /^GET (\S+) HTTP[^]*\r\nhost: ([^\r:]+)/i.exec(head)
      head = ''
      requests++
      if (asked === null) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
      else answer(socket, asked[1], asked[2])
    })
    .on('error', () => socket.destroy())
    .on('close', () => {
      sockets.delete(socket)
      for (const timer of timers) clearTimeout(timer)
    })
}

function answer(socket, path, name) {
  const { kind, latency } = hostOf(name)
  const body = bodyOf(name, path)
  const head = `HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${body.length}\r\n\r\n`
  after(socket, latency * scale, () => {
    if (kind === 'drip' || kind === 'stall') {
      socket.write(head)
      const piece = kind === 'drip' ? Math.ceil(body.length / drip.pieces) : 1
      const pause = (kind === 'drip' ? drip.time / drip.pieces : stallTimeout * 2) * scale
      trickle(socket, body, piece, pause)
    } else if (kind === 'cut') {
      socket.write(head)
      socket.end(body.subarray(0, body.length >> 1))
    } else {
      socket.cork()
      socket.write(head, 'latin1')
      socket.write(body)
      socket.uncork()
    }
  })
}

function trickle(socket, body, piece, pause) {
  if (body.length === 0 || socket.destroyed) return
  socket.write(body.subarray(0, piece))
  after(socket, pause, () => trickle(socket, body.subarray(piece), piece, pause))
}

function after(socket, time, act) {
  const timer = setTimeout(() => {
    socket.timers.delete(timer)
    if (!socket.destroyed) act()
  }, time)
  socket.timers.add(timer)
}

function hostOf(name) {
  let known = hosts.get(name)
  if (known === undefined) hosts.set(name, (known = { kind: kindOf(name), latency: latencyOf(name) }))
  return known
}
