import type { RecordPage } from '../../kafka/page.ts'
import type { KafkaRecord } from '../../kafka/record.ts'
import { csvWriter } from './csv.ts'
import { byteWriter } from './byteWriter.ts'
import { envelopeHead, envelopeWriter } from './envelope.ts'
import { jsonWriter, type PartFormats } from './json.ts'
import { rawWriter } from './raw.ts'
import { unreadable, type RecordWriter } from './recordWriter.ts'
import { recordAt } from '../../kafka/page.ts'

/**
 * `jsonl`: kafka-file specification, section 7.2; `csv`: RFC 4180; `raw`: the bytes of the values;
 * `envelope`: a `.kafka` file that sends the records again.
 */
export type ExportFormat = 'jsonl' | 'csv' | 'raw' | 'envelope'

/** Writes many records as one file: head, then chunks in any number, one after the other. */
export interface Exporter {
  /** What such a file is called, without a dot. */
  readonly extension: 'jsonl' | 'csv' | 'txt' | 'kafka'
  /** What stands before the first record; may be empty. */
  readonly head: Uint8Array
  /** The records of a page and what of it could not be read, in the order of their offsets. */
  chunk(page: RecordPage): Uint8Array<ArrayBuffer>
  chunkOf(records: readonly KafkaRecord[]): Uint8Array<ArrayBuffer>
}

export interface ExportOptions {
  /** The topic that the records come from; an envelope sends them to it. */
  readonly topic: string
  /** How `jsonl` and `csv` decode; the others write the bytes as they are. */
  readonly formats: PartFormats
}

export function exporter(format: ExportFormat, options: ExportOptions): Exporter {
  const { extension, head, write } = partsOf(format, options)
  const writer = byteWriter()
  return {
    extension,
    head: new TextEncoder().encode(head),
    chunk(page) {
      for (const record of recordsAndErrors(page)) write(writer, record)
      return writer.take()
    },
    chunkOf(records) {
      for (const record of records) write(writer, record)
      return writer.take()
    },
  }
}

function partsOf(
  format: ExportFormat,
  { topic, formats }: ExportOptions,
): Pick<Exporter, 'extension'> & { readonly head: string; readonly write: RecordWriter } {
  switch (format) {
    case 'jsonl':
      return { extension: 'jsonl', head: '', write: jsonWriter(formats) }
    case 'csv':
      return { extension: 'csv', ...csvWriter(formats) }
    case 'raw':
      return { extension: 'txt', head: '', write: rawWriter }
    case 'envelope':
      return { extension: 'kafka', head: envelopeHead(topic), write: envelopeWriter() }
  }
}

function* recordsAndErrors(page: RecordPage): Generator<KafkaRecord> {
  let next = 0
  const errors = page.errors.filter(({ moved }) => !moved)
  for (const error of errors.toSorted((a, b) => (a.offset < b.offset ? -1 : 1))) {
    while (next < page.count && (page.offsets[next] ?? 0n) < error.offset) {
      yield recordAt(page, next++)
    }
    yield unreadable(page, error)
  }
  while (next < page.count) yield recordAt(page, next++)
}
