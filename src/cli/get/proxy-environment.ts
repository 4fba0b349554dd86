import type { DownloadOptions } from '../../download/index.js'

/** The options that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` stand for; names in small letters come first, as for curl. */
export function proxyOf(env: Environment): Pick<DownloadOptions, 'proxy' | 'noProxy'> {
  const [proxy, noProxy] = [proxyVariable(env), variable('NO_PROXY', env)].map((name) => (name === undefined ? name : env[name]))
  return {
    ...(proxy === undefined ? {} : { proxy: proxy.includes('://') ? proxy : `http://${proxy}` }),
    ...(noProxy === undefined ? {} : { noProxy }),
  }
}

/** Which of them counts; undefined: none is set. */
export function proxyVariable(env: Environment): string | undefined {
  return variable('HTTPS_PROXY', env) ?? variable('HTTP_PROXY', env) ?? variable('ALL_PROXY', env)
}

function variable(name: string, env: Environment): string | undefined {
  return [name.toLowerCase(), name].find((one) => env[one])
}

type Environment = Readonly<Record<string, string | undefined>>
