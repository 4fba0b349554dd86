/** The built modules of the schedule, which the package does not export. */
export const built = <T>(name: string): Promise<T> =>
  import(new URL(`../../../../dist/download/schedule/${name}.js`, import.meta.url).href) as Promise<T>
