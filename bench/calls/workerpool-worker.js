import workerpool from 'workerpool'
import { echo, leaveTimer } from './tasks.js'

workerpool.worker({ echo, leaveTimer })
