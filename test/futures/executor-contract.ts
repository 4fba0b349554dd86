/** What every executor promises. One suite, run by each of them; what one cannot do is a declared skip with its reason. */
import { admissionContract } from './contract/admission.js'
import { errorContract } from './contract/errors.js'
import { mapChunksContract } from './contract/map-chunks.js'
import { mapClosingContract } from './contract/map-closing.js'
import { mapErrorsContract } from './contract/map-errors.js'
import { mapInputContract } from './contract/map-input.js'
import { mapResultsContract } from './contract/map-results.js'
import { namingContract } from './contract/naming.js'
import { nestingContract } from './contract/nesting.js'
import { observationContract } from './contract/observation.js'
import { scheduleContract } from './contract/schedule.js'
import { Contract, type Capabilities, type MakeExecutor } from './contract/scene.js'
import { shutdownContract } from './contract/shutdown.js'
import { submitContract } from './contract/submit.js'

import { warmContract } from './contract/warm.js'

export function executorContract(name: string, makeExecutor: MakeExecutor, capabilities: Capabilities): void {
  new Contract(makeExecutor, capabilities).declare(`${name} keeps the executor contract:`, [
    submitContract,
    namingContract,
    scheduleContract,
    admissionContract,
    mapResultsContract,
    mapInputContract,
    mapErrorsContract,
    mapClosingContract,
    mapChunksContract,
    shutdownContract,
    observationContract,
    errorContract,
    nestingContract,
    warmContract,
  ])
}
