import { describeFaultMatrix } from './fault-matrix.js'

describeFaultMatrix('async', 'segments')
