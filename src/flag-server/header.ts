/** One header line of an answer, one character a byte. */
export type Header = readonly [name: string, value: string]
