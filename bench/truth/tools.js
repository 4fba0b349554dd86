// The downloaders that are compared, and how each is told: fetch this list into that folder. Eight transfers at once, where there is a choice.
import { fileURLToPath } from 'node:url'
import { programVersion } from '../peers.js'

const halyard = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const lines = (urls) => urls.map((url) => `${url}\n`).join('')

/**
 * @typedef {object} Tool
 * @property {string} name the column
 * @property {string} [missing] why it cannot run here, and what to install
 * @property {string} version
 * @property {(urls: string[]) => string} list the list of URLs as this tool reads it
 * @property {(list: string, folder: string, options: string[]) => string[]} command fetches what `list` (a file) names into `folder`
 */

/** @type {Tool[]} */
export const tools = [
  {
    name: 'halyard',
    ...found([process.execPath, halyard, '--version'], 'npm run build'),
    list: lines,
    command: (list, folder, options) => [process.execPath, halyard, 'get', '-j', '8', '-i', list, '-o', folder, ...options],
  },
  {
    name: 'curl -Z',
    ...found(['curl', '--version'], 'apt-get install curl'),
    list: (urls) => urls.map((url) => `url = "${url}"\n`).join(''),
    command(list, folder, options) {
      const manner = ['--disable', '--parallel', '--parallel-max', '8', '--no-progress-meter', '--fail', '--location']
      return ['curl', ...manner, '--remote-name-all', '--output-dir', folder, ...options, '--config', list]
    },
  },
  {
    name: 'aria2c',
    ...found(['aria2c', '--version'], 'apt-get install aria2'),
    list: lines,
    command(list, folder, options) {
      const manner = ['--no-conf', '--quiet', '--max-concurrent-downloads=8']
      return ['aria2c', ...manner, `--input-file=${list}`, `--dir=${folder}`, ...options]
    },
  },
  wget('wget2', ['--no-config', '--no-hsts', '--quiet', '--max-threads=8']),
  wget('wget', ['--no-config', '--no-hsts', '--no-verbose']),
]

function wget(name, manner) {
  return {
    name,
    ...found([name, '--version'], `apt-get install ${name}`),
    list: lines,
    command: (list, folder, options) => [name, ...manner, `--input-file=${list}`, `--directory-prefix=${folder}`, ...options],
  }
}

/** Its version; or what is to be done to have it. */
function found(command, remedy) {
  const version = programVersion(command)
  return version === undefined ? { missing: `missing: ${remedy}`, version: 'missing' } : { version }
}
