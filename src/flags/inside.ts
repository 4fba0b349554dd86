/** The inner side of the room, for modules whose functions run in workers: without the executors, which take four times as long to load. */
export { downloadOne } from './download-one.js'
