import { parsePosition, timestampOf, type TimeContext } from '../../language/values/positions.ts'

/** A place in a topic's log that somebody wants to see. */
export type Place =
  | { readonly kind: 'offset'; readonly offset: string; readonly partition?: number }
  | {
      readonly kind: 'time'
      readonly timestamp: number
      /** As a `.kafka` file writes it. */
      readonly text: string
    }

/** `1:42` is a partition and an offset: an hour without seconds has two digits. */
const TIME_OF_DAY = /^(\d{1,2}(?=:\d\d:)|\d\d):(\d\d)(?::(\d\d))?$/
const FORMS = 'Write an offset, a partition and an offset (2:1500), a date, or a span (now-15m).'

/** Reads `1500`, `2:1500`, a date, a date and a time, a time of today, or a span before now. */
export function parsePlace(text: string, context: TimeContext): Place | { readonly wrong: string } {
  const written = text.trim().replaceAll(/(?<=\d),(?=\d{3})/g, '')
  const inPartition = /^(\d{1,9})\s*[:@]\s*(\d{1,19})$/.exec(written)
  if (inPartition && !TIME_OF_DAY.test(written))
    return offsetAt(inPartition[2] ?? '', Number(inPartition[1]))
  if (/^\d{1,19}$/.test(written)) return offsetAt(written)
  const today = TIME_OF_DAY.exec(written)
  const position = parsePosition(today ? onDay(context, today) : written)
  const timestamp = position && timestampOf(position, context)
  if (timestamp === undefined || timestamp < 0) return { wrong: FORMS }
  return { kind: 'time', timestamp, text: new Date(timestamp).toISOString() }
}

const LARGEST_OFFSET = 9_223_372_036_854_775_807n

function offsetAt(offset: string, partition?: number): Place | { readonly wrong: string } {
  if (BigInt(offset) > LARGEST_OFFSET) return { wrong: 'An offset has at most 63 bits.' }
  const exact = String(BigInt(offset))
  return { kind: 'offset', offset: exact, ...(partition !== undefined && { partition }) }
}

/** `14:02` as a time of the day that it is now, here. */
function onDay({ now }: TimeContext, [, hour = '0', minute = '0', second = '0']: RegExpExecArray) {
  const date = new Date(now)
  const two = (n: number | string) => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(hour)}:${two(minute)}:${two(second)}`
}
