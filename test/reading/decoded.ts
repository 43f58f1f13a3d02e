import type { RecordPage } from '../../src/kafka/page.ts'
import { recordAt } from '../../src/kafka/page.ts'
import type { AbortedTransaction } from '../../src/reading/batches.ts'
import { decodePages } from '../../src/reading/decode.ts'
import { walkBatches } from '../../src/reading/heads.ts'

/** An end that no test's offsets reach. */
export const FAR = 1n << 50n

export interface Decoded {
  readonly records: readonly {
    readonly offset: bigint
    readonly timestamp: number
    readonly key: string | null
    readonly value: string | null
    readonly headers: readonly (readonly [string, string | null])[]
  }[]
  readonly errors: RecordPage['errors']
  readonly nextOffset: bigint | undefined
}

export interface Wanted {
  readonly from?: bigint
  readonly to?: bigint
  readonly aborted?: readonly AbortedTransaction[]
  readonly notes?: boolean
}

/** Everything the reader finds in one partition's records, as text. */
export function decode(bytes: Uint8Array, wanted: Wanted = {}): Decoded {
  const pages = pagesOf(bytes, wanted)
  return {
    records: pages.flatMap(recordsOf),
    errors: pages.flatMap(page => page.errors),
    nextOffset: walkBatches(bytes, wanted.from ?? 0n, FAR).nextOffset,
  }
}

export function pagesOf(bytes: Uint8Array, wanted: Wanted = {}): RecordPage[] {
  const { from = 0n, to = FAR, aborted, notes = false } = wanted
  const walk = walkBatches(bytes, from, FAR)
  const origin = { topic: 't', partition: 0 }
  return [...decodePages({ ...origin, records: bytes, walk, from, to, aborted, notes })]
}

export function recordsOf(page: RecordPage): Decoded['records'] {
  return Array.from({ length: page.count }, (_, index) => {
    const { offset, timestamp, key, value, headers } = recordAt(page, index)
    return {
      offset,
      timestamp,
      key: asText(key),
      value: asText(value),
      headers: headers.map(([name, bytes]) => [name, asText(bytes)] as const),
    }
  })
}

export function asText(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString()
}
