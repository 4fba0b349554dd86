// What a process of a ProcessPoolExecutor runs first. Always JavaScript, whatever the tasks are written in.
import { hasOutput, outputFlushed, writeWhole } from './output.js'
import { TaskRunner } from './task-runner.js'
import type { ToWorker, WorkerSetup } from './messages.js'

const send = process.send!.bind(process) as (message: unknown) => boolean
const exit = process.exit.bind(process)
let runner: TaskRunner | undefined

writeWhole()
process.on('message', (message: ToWorker | { readonly type: 'setup'; readonly setup: WorkerSetup }) => {
  if (message.type !== 'setup') {
    runner!.receive(message)
    return
  }
  const { token } = message.setup
  runner = new TaskRunner(message.setup, { post: (answer) => void send([token, answer]), hasOutput, outputFlushed, exit })
  process.on('uncaughtException', (error) => runner!.uncaught(error))
  void runner.start()
})
// The pool is gone, whatever became of its program: nobody wants an answer any more.
process.on('disconnect', () => exit(0))
// The terminal sends Ctrl-C to every process of the group; what it means here is the pool's decision.
process.on('SIGINT', () => undefined)
