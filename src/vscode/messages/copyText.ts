import { decode, shown } from '../../formats/formats.ts'
import { recordJson } from '../../formats/records/json.ts'
import { recordKcat } from '../../formats/records/kcat.ts'
import { recordProducer } from '../../formats/records/producer.ts'
import type { Format, RecordFormats } from '../../kafka/format.ts'
import { recordSize, type KafkaRecord } from '../../kafka/record.ts'
import { timeOfDay } from '../../lag/format.ts'
import type { CopyWhat } from '../../protocol/messages.ts'

export interface CopyOptions {
  readonly formats: RecordFormats
  /** For the command line of kcat. */
  readonly brokers: string
}

/** What stands between two records in a copied text. */
export function separatorOf(what: CopyWhat): string {
  return what === 'producer' ? '\n###\n' : '\n'
}

/** A record as it is copied, or why it cannot be. Ends without a line end, but for a PRODUCER. */
export function copyText(
  what: CopyWhat,
  record: KafkaRecord,
  { formats, brokers }: CopyOptions,
): { readonly text: string } | { readonly problem: string } {
  switch (what) {
    case 'value':
      return partText(record, record.value, formats.value)
    case 'key':
      return partText(record, record.key, formats.key)
    case 'record':
      return { text: recordJson(record, formats) }
    case 'row':
      return { text: rowText(record, formats) }
    case 'producer':
      return record.error === undefined
        ? { text: recordProducer(record) }
        : { problem: record.error }
    case 'kcat': {
      const made = recordKcat(record, { brokers })
      return 'problem' in made ? { problem: made.problem.message } : { text: made.command }
    }
  }
}

function partText(
  { error }: KafkaRecord,
  bytes: Uint8Array | null,
  format: Format,
): { readonly text: string } | { readonly problem: string } {
  return error === undefined ? { text: shown(decode(format, bytes)) } : { problem: error }
}

/** The columns of a row in their order, whatever of them a narrow view shows. */
function rowText(record: KafkaRecord, formats: RecordFormats): string {
  const { partition, offset, timestamp, key, value, headers, error } = record
  const columns = [
    timestamp < 0 ? '' : dayAndTime(timestamp),
    String(partition),
    String(offset),
    error === undefined ? shown(decode(formats.key, key)) : '',
    error ?? shown(decode(formats.value, value)),
    headers.map(([name, content]) => `${name}: ${shown(decode(undefined, content))}`).join(', '),
    String(recordSize(record)),
  ]
  return columns.map(column => column.replace(/\s+/g, ' ')).join('\t')
}

/** Local, as the view shows it: `2026-11-20 14:02:10.123`. */
function dayAndTime(timestamp: number): string {
  const date = new Date(timestamp)
  if (Number.isNaN(date.getTime())) return String(timestamp)
  const two = (n: number) => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${timeOfDay(timestamp)}.${String(date.getMilliseconds()).padStart(3, '0')}`
}
