// One experiment's surroundings: an empty folder, servers that see every request, and tools started on it. All of it is gone afterwards.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { makeScratch } from '../scratch.js'

/**
 * @typedef {object} Seen a request as the server saw it
 * @property {number} at ms, by `performance.now()`
 * @property {string} path
 * @property {import('node:http').IncomingHttpHeaders} headers
 *
 * @typedef {object} Ended
 * @property {number | undefined} status exit code; undefined when a signal ended it
 * @property {boolean} late it had to be ended, because it did not end by itself
 * @property {string} stderr its last words, for raw.jsonl; no verdict looks at them
 */

/** @param {(lab: Lab) => Promise<object>} work */
export async function inLab(work) {
  const lab = new Lab()
  try {
    return await work(lab)
  } finally {
    await lab.close()
  }
}

export class Lab {
  #root = makeScratch('halyard-truth')
  #servers = []
  #running = new Set()
  /** Where the tool is told to write. */
  folder = join(this.#root, 'out')
  /** A neighbour of `folder`, where no tool has any business. */
  outside = join(this.#root, 'outside')

  constructor() {
    mkdirSync(this.folder)
    mkdirSync(this.outside)
  }

  /**
   * @param {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse, seen: Seen) => void} answer
   * @param {{ host?: string, remember?: boolean }} [options] `remember: false` for tens of thousands of requests
   */
  async serve(answer, { host = '127.0.0.1', remember = true } = {}) {
    /** @type {Seen[]} */
    const requests = []
    const server = createServer((request, response) => {
      const seen = { at: performance.now(), path: request.url ?? '', headers: request.headers }
      if (remember) requests.push(seen)
      answer(request, response, seen)
    })
    server.listen(0, host)
    await once(server, 'listening')
    this.#servers.push(server)
    return { origin: `http://${host}:${server.address().port}`, requests }
  }

  /** What `tool` is to be called with for `urls`, or for a list that it wrote itself. */
  command(tool, urls, options = []) {
    const list = join(this.#root, 'list')
    if (typeof urls !== 'string') writeFileSync(list, tool.list(urls))
    return tool.command(typeof urls === 'string' ? urls : list, this.folder, options)
  }

  /**
   * Starts it; `ended` never rejects.
   * @param {import('./tools.js').Tool} tool
   * @param {string[] | string} urls or the path of a list
   * @param {string[]} [options]
   * @param {number} [timeout] ms
   */
  start(tool, urls, options = [], timeout = 30_000) {
    const [program, ...args] = this.command(tool, urls, options)
    const child = spawn(program, args, {
      cwd: this.outside,
      env: environment(this.#root),
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true, // its own process group: a signal reaches all of it
    })
    const signal = (name) => child.exitCode === null && child.signalCode === null && process.kill(-Number(child.pid), name)
    const running = { pid: child.pid, signal, ended: this.#end(child, signal, timeout) }
    this.#running.add(running)
    void running.ended.then(() => this.#running.delete(running))
    return running
  }

  /** Runs it to its end. */
  async run(tool, urls, options, timeout) {
    return await this.start(tool, urls, options, timeout).ended
  }

  async #end(child, signal, timeout) {
    let stderr = ''
    let late = false
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr = (stderr + text).slice(-1000)))
    const deadline = setTimeout(() => {
      late = true
      signal('SIGKILL')
    }, timeout)
    const [status] = await once(child, 'close')
    clearTimeout(deadline)
    return { status: status ?? undefined, late, stderr }
  }

  /** A second lab, for a part of an experiment that needs an empty folder. */
  async apart(work) {
    return await inLab(work)
  }

  async close() {
    for (const { signal } of this.#running) signal('SIGKILL')
    await Promise.all([...this.#running].map(({ ended }) => ended))
    for (const server of this.#servers) {
      server.closeAllConnections()
      server.close()
    }
    rmSync(this.#root, { recursive: true, force: true })
  }
}

/** Nobody's settings, no proxy: what the tools do when nothing is configured. */
export function environment(home) {
  return { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8' }
}
