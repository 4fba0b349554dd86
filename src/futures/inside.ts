/** The inner side of the library, for modules whose functions run in workers: without the executors, which a worker does not need to start. */
export { currentTask } from './current-task.js'
export { onAbort } from './on-abort.js'
