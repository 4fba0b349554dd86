import { oneOf } from '../../support/thorough.js'
import { describeFaultMatrix } from './fault-matrix.js'

for (const style of oneOf(['async', 'threads'] as const)) describeFaultMatrix(style, 'tar')
