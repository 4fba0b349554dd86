/**
 * Names of the samples in tar shards. Readers group members by their key, which is all before the first dot: so a key has no dot and is no
 * other line's, and what comes after it is never empty, nor `json`, which is what we say of the sample.
 */
import type { Claim, CollisionPolicy, NameClaims } from './name-claims.js'
import { extensionStart } from './extension.js'
import { compileTemplate, type NameTemplate } from './template.js'

/** Where a name without an extension has none that could be guessed. */
const UNKNOWN = '.bin'

/**
 * The template makes the key; the extension is the one that it makes, else that of the name the file would have by itself.
 *
 * @throws {RunError} ERR_OPTIONS: as `compileTemplate`
 */
export function memberTemplate(template: string): NameTemplate {
  const made = compileTemplate(template)
  const ordinary = compileTemplate('{name}')
  const make: (...facts: Parameters<NameTemplate>) => string = (facts) => {
    const { folders, stem, extension } = partsOf(made(facts))
    const chosen = extension || partsOf(ordinary(facts)).extension || UNKNOWN
    return folders + stem.replaceAll('.', '_') + (chosen.toLowerCase() === '.json' ? `.body${chosen}` : chosen)
  }
  return Object.assign(make, { unique: made.unique })
}

/** Claims keys: two lines may not share one, whatever their extensions. */
export class MemberClaims {
  readonly #claims: NameClaims

  constructor(claims: NameClaims) {
    this.#claims = claims
  }

  claim(member: string, id: number, policy: CollisionPolicy): Claim {
    const key = keyOf(member)
    const claim = this.#claims.claim(key, id, policy)
    return 'file' in claim ? { file: claim.file + member.slice(key.length) } : claim
  }
}

/** `a/b` of `a/b.tar.gz`. */
export function keyOf(member: string): string {
  const dot = member.indexOf('.', member.lastIndexOf('/') + 1)
  return dot === -1 ? member : member.slice(0, dot)
}

function partsOf(path: string): { readonly folders: string; readonly stem: string; readonly extension: string } {
  const slash = path.lastIndexOf('/') + 1
  const name = path.slice(slash)
  const at = extensionStart(name)
  return { folders: path.slice(0, slash), stem: name.slice(0, at), extension: name.slice(at) }
}
