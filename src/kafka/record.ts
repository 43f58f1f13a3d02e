/** One record as it stands in the log. Bytes are as they were sent, decompressed, not decoded. */
export interface KafkaRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  /** Ms since the epoch; -1 where the record carries none (message format 0). */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  /** In order, duplicates and nulls kept. */
  readonly headers: readonly RecordHeader[]
  /** Set where the batch could not be read: key and value are null then. */
  readonly error?: string
}

export type RecordHeader = readonly [name: string, value: Uint8Array | null]

/** Bytes of a record's key, value and header names and values, uncompressed and without framing. */
export function recordSize({
  key,
  value,
  headers,
}: Pick<KafkaRecord, 'key' | 'value' | 'headers'>): number {
  let size = (key?.length ?? 0) + (value?.length ?? 0)
  for (const [name, content] of headers) size += utf8Length(name) + (content?.length ?? 0)
  return size
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length
}
