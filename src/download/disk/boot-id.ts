import { readFileSync } from 'node:fs'

/** Which start of the machine this is; another after each restart. Undefined where the system does not say (it does on Linux). */
export function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return undefined
  }
}
