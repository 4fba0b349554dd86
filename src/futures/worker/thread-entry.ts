// What a thread of a ThreadPoolExecutor runs first. Always JavaScript, whatever the tasks are written in.
import { parentPort, workerData } from 'node:worker_threads'
import { TaskRunner } from './task-runner.js'
import type { ToWorker, WorkerSetup } from './messages.js'

const port = parentPort!
const exit = process.exit.bind(process)
const streams = [process.stdout, process.stderr]

const runner = new TaskRunner(workerData as WorkerSetup, {
  post: (message, transfer) => port.postMessage(message, transfer),
  hasOutput: () => streams.some(({ writableLength }) => writableLength > 0),
  async outputFlushed() {
    // A thread's output is written by the main thread; the callback says that it has it.
    await Promise.all(
      streams
        .filter(({ writableLength }) => writableLength > 0)
        .map((stream) => new Promise<void>((done) => stream.write('', () => done()))),
    )
  },
  exit,
})
port.on('message', (message: ToWorker) => runner.receive(message))
void runner.start()
