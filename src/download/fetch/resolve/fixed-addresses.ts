/** `--resolve HOST:PORT:ADDRESS`: addresses that the user gives to a host and port, as curl understands it. */
import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'

export interface FixedAddresses {
  /** In lower case; `*` for every host. */
  readonly host: string
  readonly port: number
  readonly addresses: readonly LookupAddress[]
}

/** @returns undefined for what is not HOST:PORT:ADDRESS[,ADDRESS]… */
export function parseFixed(text: string): FixedAddresses | undefined {
  const [, host = '', port = '', list = ''] = /^([^\s:/@[\]]+):(\d{1,5}):(\S+)$/.exec(text) ?? []
  const addresses = list.split(',').map((written) => {
    const address = written.replace(/^\[(.*)\]$/, '$1')
    return { address, family: isIP(address) }
  })
  if (host === '' || Number(port) > 65_535 || addresses.some(({ family }) => family === 0)) return undefined
  return { host: host.replace(/\.$/, '').toLowerCase(), port: Number(port), addresses }
}
