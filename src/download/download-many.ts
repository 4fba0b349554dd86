/**
 * `downloadMany`: the chapter's loop, grown up. Opens what a run needs, lets the flow go through it, and closes it, however it ends.
 */
import type { Executor } from '../futures/index.js'
import { checkOptions } from './check-options.js'
import { isEmptyFolder } from './disk/is-empty-folder.js'
import { closeTools, openTools, useTools } from './tools.js'
import { chosenStyle, newExecutor, runsInThisThread, slicedWorkers, workersOf } from './executors.js'
import { RunError } from './errors.js'
import { openFetcher } from './fetch/open-fetcher.js'
import { Flow, type FlowEnd } from './flow.js'
import type { Known } from './job.js'
import { FailureCounts } from './journal/failure-counts.js'
import type { Fetcher } from './fetch/fetcher.js'
import type { Journal, Tally } from './journal/journal.js'
import type { ListIndex } from './journal/list-index.js'
import { filesOf } from './journal/files-of.js'
import { NoJournal } from './journal/no-journal.js'
import { type BegunRun, openRunFolder, type RunFolder } from './journal/run-folder.js'
import type { NameSet } from './naming/name-set.js'
import { existingNames } from './naming/existing-names.js'
import { LateTelling } from './late-telling.js'
import { loadMeter } from './machine-load.js'
import { isMended, rememberBroken } from './mended-list.js'
import type { Names } from './naming/names.js'
import { type Naming, newNaming } from './naming/naming.js'
import { downloadsThatFit } from './open-files.js'
import type { DownloadOptions } from './options.js'
import type { Outcome } from './outcome.js'
import type { Plan } from './plan.js'
import { type ResolvedOptions, resolveOptions } from './resolve-options.js'
import { type Delivery, Run } from './run.js'
import { identified, runIdentity } from './run-identity.js'
import { Schedule } from './schedule/schedule.js'
import { ownSink } from './sink-options.js'
import { madeShards, refuseForeignShards } from './sink/tar/foreign-shards.js'
import type { Shards } from './sink/tar/shards.js'
import { asSource } from './source/as-source.js'
import type { GivenList } from './source/given.js'
import type { ListBegin, ListPlace, Source } from './source/source.js'
import type { Summary } from './summary.js'
import { version } from './version.js'

/**
 * Downloads a list: each line exactly once, every byte verified, in any style. Run it again with the same list and output, and it goes on
 * where it was.
 *
 * @param list URLs, jobs, or a source (see `openSource`); may be endless, memory does not grow with it
 * @example for await (const outcome of downloadMany(urls, { output: 'flags' })) console.log(outcome.status, outcome.file)
 * @throws {RunError} at once: ERR_OPTIONS. From the loop and from `summary`: see RunErrorCode. A download that fails is an outcome.
 */
export function downloadMany(list: GivenList | Source, options: DownloadOptions = {}): Run {
  checkOptions(options)
  const source = asSource(list)
  const isPaced = (options.rate ?? 0) > 0 || (options.perHostRate ?? 0) > 0
  const style = chosenStyle(options.style ?? 'auto', source.size, needsThisThread(options) || isPaced)
  const asked = resolveOptions(options, version(), style, downloadsThatFit())
  const naming = newNaming(asked)
  if (options.executor !== undefined && needsThisThread(options) && !runsInThisThread(options.executor)) {
    throw new RunError(
      'ERR_OPTIONS',
      'An own `sink`, `fetcher` or `cookieJar` needs an executor that runs in this thread: AsyncExecutor',
    )
  }
  return new Run(async (delivery) => {
    const began = performance.now()
    const executor = options.executor ?? newExecutor(style, asked.schedule.concurrency)
    const resolved = { ...asked, plan: knowingTheFolder(asked.plan) }
    let opened: Opened | undefined
    try {
      const fetcher = await prepare(resolved.plan, options, executor)
      opened = await open(source, options, resolved, naming)
      const concurrency = Math.min(resolved.schedule.concurrency, executor.maxWorkers)
      options.onEvent?.({ type: 'start', resumed: opened.resumed, style: nameOf(options, style), concurrency })
      const load = loadMeter(workersOf(style, concurrency))
      const end = await flow(options, resolved, opened, executor, { concurrency, load }, fetcher, delivery).catch(
        async (error: unknown) => {
          if (error instanceof RunError && error.code === 'ERR_SOURCE' && opened !== undefined)
            await rememberBroken(source, opened)
          throw error
        },
      )
      opened.journal.flush()
      if (end.complete) await opened.shards?.finish(end.entries)
      if (end.complete) opened.folder?.finish(Math.max(end.entries, opened.resumed))
      return summaryOf(opened, end, resolved.output, began)
    } finally {
      await opened?.shards?.stop()
      if (options.executor === undefined) await executor.shutdown({ cancelFutures: true })
      try {
        await closeTools(resolved.plan.key, options.cookieJar !== undefined && opened !== undefined)
      } finally {
        opened?.index?.close()
        await opened?.journal.close()
      }
    }
  })
}

function knowingTheFolder(plan: Plan): Plan {
  return { ...plan, sink: { ...plan.sink, startsEmpty: isEmptyFolder(plan.sink.root) } }
}

/**
 * Before anything is begun: what is used in this thread is opened, so that the first download need not wait for it and hold its turn while
 * the next catch up; for other threads, a certificate or password file that cannot be used is found now, not at every line of the list.
 *
 * @returns the fetcher of this thread, if it is used. Names of hosts that wait are looked up ahead by it alone: those of other threads each
 *   remember their own, and what this one knows is of no use to them.
 */
async function prepare(plan: Plan, options: DownloadOptions, executor: Executor): Promise<Fetcher | undefined> {
  if (runsInThisThread(executor)) {
    const tools = await openTools(plan, options.fetcher, ownSink(options))
    useTools(plan.key, tools)
    return tools.fetcher
  }
  const { netrcFile, caCert, cert, key, proxy } = plan.fetch
  if ([netrcFile, caCert, cert, key, proxy].every((named) => named === undefined)) return undefined
  const fetcher = await openFetcher(plan.fetch)
  await fetcher.close()
  return undefined
}

interface Opened {
  readonly source: Source
  /** The fingerprint of the list, where it has one before it is read. */
  readonly list?: string
  readonly journal: Journal
  readonly names: Names
  readonly shards?: Shards
  readonly begin: ListBegin
  readonly failures: FailureCounts
  readonly folder?: RunFolder
  readonly index?: ListIndex
  readonly known?: (id: number) => Known | undefined
  readonly resumed: number
}

/** Takes the folder, finds out what is done, and remembers whose the names in it are. */
async function open(
  source: Source,
  options: DownloadOptions,
  resolved: ResolvedOptions,
  { names, claims }: Naming,
): Promise<Opened> {
  const { output, durable } = resolved
  const isOurs = ownSink(options) === undefined
  let index: ListIndex | undefined
  const about = await source.expected?.()
  claims.prepare({ expected: about ?? 0, onClaim: (place, kept) => index?.claimed(place, kept) })
  if (options.journal !== undefined) {
    // Without a folder of its own the run remembers nothing of what was there before.
    if (isOurs) for (const name of existingNames(output)) claims.takeExisting(name)
    const journal = options.journal === false ? new NoJournal() : options.journal
    return { source, journal, names, begin: { id: 0 }, failures: new FailureCounts(), resumed: journal.tally.records }
  }
  const list = await source.fingerprint()
  const identity = { ...runIdentity(resolved, list, version()), ...(about !== undefined && { about }) }
  const shards = await newShards(resolved, options)
  const folder = openRunFolder(output, { durable })
  try {
    const isFresh = options.fresh === true
    const ours = isFresh ? await filesOf(output) : undefined
    const mayReplaceShards = isFresh && madeShards(output)
    const run: BegunRun = folder.begin(identity, {
      ...options,
      durable,
      isMended: !isFresh && (await isMended(source, list, folder)),
      existing: () => {
        if (shards === undefined) return isOurs ? foreignNames(output, ours) : []
        if (!mayReplaceShards) refuseForeignShards(output)
        return []
      },
      ...(shards === undefined ? {} : { before: () => shards.flush() }),
    })
    const { journal, previous, resumed, isDone } = run
    for (const name of folder.existingNames()) claims.takeExisting(name)
    shards?.begin(journal)
    index = isDone ? undefined : folder.listIndex()
    const begin = index?.begin(journal.firstUndone(), (place, kept) => claims.restore(place, kept)) ?? { id: 0 }
    return {
      source: listed(source, list, isDone, folder),
      ...(list === undefined ? {} : { list }),
      journal,
      names,
      ...(shards === undefined ? {} : { shards }),
      begin,
      failures: journal.failures,
      folder,
      ...(index === undefined ? {} : { index }),
      resumed,
      ...(previous === undefined ? {} : { known: (id) => previous.known(id) }),
    }
  } catch (error) {
    folder.close()
    throw error
  }
}

async function newShards(
  { output: root, durable, plan }: ResolvedOptions,
  { onEvent = (): void => undefined }: DownloadOptions,
): Promise<Shards | undefined> {
  const { shardSize: size } = plan.sink
  if (size === undefined) return undefined
  const { Shards: Opened } = await import('./sink/tar/shards.js')
  return new Opened({ root, size, durable, onEvent })
}

/** Names in the output that no earlier run of ours gave: those are not to be replaced. */
function* foreignNames(output: string, ours: NameSet | undefined): Generator<string, void, undefined> {
  for (const name of existingNames(output)) if (ours?.has(name) !== true) yield name
}

/** The list as the run reads it: not at all when it is known to be the same one and every line has its record. */
function listed(source: Source, list: string | undefined, isDone: boolean, folder: RunFolder): Source {
  if (list === undefined) return identified(source, (first) => folder.listIs(first))
  return isDone ? asSource([]) : source
}

async function flow(
  options: DownloadOptions,
  { plan, schedule: settings, interruptGrace, maxTotal, durable }: ResolvedOptions,
  { source, journal, names, begin, failures, folder, index, shards, known }: Opened,
  executor: Executor,
  { concurrency, load }: { readonly concurrency: number; readonly load: () => number },
  fetcher: Fetcher | undefined,
  delivery: Delivery,
): Promise<FlowEnd> {
  const onEvent = options.onEvent ?? ((): void => undefined)
  const onNewHost = (origin: string): void => fetcher?.prefetch?.(origin)
  const schedule = new Schedule({ ...settings, concurrency }, Math.random, onEvent, onNewHost, load)
  const tellNow = (outcome: Outcome): void => {
    delivery.deliver(outcome)
    onEvent({ type: 'outcome', outcome })
  }
  const late = durable ? new LateTelling(journal, tellNow) : undefined
  const signals = [delivery.signal, ...(options.signal === undefined ? [] : [options.signal])]
  const parts = {
    source,
    journal,
    shards,
    names,
    begin,
    onRead: index === undefined ? undefined : (id: number, place: ListPlace | undefined): void => index.read(id, place),
    schedule,
    executor,
    workers: slicedWorkers(executor),
    plan,
    known,
    failures: folder === undefined ? failures : undefined,
    delivery,
    tell: late === undefined ? tellNow : (outcome: Outcome): void => late.tell(outcome),
    onEvent,
    signals,
    interruptGrace,
    maxTotal,
  }
  try {
    return await new Flow(parts, concurrency).run()
  } finally {
    late?.flush()
  }
}

function summaryOf(
  { journal, failures, resumed }: Opened,
  { interrupted, stoppedBy }: FlowEnd,
  output: string,
  began: number,
): Summary {
  const { records, byStatus, bytes }: Tally = journal.tally
  const { byCode, byHost } = failures
  return {
    lines: records,
    ok: byStatus.ok,
    unchanged: byStatus.unchanged,
    skipped: byStatus.skipped,
    notFound: byStatus['not-found'],
    failed: byStatus.error,
    invalid: byStatus.invalid,
    bytes,
    seconds: (performance.now() - began) / 1000,
    resumed,
    interrupted,
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
    output,
    failures: { byCode, byHost },
  }
}

function needsThisThread(options: DownloadOptions): boolean {
  const { fetcher, cookieJar } = options
  return ownSink(options) !== undefined || fetcher !== undefined || cookieJar !== undefined
}

function nameOf({ executor }: DownloadOptions, style: string): string {
  return executor === undefined ? style : executor.name
}
