import { explainDamage } from './checksums.ts'
import { CodecError } from './codecs/limits.ts'
import { decompress } from './codecs/codecs.ts'
import { HEAD_BYTES, type Batch } from './heads.ts'
import { legacyBlock } from './legacy.ts'
import type { PageError } from '../kafka/page.ts'
import type { Block } from './pages.ts'
import {
  cutRecords,
  firstKey,
  MIN_RECORD_BYTES,
  offsetsOf,
  recordBlock,
  type RecordArea,
} from './records.ts'

/** An aborted transaction as a fetch response names it. */
export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: bigint
}

/** What becomes of a batch: its records are to be seen, or were aborted, or it ends a transaction. */
export type Fate = 'seen' | 'aborted' | 'abort-marker' | 'commit-marker' | 'other-control'

/** The batches whose records are to be seen, see `fatesOf`. */
export function visibleBatches(
  records: Uint8Array,
  batches: readonly Batch[],
  aborted: readonly AbortedTransaction[] | undefined,
): Batch[] {
  const fates = fatesOf(records, batches, aborted)
  return batches.filter((_, index) => fates[index] === 'seen')
}

/**
 * Records of control batches are not to be seen, and with `aborted` given (that is, in
 * read_committed) none of an aborted transaction. As Java's CompletedFetch does it, the list is
 * taken in order of first offset, and an abort marker ends the producer's transaction.
 */
export function fatesOf(
  records: Uint8Array,
  batches: readonly Batch[],
  aborted: readonly AbortedTransaction[] | undefined,
): Fate[] {
  const upcoming = [...(aborted ?? [])].sort((a, b) => Number(a.firstOffset - b.firstOffset))
  const open = new Set<bigint>()
  let started = 0
  return batches.map(batch => {
    for (let next = upcoming[started]; next; next = upcoming[started]) {
      if (next.firstOffset >= batch.nextOffset) break
      open.add(next.producerId)
      started++
    }
    const { producerId } = batch
    if (!batch.control) return batch.transactional && open.has(producerId) ? 'aborted' : 'seen'
    const fate = fateOfControl(records, batch)
    if (fate === 'abort-marker') open.delete(producerId)
    return fate
  })
}

const ABORT = 0
const COMMIT = 1

/**
 * A control record's key is an int16 version and an int16 type (KIP-98). Control batches are never
 * compressed.
 */
function fateOfControl(records: Uint8Array, batch: Batch): Fate {
  const key = firstKey(records.subarray(batch.start + HEAD_BYTES, batch.end))
  if (!key || key.length < 4) return 'other-control'
  const type = ((key[2] ?? 0) << 8) | (key[3] ?? 0)
  if (type === ABORT) return 'abort-marker'
  return type === COMMIT ? 'commit-marker' : 'other-control'
}

/** A batch's records with offsets in [from, to), or why it cannot be read. */
export function readBatch(
  records: Uint8Array,
  batch: Batch,
  from: bigint,
  to: bigint,
): Block | PageError | undefined {
  if (batch.nextOffset <= from || batch.count === 0) return undefined
  if (batch.format === 2 && batch.baseOffset >= to) return undefined
  try {
    if (batch.format < 2) return legacyBlock(records, batch, Number(from), Number(to))
    const area = recordArea(records, batch)
    const whole = batch.baseOffset >= from && batch.nextOffset <= to
    const wanted = whole ? area : cutRecords(area, Number(from), Number(to))
    return explained(recordBlock(wanted, batch.end - batch.start, batch.nextOffset), records, batch)
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    const message = `${unreadable(batch, error)} ${explainDamage(records, batch)}`
    return { offset: batch.baseOffset, message }
  }
}

function unreadable(batch: Batch, error: CodecError): string {
  const records = batch.count === undefined ? 'the records' : `the batch's ${batch.count} records`
  return `${error.message} Up to offset ${batch.nextOffset - 1n}, ${records} cannot be read.`
}

/** The block, with more to its errors. */
function explained(block: Block, records: Uint8Array, batch: Batch): Block {
  return {
    ...block,
    write(columns, row, place) {
      const { written, error } = block.write(columns, row, place)
      if (!error) return { written }
      const message = `${error.message} ${explainDamage(records, batch)}`
      return { written, error: { ...error, message } }
    },
  }
}

/** Decompresses the records of a batch of format v2. Throws `CodecError`. */
function recordArea(records: Uint8Array, batch: Batch): RecordArea {
  const area = records.subarray(batch.start + HEAD_BYTES, batch.end)
  const bytes = batch.codec === 0 ? area : decompress(batch.codec, area)
  const count = batch.count ?? 0
  if (count > bytes.length / MIN_RECORD_BYTES) {
    throw new CodecError('The batch holds fewer records than it says.')
  }
  return {
    bytes,
    count,
    baseOffset: Number(batch.baseOffset),
    baseTimestamp: batch.firstTimestamp,
    appendTimestamp: batch.usesAppendTime ? batch.maxTimestamp : undefined,
  }
}

/** The offsets of the records that a batch really holds; none where it cannot be read. */
export function offsetsIn(records: Uint8Array, batch: Batch): bigint[] {
  if (batch.format < 2) return [batch.baseOffset]
  try {
    return offsetsOf(recordArea(records, batch)).map(BigInt)
  } catch (error) {
    if (error instanceof CodecError) return [batch.baseOffset]
    throw error
  }
}
