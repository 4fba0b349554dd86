// A web server that is not the bottleneck: nginx with one worker, on a free port of the loopback device, with nothing of the machine's configuration.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Debian's is in a folder that is not in everybody's PATH. */
const program = ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find((path) => existsSync(path)) ?? 'nginx'
const { stderr } = spawnSync(program, ['-V'], { encoding: 'utf8' })
const about = stderr ?? '' // null where there is no such program
const version = /nginx\/([\d.]+)/.exec(about)?.[1]

/** `nginx 1.22.1`, for a list of versions. */
export const nginxVersion = `nginx ${version ?? 'missing'}`

/** What is to be done where there is none. */
export const nginxMissing = version === undefined ? 'missing: apt-get install nginx-light' : undefined

/**
 * Serves the files below `site`, or answers everything with one status. `folder` is for nginx's own things; both are the caller's to remove.
 * @param {{ folder: string, site: string, status?: number }} places
 * @returns {Promise<{ origin: string, close: () => Promise<void> }>} `http://127.0.0.1:PORT`
 */
export async function startNginx({ folder, site, status }) {
  const port = await freePort()
  const [config, errors] = [join(folder, 'nginx.conf'), join(folder, 'nginx-errors.log')]
  writeFileSync(config, configuration({ folder, site, status, port }))
  const server = spawn(program, ['-e', errors, '-p', folder, '-c', config], { stdio: 'ignore' })
  const ended = once(server, 'exit').then(([code]) => {
    const told = existsSync(errors) ? readFileSync(errors, 'utf8').trim() : ''
    return new Error(`nginx ended with exit code ${code}. ${told}`)
  })
  const close = async () => {
    server.kill('SIGTERM') // at once; SIGQUIT would wait for connections that are kept
    await ended
  }
  const origin = `http://127.0.0.1:${port}`
  const up = await Promise.race([answers(origin), ended])
  if (up === true) return { origin, close }
  await close()
  throw up
}

function configuration({ folder, site, status, port }) {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].filter(
    (kind) => !about.includes(`--without-http_${kind}_module`),
  )
  return `
daemon off;
pid ${folder}/nginx.pid;
worker_processes 1;
worker_rlimit_nofile 65536;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 8192; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  default_type application/octet-stream;
  ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  server {
    listen 127.0.0.1:${port};
    root ${site};
    ${status === undefined ? '' : `location / { return ${status}; }`}
  }
}
`
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** Any answer will do; true once there is one, an error after five seconds without. */
async function answers(origin) {
  for (let tries = 0; tries < 250; tries++) {
    try {
      await (await fetch(origin)).arrayBuffer()
      return true
    } catch {
      await sleep(20)
    }
  }
  return new Error(`nginx does not answer at ${origin}`)
}
