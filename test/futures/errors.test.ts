import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as futures from 'halyard/futures'

test('every error class has its own name and a stable code', () => {
  const codes: Record<string, string> = {
    FutureError: 'ERR_FUTURE',
    CancelledError: 'ERR_FUTURE_CANCELLED',
    TimeoutError: 'ERR_FUTURE_TIMEOUT',
    InvalidStateError: 'ERR_FUTURE_INVALID_STATE',
    NotSerializableError: 'ERR_NOT_SERIALIZABLE',
    TaskNotFoundError: 'ERR_TASK_NOT_FOUND',
    ExecutorError: 'ERR_EXECUTOR',
    ExecutorShutdownError: 'ERR_EXECUTOR_SHUTDOWN',
    QueueFullError: 'ERR_QUEUE_FULL',
    NestedSubmitError: 'ERR_NESTED_SUBMIT',
    BrokenExecutorError: 'ERR_BROKEN_EXECUTOR',
    BrokenThreadPoolError: 'ERR_BROKEN_THREAD_POOL',
    BrokenProcessPoolError: 'ERR_BROKEN_PROCESS_POOL',
    RemoteError: 'ERR_REMOTE',
  }
  type ErrorClass = new (message: string, options: { path: string }) => Error & { code: string }
  const classes = Object.entries(futures as unknown as Record<string, ErrorClass>)
  for (const [name, ErrorClass] of classes.filter(([, exported]) => exported.prototype instanceof Error)) {
    // Only one of them needs to be told more than a message.
    const error = new ErrorClass('message', { path: 'result' })
    assert.equal(error.name, name)
    assert.equal(error.code, codes[name])
    assert.equal(error.message, 'message')
    assert.ok(error instanceof Error)
    delete codes[name]
  }
  assert.deepEqual(codes, {})
})
