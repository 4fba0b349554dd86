// What is in the folder afterwards, byte for byte, against what was served.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentOf, nameOf } from './files.js'
import { tarMembers } from './tar-members.js'

/** Our own notes, which lie beside the files. */
const notes = '.halyard'

/** Undefined if `folder` holds files 0 to `count` - 1, whole, and nothing else; otherwise what is wrong. */
export function wrongFiles(folder, count) {
  const names = readdirSync(folder).filter((name) => name !== notes)
  if (names.length !== count) return `${names.length} files instead of ${count}`
  for (let index = 0; index < count; index++) {
    const wrong = difference(index, () => readFileSync(join(folder, nameOf(index))))
    if (wrong !== undefined) return wrong
  }
  return undefined
}

/** The same for tar shards: every file is a member, in the order of the list, whatever it is called. */
export function wrongShards(folder, count) {
  const shards = readdirSync(folder).filter((name) => name.endsWith('.tar'))
  let index = 0
  for (const shard of shards.toSorted()) {
    for (const { name, content } of tarMembers(readFileSync(join(folder, shard)))) {
      if (!name.endsWith('.bin')) continue // `.json`: what is known of the file before it
      const wrong = difference(index, () => content)
      if (wrong !== undefined) return wrong
      index += 1
    }
  }
  return index === count ? undefined : `${index} files in ${shards.length} shards instead of ${count}`
}

function difference(index, read) {
  try {
    return contentOf(index).equals(read()) ? undefined : `${nameOf(index)} has other bytes than the server's`
  } catch (error) {
    return error.message
  }
}
