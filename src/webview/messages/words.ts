import { count, duration, plural } from '../../lag/format.ts'
import type { MessagesState, NoteRow, PartitionState, Timeline } from '../../protocol/messages.ts'
import { dayInWords } from './axis.ts'

/** Local time of day with milliseconds: `14:02:10.204`. */
export function clockTime(time: number): string {
  return `${secondsOf(time)}.${String(new Date(time).getMilliseconds()).padStart(3, '0')}`
}

/** `14:02:10`. */
export function secondsOf(time: number): string {
  const date = new Date(time)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** `2026-11-20`, local. */
export function dayOf(time: number): string {
  const date = new Date(time)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

export function dayAndTime(time: number): string {
  return `${dayOf(time)} ${clockTime(time)}`
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}

/** `13:36:10 to 13:44:50`, with the days where they are not both today. */
export function rangeInWords(from: number, to: number, now: number): string {
  const day = (time: number) => `${dayInWords(time)} `
  const sameDay = dayOf(from) === dayOf(to)
  const today = sameDay && dayOf(from) === dayOf(now)
  const clock = to - from < 10_000 ? clockTime : secondsOf
  return `${today ? '' : day(from)}${clock(from)} to ${sameDay ? '' : day(to)}${clock(to)}`
}

/** How many records of the timeline stand at its edges only because their times lie beyond them. */
export function wildInWords({ earlier, later }: NonNullable<Timeline['wild']>): string {
  return [
    earlier > 0 ? `${count(earlier)} far earlier, at the left edge` : '',
    later > 0 ? `${count(later)} far later, at the right edge` : '',
  ]
    .filter(words => words !== '')
    .join(', ')
}

/** What a row says that stands where no record is. */
export function noteInWords(topic: string, note: NoteRow): string {
  const place = `${topic}-${note.partition}`
  const producer = note.producerId === undefined ? '' : `, producer ${note.producerId}`
  const first = count(BigInt(note.offset))
  switch (note.kind) {
    case 'gap':
      return note.offset === note.lastOffset
        ? `${place}: offset ${first} is gone`
        : `${place}: ${plural(note.count, 'offset')} gone, ${first} to ${count(BigInt(note.lastOffset))}`
    case 'aborted':
      return `${place}: ${plural(note.count, 'record')} of an aborted transaction${producer}, left out`
    case 'marker':
      return `${place} @ ${first}: a transaction was ${note.committed ? 'committed' : 'aborted'}${producer}`
  }
}

/** Why it is there, for who wonders. */
export function noteReason(note: NoteRow): string {
  switch (note.kind) {
    case 'gap':
      return 'Compaction and deleted records leave offsets that no record has.'
    case 'aborted':
      return 'A reader with read_committed never sees these records.'
    case 'marker':
      return 'Written by the broker at the end of a transaction. It takes an offset and holds no data.'
  }
}

/** What is held back before the high watermark, and by whom; undefined: nothing is. */
export function heldBack(
  topic: string,
  progress: readonly PartitionState[],
  now: number,
): { readonly text: string; readonly detail: string } | undefined {
  const held = progress.filter(
    ({ lastStableOffset, highWatermark }) =>
      lastStableOffset !== undefined &&
      highWatermark !== undefined &&
      BigInt(lastStableOffset) < BigInt(highWatermark),
  )
  const [first] = held
  if (!first) return undefined
  const text =
    held.length === 1
      ? `${topic}-${first.partition} ends at ${count(BigInt(first.lastStableOffset ?? 0))}, an open transaction${ofProducer(first)}`
      : `${plural(held.length, 'partition')} end at open transactions`
  return { text, detail: held.map(partition => heldDetail(topic, partition, now)).join('\n') }
}

/** The one that is to blame, where it is known. */
function ofProducer({ openTransactions: [first, ...others] = [] }: PartitionState): string {
  return first && others.length === 0 ? ` of producer ${first.producerId}` : ''
}

function heldDetail(topic: string, partition: PartitionState, now: number): string {
  const { lastStableOffset = '0', highWatermark = '0', openTransactions = [] } = partition
  const waiting = BigInt(highWatermark) - BigInt(lastStableOffset)
  const producers = openTransactions.map(({ producerId, startOffset, lastTimestamp }) => {
    const silent =
      lastTimestamp === undefined
        ? ''
        : `, silent for ${duration(Math.max(0, now - lastTimestamp))}`
    return `producer ${producerId} since offset ${count(BigInt(startOffset))}${silent}`
  })
  const who = producers.length === 0 ? '' : `: ${producers.join('; ')}`
  return `${topic}-${partition.partition}: last stable offset ${count(BigInt(lastStableOffset))}, high watermark ${count(BigInt(highWatermark))}, ${count(waiting)} not readable yet${who}`
}

/** Counted where a filter keeps them out of the rows. */
export function notesInWords({ notes }: Pick<MessagesState, 'notes'>): string {
  const parts = [
    notes.missingOffsets > 0 ? `${plural(notes.missingOffsets, 'offset')} gone` : '',
    notes.abortedRecords > 0 ? `${count(notes.abortedRecords)} aborted` : '',
  ]
  return parts.filter(part => part !== '').join(', ')
}

/** A share in percent, never 100 before it is all. */
export function percentOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.max(0, Math.min(100, Math.floor((100 * part) / whole)))
}
