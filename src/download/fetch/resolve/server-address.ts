import { isIP } from 'node:net'

/** `ADDRESS` or `ADDRESS:PORT` of a name server, brackets around IPv6 with a port. */
export function isServerAddress(text: string): boolean {
  const [, bracketed, plain, port = '53'] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  return isIP(text) === 6 || (isIP(bracketed ?? plain ?? '') !== 0 && Number(port) > 0 && Number(port) <= 65_535)
}
