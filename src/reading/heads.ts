import type { PageError } from '../kafka/page.ts'

/**
 * The head of a batch as it stands in a fetch response (KIP-98, format v2), or of one entry of an
 * old message set (formats v0 and v1), whose head is the same up to the format number.
 */
export interface Batch {
  /** Where it starts and ends in the response. */
  readonly start: number
  readonly end: number
  readonly format: number
  readonly baseOffset: bigint
  /** The offset after the batch's last one, whether that record is still there or not. */
  readonly nextOffset: bigint
  readonly codec: number
  readonly usesAppendTime: boolean
  readonly transactional: boolean
  readonly control: boolean
  readonly firstTimestamp: number
  readonly maxTimestamp: number
  readonly producerId: bigint
  /** Records in the batch; compaction can leave none. Unknown in the old formats. */
  readonly count: number | undefined
}

export interface BatchWalk {
  readonly batches: readonly Batch[]
  /** Where to read on; absent where not one whole batch was found. */
  readonly nextOffset: bigint | undefined
  /** Heads that make no sense. What follows them is read where their length allows it. */
  readonly errors: readonly PageError[]
}

const LENGTH_AT = 8
const FORMAT_AT = 16
const BEFORE_LENGTH = 12
export const HEAD_BYTES = 61
const LEGACY_HEAD_BYTES = 18

/** Offsets in a batch are an int32 apart, so that no true head claims more than this. */
const MAX_OFFSET_DELTA = 2n ** 31n

/** The offset beyond which a head is not believed, for a fetch from `from`. */
export function farthestOffset(from: bigint, highWatermark: bigint): bigint {
  return (from > highWatermark ? from : highWatermark) + MAX_OFFSET_DELTA
}

/**
 * Finds the batches of one partition's records without decompressing any. A part of a batch at the
 * end is normal (KIP-74). A head that claims offsets past `endOffset` is not believed.
 */
export function walkBatches(records: Uint8Array, from: bigint, endOffset: bigint): BatchWalk {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength)
  const batches: Batch[] = []
  const errors: PageError[] = []
  let nextOffset: bigint | undefined
  let start = 0
  while (start + LEGACY_HEAD_BYTES <= records.length) {
    const length = view.getInt32(start + LENGTH_AT)
    const end = start + BEFORE_LENGTH + length
    if (length >= LEGACY_HEAD_BYTES - BEFORE_LENGTH && end > records.length) break
    const batch = readHead(view, start, end)
    if (batch && batch.nextOffset <= endOffset) {
      if (nextOffset === undefined || batch.nextOffset > nextOffset) nextOffset = batch.nextOffset
      batches.push(batch)
    } else {
      const offset = nextOffset ?? from
      errors.push({ offset, message: 'A batch cannot be read: its head is corrupt.' })
      nextOffset = offset + 1n
    }
    if (length < LEGACY_HEAD_BYTES - BEFORE_LENGTH) break
    start = end
  }
  return { batches, nextOffset, errors }
}

function readHead(view: DataView, start: number, end: number): Batch | undefined {
  const format = view.getInt8(start + FORMAT_AT)
  const baseOffset = view.getBigInt64(start)
  if (baseOffset < 0n || baseOffset > BigInt(Number.MAX_SAFE_INTEGER)) return undefined
  if (format === 2) return readHeadV2(view, start, end, baseOffset)
  return format === 0 || format === 1 ? readLegacyHead(view, start, end, format) : undefined
}

function readHeadV2(
  view: DataView,
  start: number,
  end: number,
  baseOffset: bigint,
): Batch | undefined {
  if (end - start < HEAD_BYTES) return undefined
  const attributes = view.getInt16(start + 21)
  const lastOffsetDelta = view.getInt32(start + 23)
  const count = view.getInt32(start + 57)
  if (lastOffsetDelta < 0 || count < 0) return undefined
  return {
    start,
    end,
    format: 2,
    baseOffset,
    nextOffset: baseOffset + BigInt(lastOffsetDelta) + 1n,
    codec: attributes & 7,
    usesAppendTime: (attributes & 8) !== 0,
    transactional: (attributes & 16) !== 0,
    control: (attributes & 32) !== 0,
    firstTimestamp: Number(view.getBigInt64(start + 27)),
    maxTimestamp: Number(view.getBigInt64(start + 35)),
    producerId: view.getBigInt64(start + 43),
    count,
  }
}

/** An old entry's offset is its own, or that of the last message wrapped in it. */
function readLegacyHead(
  view: DataView,
  start: number,
  end: number,
  format: number,
): Batch | undefined {
  if (end - start < LEGACY_HEAD_BYTES + (format === 1 ? 8 : 0)) return undefined
  const attributes = view.getInt8(start + 17)
  const timestamp = format === 1 ? Number(view.getBigInt64(start + LEGACY_HEAD_BYTES)) : -1
  const offset = view.getBigInt64(start)
  return {
    start,
    end,
    format,
    baseOffset: offset,
    nextOffset: offset + 1n,
    codec: attributes & 7,
    usesAppendTime: (attributes & 8) !== 0,
    transactional: false,
    control: false,
    firstTimestamp: timestamp,
    maxTimestamp: timestamp,
    producerId: -1n,
    count: undefined,
  }
}
