/** The faults that take half a minute: in a thorough run only, in all styles and places at the same time. */
import { describe } from 'node:test'
import { thorough } from '../../support/thorough.js'
import { describeFaultMatrix } from './fault-matrix.js'
import { LONG_FAULTS } from './fault-table.js'

describe('faults that take long', { concurrency: true, skip: thorough ? false : 'with --thorough' }, () => {
  for (const style of ['async', 'sequential', 'threads', 'processes'] as const) describeFaultMatrix(style, 'files', LONG_FAULTS)
  describeFaultMatrix('async', 'tar', LONG_FAULTS)
})
