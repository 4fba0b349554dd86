// The name server of all hosts, in a process of its own: `node names.js ADDRESS PORT`. Prints where it is, as --dns-servers takes it.
import { startNameServer } from '../../build/test/support/name-server/name-server.js'
import { addressOf } from './hosts.js'

const [host, port] = process.argv.slice(2)
const rule = ({ name }) => {
  const address = addressOf(name)
  return address === undefined ? { code: 'NXDOMAIN' } : { addresses: [address], ttl: 300 }
}
const server = await startNameServer(rule, host, Number(port))
process.on('message', () => process.send({ asked: server.asked }))
process.send({ address: server.address })
