import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Bytes of a list that takes long enough for it to matter, some 50,000 lines: those that threads download, LONG_LIST in src/download/executors.ts. */
const LONG = 2 * 1024 * 1024
/** Bytes of the young generation. With a quarter of it, jobs that wait their turn outlive it and are collected as if they were old: half as much work again. */
const YOUNG = 8 * 1024 * 1024
const INTERVAL = 100

/**
 * Keeps the memory of a long run flat. Left alone, V8 lets garbage pile up to 150 MB before it looks at what lives, which is 15 MB here, and the
 * young generation grows to between 32 MB (Node.js 20) and 128 MB (24). So the old generation may grow by 30 % between two collections, and
 * the young one until it has its size; V8 makes it smaller again where little happens.
 *
 * Only the program may do this, not the library: the flags are those of the whole process. Said again and again also because in Node.js 20
 * each new thread sets them back.
 */
export function keepHeapSmall(listBytes: number | undefined): void {
  if (listBytes === undefined || listBytes < LONG) return
  setFlags()
  setInterval(setFlags, INTERVAL).unref()
}

function setFlags(): void {
  const size = getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? YOUNG
  // It grows only when it is too small for what outlives it; by one step to its size, and then no more.
  setFlagsFromString(`--semi-space-growth-factor=${size >= YOUNG ? 1 : Math.ceil(YOUNG / size)}`)
  setFlagsFromString('--heap-growing-percent=30')
}
