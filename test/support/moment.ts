/** A moment of one program: `met` settles when somebody calls `arrive`. */
export interface Moment {
  readonly arrive: () => void
  readonly met: Promise<void>
}

export function moment(): Moment {
  let arrive: (() => void) | undefined
  const met = new Promise<void>((resolve) => {
    arrive = resolve
  })
  return { arrive: () => arrive?.(), met }
}
