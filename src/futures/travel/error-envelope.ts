/**
 * How an error travels between threads and processes.
 *
 * The structured clone keeps message, stack and native class, but drops the name of custom classes, every own property and
 * AggregateError.errors, turns a DOMException into `{}`, and refuses an error whose cause holds a function. The envelope keeps all of it, as
 * plain data; what cannot be kept is described in words. The other side gets an instance of the class it knows by that name, else a RemoteError.
 */
import { inspect } from 'node:util'
import * as ours from '../errors.js'
import { cloneable } from './uncloneable.js'

/** A thrown value as plain data. */
export type ErrorEnvelope =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'described'; readonly text: string }
  | {
      readonly kind: 'error'
      /** Class names from the most derived up, without Error and Object. */
      readonly classes: readonly string[]
      readonly name: string
      readonly message: string
      readonly stack: string
      readonly props: Readonly<Record<string, unknown>>
      readonly cause?: ErrorEnvelope
      readonly errors?: readonly ErrorEnvelope[]
    }

/** Longer cause chains end in words. */
const MAX_DEPTH = 8

type ErrorClass = abstract new (...args: never[]) => Error

const known = new Map<string, ErrorClass>()
for (const builtin of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError])
  known.set(builtin.name, builtin)
for (const own of Object.values(ours)) known.set(own.name, own)

/**
 * Teaches this side an error class, so that instances thrown in another thread or process come back as instances of it, found by the
 * class's name. The constructor is not called; properties are set as they were.
 */
export function registerError(errorClass: ErrorClass): void {
  if (typeof errorClass !== 'function' || !(errorClass.prototype instanceof Error)) {
    throw new TypeError(`Expected \`errorClass\` to be a subclass of Error, got ${inspect(errorClass)}`)
  }
  known.set(errorClass.name, errorClass)
}

export function encodeError(error: unknown, depth = 0): ErrorEnvelope {
  if (!isError(error))
    return cloneable(error)
      ? { kind: 'value', value: error }
      : { kind: 'described', text: typeof error === 'function' ? `a function, ${inspect(error)}` : inspect(error, { depth: 1 }) }
  if (depth >= MAX_DEPTH) return { kind: 'described', text: `${error.name}: ${error.message} (and its causes)` }
  const props: Record<string, unknown> = {}
  for (const key of Object.keys(error)) {
    if (key === 'cause' || key === 'errors' || key === 'stack' || key === 'message' || key === 'name') continue
    const value = read(error, key)
    props[key] = cloneable(value) ? value : inspect(value, { depth: 0 })
  }
  // A class may give its code by a getter, or declare it and give none. A DOMException is one again over there, with its code.
  const code = read(error, 'code')
  if (code === undefined) delete props['code']
  else if (!(error instanceof DOMException) && !('code' in props))
    props['code'] = cloneable(code) ? code : inspect(code, { depth: 0 })
  const errors = read(error, 'errors')
  return {
    kind: 'error',
    classes: classesOf(error),
    name: text(read(error, 'name'), 'Error'),
    message: text(read(error, 'message'), ''),
    stack: text(read(error, 'stack'), ''),
    props,
    ...('cause' in error ? { cause: encodeError(error.cause, depth + 1) } : {}),
    ...(Array.isArray(errors) ? { errors: errors.map((inner) => encodeError(inner, depth + 1)) } : {}),
  }
}

/** @param where appended to the stack of the outermost error: the worker, and where the call was submitted */
export function decodeError(envelope: ErrorEnvelope, where = '', isOutermost = true): unknown {
  if (envelope.kind === 'value') return envelope.value
  if (envelope.kind === 'described')
    return isOutermost
      ? new ours.RemoteError(`The task threw what cannot be sent to another thread or process: ${envelope.text}`)
      : envelope.text
  const error = instantiate(envelope)
  const define = (key: string, value: unknown): void => {
    Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false })
  }
  define('stack', `${envelope.stack}${where}`)
  for (const [key, value] of Object.entries(envelope.props)) {
    Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: true })
  }
  if (envelope.cause !== undefined) define('cause', decodeError(envelope.cause, '', false))
  if (envelope.errors !== undefined)
    define(
      'errors',
      envelope.errors.map((inner) => decodeError(inner, '', false)),
    )
  return error
}

function instantiate({ classes, name, message }: ErrorEnvelope & { kind: 'error' }): Error {
  if (classes.includes('DOMException')) return new DOMException(message, name)
  const mostDerived = classes[0] ?? 'Error'
  const errorClass = known.get(mostDerived)
  // Error itself is known, but an Error that calls itself something else is somebody's own kind.
  const error = errorClass === undefined ? new ours.RemoteError(message) : new Error(message)
  // A constructor may want arguments or do something; only a native error made to look like its class prints and compares like one.
  if (errorClass !== undefined) Object.setPrototypeOf(error, errorClass.prototype as object)
  if (error.name !== name)
    Object.defineProperty(error, 'name', { value: name, writable: true, configurable: true, enumerable: false })
  return error
}

function classesOf(error: Error): string[] {
  const names: string[] = []
  for (
    let proto: unknown = Object.getPrototypeOf(error);
    proto !== null && proto !== Object.prototype;
    proto = Object.getPrototypeOf(proto)
  ) {
    const { constructor } = proto as { constructor?: { name?: string } }
    if (constructor?.name !== undefined && constructor.name !== '' && constructor.name !== 'Error') names.push(constructor.name)
  }
  return names
}

function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]' || value instanceof DOMException
}

/** An error's properties may be getters that throw. */
function read(error: Error, key: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[key]
  } catch (failure) {
    return `[getter threw ${String(failure)}]`
  }
}

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : value === undefined ? otherwise : inspect(value)
}
