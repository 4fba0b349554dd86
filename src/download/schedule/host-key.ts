/**
 * The host that a URL is requested from: scheme, name and port, without userinfo. For a normalised URL, as `Job.url` is, which has a path and
 * leaves out the port that goes without saying; so equal hosts have equal keys. No `new URL`: this is done for every line of a list.
 */
export function hostKey(url: string): string {
  const authority = url.indexOf('://') + 3
  const path = url.indexOf('/', authority)
  const end = path === -1 ? url.length : path
  const userinfo = url.lastIndexOf('@', end)
  return userinfo < authority ? url.slice(0, end) : url.slice(0, authority) + url.slice(userinfo + 1, end)
}
