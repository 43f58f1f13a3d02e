import { count, plural } from '../../lag/format.ts'
import { startInWords } from '../../run/readingText.ts'
import { mayJoin, type Reading } from './reading.ts'

/** Where reading starts: `last 100 of each partition`, `offset 1,500`, `2026-11-20 14:02:10`. */
export function fromInWords({ text }: Reading, defaultOffset: 'earliest' | 'latest'): string {
  const { from } = text.properties
  const place = from === undefined ? undefined : placeInWords(from)
  return place ?? startInWords(text, defaultOffset)
}

/** Where reading ends, or after how many records; undefined: it does not. */
export function toInWords({ text }: Reading): string | undefined {
  const { to, limit } = text.properties
  const records = limit === undefined ? undefined : limitInWords(limit)
  if (to === undefined) return records
  const place = to === 'latest' || to === 'now' ? 'end as of now' : (placeInWords(to) ?? to)
  return records === undefined ? place : `${place}, or ${records}`
}

/** A file may say what is no number: then it cannot be read, and that is said elsewhere. */
function limitInWords(limit: string): string {
  return /^\d+$/.test(limit) ? plural(Number(limit), 'record') : limit
}

/** Which partitions are read: `0-3,7`, `all 6`. */
export function partitionsInWords({ text }: Reading, read: number): string {
  const { partitions } = text.properties
  if (partitions !== undefined) return partitions
  return read === 0 ? 'all' : `all ${count(read)}`
}

/** Places with a number or an exact time; others are words already. */
function placeInWords(place: string): string | undefined {
  const tail = /^tail\((\d+)\)$/.exec(place)?.[1]
  if (tail !== undefined) return `last ${count(BigInt(tail))} of each partition`
  if (/^\d+$/.test(place)) return `offset ${count(BigInt(place))}`
  const time = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z?)$/.exec(place)
  if (!time) return undefined
  return `${time[1] ?? ''} ${time[2] ?? ''}${time[3] === 'Z' ? ' UTC' : ''}`
}

/** What a view is called: `orders`, or `orders-2` where one partition is read. */
export function titleOf({ text }: Reading): string {
  const { topic = 'Messages', partitions } = text.properties
  return partitions !== undefined && /^\d+$/.test(partitions) ? `${topic}-${partitions}` : topic
}

/** Why a group that could be joined is not; undefined: nothing to tell. */
export function noticeOf(
  reading: Reading,
  { restored, trusted }: { readonly restored: boolean; readonly trusted: boolean },
): string | undefined {
  const { group = '' } = reading.text
  if (!mayJoin(reading)) return undefined
  if (restored)
    return `Group "${group}" is not joined again by itself after a reload. Start to go on.`
  return trusted
    ? undefined
    : `This workspace is not trusted: group "${group}" is not joined. Reading from its committed offsets.`
}
