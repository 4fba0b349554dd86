import { describeFaultMatrix } from './fault-matrix.js'

describeFaultMatrix('async', 'tar')
describeFaultMatrix('threads', 'tar')
