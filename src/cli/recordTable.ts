import { isUtf8 } from 'node:buffer'
import { visible } from '../base/visible.ts'
import { decode, shown } from '../formats/formats.ts'
import type { Format } from '../kafka/format.ts'
import { recordAt, type RecordPage } from '../kafka/page.ts'
import type { KafkaRecord } from '../kafka/record.ts'

interface TableFormats {
  readonly key: Format
  readonly value: Format
  readonly header: Format
}

const WIDTHS = { partition: 9, offset: 12, time: 24, key: 20 }
/** Narrower is not useful: a terminal wraps the lines then. */
const LEAST_VALUE = 20

/** Records for people: a line each, cut to the width of the terminal where there is one. */
export interface RecordTable {
  readonly head: string
  /** The records of a page and what of it could not be read, in the order of their offsets. */
  lines(page: RecordPage): string
}

export function recordTable(formats: TableFormats, width: number | undefined): RecordTable {
  const fixed = WIDTHS.partition + WIDTHS.offset + WIDTHS.time + WIDTHS.key + 4
  const rest = width === undefined ? Infinity : Math.max(LEAST_VALUE, width - fixed - 1)
  const line = (partition: string, offset: string, time: string, key: string, value: string) =>
    [
      partition.padStart(WIDTHS.partition),
      offset.padStart(WIDTHS.offset),
      time.padEnd(WIDTHS.time),
      cut(key, width === undefined ? Infinity : WIDTHS.key).padEnd(WIDTHS.key),
      cut(value, rest),
    ].join(' ')
  return {
    head: `${line('partition', 'offset', 'time', 'key', 'value').trimEnd()}\n`,
    lines(page) {
      let text = ''
      let row = 0
      const upTo = (offset: bigint | undefined) => {
        for (; row < page.count; row++) {
          if (offset !== undefined && (page.offsets[row] ?? 0n) >= offset) return
          const record = recordAt(page, row)
          const { key, value } = cellsOf(record, formats)
          const time = timeText(record.timestamp)
          const cells = line(`${record.partition}`, `${record.offset}`, time, key, value)
          text += `${cells.trimEnd()}\n`
        }
      }
      const errors = page.errors.filter(({ moved }) => !moved)
      for (const error of errors.toSorted((a, b) => (a.offset < b.offset ? -1 : 1))) {
        upTo(error.offset)
        const message = `error: ${error.message}`
        text += `${line(`${page.partition}`, `${error.offset}`, '', '', message)}\n`
      }
      upTo(undefined)
      return text
    },
  }
}

function cellsOf(
  record: KafkaRecord,
  formats: TableFormats,
): { readonly key: string; readonly value: string } {
  const value = cellText(record.value, formats.value)
  const headers = record.headers.map(
    ([name, content]) => `${oneLine(name)}=${cellText(content, formats.header)}`,
  )
  const shownHeaders =
    headers.length === 0 || formats.header.name === 'none' ? '' : `  [${headers.join(', ')}]`
  return { key: cellText(record.key, formats.key), value: `${value}${shownHeaders}` }
}

/** Nobody reads more than this in a line, and it need not be decoded to be cut off again. */
const LONGEST = 64 * 1024

function cellText(bytes: Uint8Array | null, format: Format): string {
  if (bytes === null) return format.name === 'none' ? '' : 'null'
  if (format.name !== 'auto') return oneLine(shown(decode(format, bytes)))
  // Whether it is JSON does not show in a line.
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, cutLength(bytes))
  return isUtf8(start) ? oneLine(start.toString('utf8')) : start.toString('base64')
}

/** Never in the middle of a character of UTF-8. */
function cutLength(bytes: Uint8Array): number {
  if (bytes.length <= LONGEST) return bytes.length
  let length = LONGEST
  while (length > LONGEST - 4 && ((bytes[length] ?? 0) & 0xc0) === 0x80) length--
  return length
}

const LINE_END = /\s*[\r\n]\s*/g

/** Characters that would do something to the terminal are shown instead. */
function oneLine(text: string): string {
  return visible(text.replaceAll(LINE_END, ' '))
}

/** The last time that a date can hold; a client may have sent any number. */
const LAST_TIME = 8.64e15

function timeText(timestamp: number): string {
  if (timestamp < 0) return ''
  return timestamp > LAST_TIME ? `${timestamp}` : new Date(timestamp).toISOString()
}

function cut(text: string, width: number): string {
  if (text.length <= width) return text
  const characters = Array.from(text.slice(0, 2 * width + 2))
  if (characters.length <= width) return characters.join('')
  return `${characters.slice(0, width - 1).join('')}…`
}
