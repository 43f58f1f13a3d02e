import type { PageNote, RecordPage } from '../../../src/kafka/page.ts'
import type { KafkaRecord } from '../../../src/kafka/record.ts'
import { packRecords } from '../../../src/reading/view/packRecords.ts'

export const utf8 = (text: string) => new TextEncoder().encode(text)

/** A record of the topic `orders`; texts are its key, value and values of headers. */
export function record(
  partition: number,
  offset: number,
  timestamp: number,
  parts: {
    readonly key?: string
    readonly value?: string
    readonly headers?: readonly (readonly [string, string | null])[]
  } = {},
): KafkaRecord {
  const { key, value, headers = [] } = parts
  return {
    topic: 'orders',
    partition,
    offset: BigInt(offset),
    timestamp,
    key: key === undefined ? null : utf8(key),
    value: value === undefined ? null : utf8(value),
    headers: headers.map(([name, text]) => [name, text === null ? null : utf8(text)]),
  }
}

export interface More {
  readonly errors?: RecordPage['errors']
  readonly notes?: readonly PageNote[]
}

/** Records of one partition as a page. */
export function pageOf(records: readonly KafkaRecord[], more: More = {}): RecordPage {
  const [page, ...others] = packRecords(records)
  if (!page || others.length > 0) throw new Error('Not the records of one partition.')
  return { ...page, ...more }
}

/** A page without records. */
export function pageWith(partition: number, more: More): RecordPage {
  const page = pageOf([record(partition, 0, 0)])
  return {
    ...page,
    count: 0,
    offsets: new BigInt64Array(),
    timestamps: new Float64Array(),
    keyStarts: new Int32Array(),
    keyLengths: new Int32Array(),
    valueStarts: new Int32Array(),
    valueLengths: new Int32Array(),
    headerStarts: new Int32Array(),
    bytes: new Uint8Array(),
    ...more,
  }
}

/** The same numbers every time: xorshift with 32 bits. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 || 1
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}
