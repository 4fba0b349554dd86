/** The rooms behind tar shards, as they were built. */
const load = async <M>(file: string): Promise<M> =>
  (await import(new URL(`../../../../../dist/download/${file}`, import.meta.url).href)) as M

type Header = typeof import('../../../../src/download/sink/tar/tar-header.js')
type Members = typeof import('../../../../src/download/sink/tar/tar-members.js')
type Sinks = typeof import('../../../../src/download/sink/tar/tar-sink.js')
type Naming = typeof import('../../../../src/download/naming/member-names.js')

export const { memberHead, paddingOf, END } = await load<Header>('sink/tar/tar-header.js')
export const { tarMembers } = await load<Members>('sink/tar/tar-members.js')
export const { TarSink } = await load<Sinks>('sink/tar/tar-sink.js')
export const { memberTemplate } = await load<Naming>('naming/member-names.js')
