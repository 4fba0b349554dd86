/** One outcome, one retry, one host as a line for people (`-v`). */
import type { Outcome, RunEvent } from '../download/index.js'
import { plainLine } from '../text/index.js'
import { bytes, duration } from './format.js'

/** `ok cn.gif, 11.9 KB, 0.05 s` or `HTTP_404 https://…: not found`. */
export function outcomeLine(outcome: Outcome): string {
  const { status, url, file, member, ms } = outcome
  if (status === 'ok' || status === 'unchanged' || status === 'skipped') {
    const { bytes: size } = outcome
    const facts = [size === undefined ? '' : bytes(size), ms?.total === undefined ? '' : duration(ms.total)]
    return [`${status} ${plainLine(member ?? file ?? url)}`, ...facts.filter((fact) => fact !== '')].join(', ')
  }
  return failureLine(outcome)
}

/** Why a line failed: its code, its address or place in the list, and what happened. */
export function failureLine({ status, code, url, line, list, error }: Outcome): string {
  const place = line === undefined ? '' : `${list === undefined ? '' : `${plainLine(list)}, `}line ${line}: `
  const why = error === undefined ? '' : `: ${plainLine(error.message)}`
  return `${code ?? status} ${place}${plainLine(url)}${why}`
}

/** A line for the events that say more than that something is on its way; undefined for the others. */
export function eventText(event: RunEvent): string | undefined {
  switch (event.type) {
    case 'start':
      return `style ${event.style}, at most ${event.concurrency} at once`
    case 'begin':
    case 'progress':
      return undefined
    case 'retry':
      return `line ${event.id + 1} of the list: ${event.code}, attempt ${event.attempt} failed; again in ${duration(event.delay)}`
    case 'host':
      return hostText(event)
    case 'outcome':
      return outcomeLine(event.outcome)
    case 'shard':
      return `${event.file}, ${event.samples} samples, ${bytes(event.bytes)}`
    case 'notice':
      return plainLine(event.message)
  }
}

function hostText({ host, state, delay }: Extract<RunEvent, { type: 'host' }>): string {
  const what = {
    cooling: 'asked us to wait',
    down: 'failed too often; it is not asked any more',
    up: 'answers again',
  }[state]
  return `${plainLine(host)} ${what}${delay === undefined ? '' : ` (${duration(delay)})`}`
}
