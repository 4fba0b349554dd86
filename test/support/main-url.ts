/** The file of the built `halyard`: for a terminal, a shell or a program that is no test to run. */
export const MAIN_URL: URL = new URL('../../../dist/cli/main.js', import.meta.url)
