/** Futures in each of their states, and a guard for what a broken future would let escape. */
import { Future } from 'halyard/futures'

export const pending = <T = unknown>(): Future<T> => Future.withResolvers<T>().future

export function running<T = unknown>(): Future<T> {
  const { future, setRunningOrNotifyCancel } = Future.withResolvers<T>()
  setRunningOrNotifyCancel()
  return future
}

export function cancelled<T = unknown>(reason?: unknown): Future<T> {
  const { future } = Future.withResolvers<T>()
  future.cancel(reason)
  return future
}

export function succeeded<T>(value: T): Future<T> {
  const { future, setResult } = Future.withResolvers<T>()
  setResult(value)
  return future
}

export function failed<T = unknown>(error: unknown): Future<T> {
  const { future, setException } = Future.withResolvers<T>()
  setException(error)
  return future
}
