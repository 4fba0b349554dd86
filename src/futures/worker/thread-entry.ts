// What a thread of a ThreadPoolExecutor runs first. Always JavaScript, whatever the tasks are written in.
import { parentPort, workerData } from 'node:worker_threads'
import { hasOutput, outputFlushed } from './output.js'
import { TaskRunner } from './task-runner.js'
import type { ToWorker, WorkerSetup } from './messages.js'

const port = parentPort!
const setup = workerData as WorkerSetup
const runner = new TaskRunner(setup, {
  post: (message, transfer) => port.postMessage([setup.token, message], transfer),
  hasOutput,
  outputFlushed,
  exit: process.exit.bind(process),
})
port.on('message', (message: ToWorker) => runner.receive(message))
port.on('messageerror', (error) => runner.unreadable(error))
process.on('uncaughtException', (error) => runner.uncaught(error))
void runner.start()
