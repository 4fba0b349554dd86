/** One option of a command, as data: the parser, the help, the completions and the environment are made from it. */
import type { Kind } from './values.js'

/** In the order of the help. */
export const GROUPS = [
  'What to download',
  'Where it goes',
  'How much at once',
  'Time and size',
  'Continuing',
  'Requests',
  'Trust',
  'What is shown',
] as const
export type Group = (typeof GROUPS)[number]

interface OptionFacts {
  /** Without dashes: `per-host`. */
  readonly name: string
  readonly letter?: string
  /** One line; ends without a full stop. */
  readonly doc: string
  /** What holds without it, as shown in the help. */
  readonly standard?: string
  readonly group: Group
  /** Among the most used: in the short help too. */
  readonly common?: true
}

/** `--name`, with a twin `--no-name`. */
export interface Switch extends OptionFacts {
  readonly kind: Kind<boolean>
  readonly value?: never
}

/** `--name VALUE`; typed again, the last one counts. */
export interface Single<T> extends OptionFacts {
  readonly kind: Kind<T>
  /** What stands for the value in the help; shells complete names of files for FILE, of folders for DIR. */
  readonly value: string
  /** The option may come without a value, and then means this. */
  readonly bare?: T
}

/** `--name VALUE --name VALUE`: all of them count. */
export interface Repeated extends OptionFacts {
  readonly kind: Kind<readonly string[]>
  readonly value: string
  readonly repeated: true
}

export type AnyOption = Switch | Single<unknown> | Repeated

/** `HALYARD_PER_HOST` for `per-host`. */
export function variableOf({ name }: { readonly name: string }): string {
  return `HALYARD_${name.toUpperCase().replaceAll('-', '_')}`
}

export function isSwitch(option: AnyOption): option is Switch {
  return option.value === undefined
}

export function isRepeated(option: AnyOption): option is Repeated {
  return 'repeated' in option
}
