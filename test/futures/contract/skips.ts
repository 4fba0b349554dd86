/** Gaps that several executors share, with their reason. */
import type { Capabilities } from './scene.js'

type Skips = NonNullable<Capabilities['skip']>

/** For executors that call the function where it was submitted. */
export const inThisThread: Skips = [
  {
    reason: 'nothing travels, so every function can be called',
    tests: [
      'a closure is refused on its own future, with advice',
      'a bound function is refused on its own future, with advice',
      'an unexported function is refused on its own future, with advice',
      'a method is refused on its own future, with advice',
      'a refused function fails map at its position',
    ],
  },
  {
    reason: 'there is no worker that could die or be inside of',
    tests: [
      'a call whose worker ended by crash is tried again, and knows which attempt it is',
      'a call whose worker ended by exit is tried again, and knows which attempt it is',
      'a task in a worker may not submit to a thread pool',
      'a task in a worker may not submit to a process pool',
    ],
  },
]

/** For executors whose workers are other threads or processes. */
export const inWorkers: Skips = [
  {
    reason: 'a function travels by its name, so it must have one over there',
    tests: [
      'closures, bound functions and unexported ones run in this thread',
      'a task may not submit to the executor whose every slot is taken',
      'a task may not map over the executor whose every slot is taken',
      'a task may submit to its own executor while a slot is free',
      'a task may submit to another executor',
    ],
  },
]
