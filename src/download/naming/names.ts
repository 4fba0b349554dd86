/** Names: which file a line of the list goes to, decided before it is requested. */
import type { CollisionPolicy, NameClaims } from './name-claims.js'
import type { NameTemplate } from './template.js'

/** The line's own name, or why it has none. */
export type Named = { readonly file: string } | { readonly skipped: boolean; readonly message: string }

export class Names {
  /** Whether lines that are done must be named too, for the sake of those after them. */
  readonly needEveryLine: boolean
  readonly #template: NameTemplate
  readonly #claims: Pick<NameClaims, 'claim'>
  readonly #policy: CollisionPolicy

  constructor(template: NameTemplate, claims: Pick<NameClaims, 'claim'>, policy: CollisionPolicy) {
    this.needEveryLine = !template.unique
    this.#template = template
    this.#claims = claims
    this.#policy = policy
  }

  /** To be asked in the order of the list. */
  claim(id: number, url: string, name: string | undefined): Named {
    const wanted = this.#template(name === undefined ? { id, url } : { id, url, name })
    const claim = this.#claims.claim(wanted, id, this.#policy)
    if ('file' in claim) return claim
    const skipped = this.#policy === 'skip'
    return { skipped, message: `the name '${wanted}' is taken${skipped ? '' : '; --on-collision suffix gives it another'}` }
  }
}
