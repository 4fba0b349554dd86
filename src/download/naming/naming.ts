/** How a run names what it downloads: as files, or as samples of tar shards. */
import type { ResolvedOptions } from '../resolve-options.js'
import { MemberClaims, memberTemplate } from './member-names.js'
import { NameClaims } from './name-claims.js'
import { Names } from './names.js'
import { compileTemplate } from './template.js'

export interface Naming {
  readonly names: Names
  /** For the names that were there before. */
  readonly claims: NameClaims
}

/** @throws {RunError} ERR_OPTIONS: the template */
export function newNaming({ nameTemplate, onCollision, plan }: ResolvedOptions): Naming {
  const isTar = plan.sink.shardSize !== undefined
  const template = isTar ? memberTemplate(nameTemplate) : compileTemplate(nameTemplate)
  const claims = new NameClaims({ unique: template.unique })
  return { claims, names: new Names(template, isTar ? new MemberClaims(claims) : claims, onCollision) }
}
