/** What must compile and what must not, of downloads. This file is only compiled, never run: a wrong declaration breaks the build. */
import { expectTypeOf } from 'expect-type'
import { downloadMany, downloadOne, type FailureCode, type Outcome, type Summary } from 'halyard'

export async function one(signal: AbortSignal): Promise<void> {
  const outcome = await downloadOne('https://host.example/a.gif', { output: 'flags', signal, retries: 2 })
  expectTypeOf(outcome).toEqualTypeOf<Outcome>()
  expectTypeOf(outcome.code).toEqualTypeOf<FailureCode | undefined>()
  expectTypeOf(downloadOne).returns.resolves.toEqualTypeOf<Outcome>()
  await downloadOne(new URL('https://host.example/a.gif'))
  await downloadOne({ url: 'https://host.example/a.gif', name: 'a.gif', mirrors: ['https://mirror.example/a.gif'] })

  // @ts-expect-error one file is no list
  await downloadOne(['https://host.example/a.gif'])
  // @ts-expect-error a job has an address
  await downloadOne({ name: 'a.gif' })
  // @ts-expect-error there is no journal
  await downloadOne('https://host.example/a.gif', { journal: false })
  // @ts-expect-error there is nothing to ask for anew
  await downloadOne('https://host.example/a.gif', { refresh: true })
}

export async function many(): Promise<void> {
  const run = downloadMany(['https://host.example/a.gif', { url: 'https://host.example/b.gif' }], { style: 'threads' })
  for await (const outcome of run) expectTypeOf(outcome).toEqualTypeOf<Outcome>()
  expectTypeOf(await run.summary).toEqualTypeOf<Summary>()

  // @ts-expect-error no such style
  downloadMany([], { style: 'coroutines' })
}
