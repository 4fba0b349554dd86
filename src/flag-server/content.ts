import { flagFile } from './images.js'
import { inMemory, type Representation } from './representation.js'
import { syntheticPieces, syntheticSize } from './synthetic.js'

const NUMBERED = /^\/n\/(\d{1,15})\.[a-z0-9]{1,8}$/
const SIZED = /^\/bytes\/(\d{1,15})$/
const BINARY = 'application/octet-stream'

/** Finds what a path names: a flag, its metadata, `/n/<number>.bin` or `/bytes/<size>`. */
export async function findContent(path: string): Promise<Representation | undefined> {
  const file = await flagFile(path)
  if (file !== undefined) return inMemory(path.endsWith('.gif') ? 'image/gif' : 'application/json', file)
  const numbered = NUMBERED.exec(path)?.[1]
  if (numbered !== undefined) return synthetic(Number(numbered), syntheticSize(Number(numbered)))
  const sized = SIZED.exec(path)?.[1]
  if (sized !== undefined) return synthetic(0, Number(sized))
  return undefined
}

function synthetic(number: number, size: number): Representation {
  return { type: BINARY, size, read: (start, end) => syntheticPieces({ number }, start, end) }
}
