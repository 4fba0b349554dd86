/** The front door of the package: what a program that only says `import … from 'halyard'` gets. */
export * from './download/index.js'
export * from './futures/index.js'
