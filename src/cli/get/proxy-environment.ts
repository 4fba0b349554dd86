import type { DownloadOptions } from '../../download/index.js'

/** The options that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` stand for; names in small letters come first, as for curl. */
export function proxyOf(env: Readonly<Record<string, string | undefined>>): Pick<DownloadOptions, 'proxy' | 'noProxy'> {
  const variable = (name: string): string | undefined => env[name.toLowerCase()] || env[name] || undefined
  const proxy = variable('HTTPS_PROXY') ?? variable('HTTP_PROXY') ?? variable('ALL_PROXY')
  const noProxy = variable('NO_PROXY')
  return {
    ...(proxy === undefined ? {} : { proxy: proxy.includes('://') ? proxy : `http://${proxy}` }),
    ...(noProxy === undefined ? {} : { noProxy }),
  }
}
