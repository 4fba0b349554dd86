/**
 * commander, loaded as the CommonJS it is. An `import` of it would first have Node.js search its text for the names of what it exports, and
 * start the searcher for that: 70 ms of a processor, three times as long as loading it takes.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const commander = require('commander') as typeof import('commander')

export const Argument: typeof import('commander').Argument = commander.Argument
export const Command: typeof import('commander').Command = commander.Command
export const Help: typeof import('commander').Help = commander.Help
export const InvalidArgumentError: typeof import('commander').InvalidArgumentError = commander.InvalidArgumentError
export const Option: typeof import('commander').Option = commander.Option

export type Argument = import('commander').Argument
export type Command = import('commander').Command
export type Help = import('commander').Help
export type Option = import('commander').Option
