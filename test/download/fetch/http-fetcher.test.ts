import { describeFetcherContract } from 'halyard/contracts'
import { openedFetcher } from '../../support/fetching.js'
import { FakeFetcher } from '../../support/fake-fetcher.js'
import { startFileSite } from '../../support/file-site.js'

describeFetcherContract('HttpFetcher', async (t) => {
  const { url, files } = await startFileSite(t)
  const fetcher = await openedFetcher(t)
  return {
    fetcher,
    serve: (path, file) => {
      files.set(path, file)
      return `${url}${path}`
    },
  }
})

describeFetcherContract('The fetcher without a network', () => {
  const fetcher = new FakeFetcher()
  return {
    fetcher,
    serve: (path, file) => {
      const url = `http://fake.example${path}`
      fetcher.files.set(url, file)
      return url
    },
  }
})
