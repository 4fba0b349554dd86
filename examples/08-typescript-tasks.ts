/**
 * Tasks in TypeScript need no build step while you develop: the worker loads the very file the function stands in.
 *
 *   npx tsx examples/08-typescript-tasks.ts                         the source, through tsx (Node 22.18 and later: plain node)
 *   npm run build && node build/examples/08-typescript-tasks.js     the compiled file
 */
import { ThreadPoolExecutor, currentTask, isMain } from 'halyard/futures'

interface Line {
  readonly text: string
  readonly words: number
  readonly worker: string | undefined
}

export function countWords(text: string): Line {
  return { text, words: text.split(/\s+/).length, worker: currentTask()?.worker }
}

if (isMain(import.meta)) {
  const poem = ['so much depends', 'upon', 'a red wheel', 'barrow']
  const language = import.meta.url.endsWith('.ts') ? 'TypeScript source' : 'compiled JavaScript'
  await using executor = new ThreadPoolExecutor({ maxWorkers: 2, name: 'reader' })
  console.log(`Running from ${language}.`)
  for await (const { text, words, worker } of executor.map(countWords, poem)) {
    console.log(`${words} in "${text}" (${worker?.replace(/\d+$/, 'N')})`)
  }
}
