// nginx with one worker and a folder of files, both in memory where there is a file system for that.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'

export const hasNginx = () => spawnSync('nginx', ['-v']).status === 0

/** Serves `count` files of some KB at `/n/0` … Ends with `close`. */
export async function startNginx(folder, count) {
  const root = join(folder, 'served')
  mkdirSync(join(root, 'n'), { recursive: true })
  for (let n = 0; n < count; n++) writeFileSync(join(root, 'n', String(n)), Buffer.alloc(1500 + ((n * 7919) % 7500), n))
  // Its worker may be another user.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const config = join(folder, 'nginx.conf')
  writeFileSync(
    config,
    `daemon off; worker_processes 1; worker_rlimit_nofile 8192; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
     events { worker_connections 4096; }
     http { access_log off; sendfile on; keepalive_requests 1000000;
       client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
       server { listen 127.0.0.1:${port} backlog=4096; root ${root}; } }`,
  )
  const child = spawn('nginx', ['-c', config, '-p', folder], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  while ((await fetch(`${url}/n/0`).catch(() => undefined)) === undefined) {
    if (child.exitCode !== null) throw new Error(`nginx ended; see ${folder}/error.log`)
  }
  return {
    url,
    async close() {
      child.kill('SIGQUIT')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}
