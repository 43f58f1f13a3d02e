import { CodecError } from './codecs/limits.ts'
import { decompress } from './codecs/codecs.ts'
import type { Batch } from './heads.ts'
import type { Block } from './pages.ts'

/**
 * The message formats before Kafka 0.11 (v0, and v1 with timestamps: KIP-32): offset, size,
 * checksum, format, attributes, [timestamp], key, value. A compressed message wraps a set of others.
 */
interface Message {
  readonly offset: number
  readonly timestamp: number
  readonly keyStart: number
  readonly keyLength: number
  readonly valueStart: number
  readonly valueLength: number
}

const ENTRY_HEAD_BYTES = 12

/** The messages of one entry with offsets in [from, to). Throws `CodecError`. */
export function legacyBlock(records: Uint8Array, batch: Batch, from: number, to: number): Block {
  const entry = records.subarray(batch.start, batch.end)
  const outer = readMessage(entry, 0, Number(batch.baseOffset))
  const { bytes, messages } =
    batch.codec === 0 ? { bytes: entry, messages: [outer] } : unwrap(entry, outer, batch)
  const kept = messages.filter(message => message.offset >= from && message.offset < to)
  return {
    bytes,
    sourceBytes: entry.length,
    nextOffset: undefined,
    count: kept.length,
    write: (columns, row, { start }) => {
      kept.forEach((message, index) => {
        columns.offsets[row + index] = BigInt(message.offset)
        columns.timestamps[row + index] = message.timestamp
        columns.keyStarts[row + index] = start + message.keyStart
        columns.keyLengths[row + index] = message.keyLength
        columns.valueStarts[row + index] = start + message.valueStart
        columns.valueLengths[row + index] = message.valueLength
        columns.headerStarts[row + index] = -1
      })
      return { written: kept.length }
    },
  }
}

/**
 * In format v0 wrapped messages carry their own offsets; in v1 they count from 0 and the wrapper
 * carries the offset of the last one (KIP-31). With LogAppendTime the wrapper's time is everyone's.
 */
function unwrap(
  entry: Uint8Array,
  outer: Message,
  batch: Batch,
): { bytes: Uint8Array; messages: Message[] } {
  const value = entry.subarray(outer.valueStart, outer.valueStart + Math.max(0, outer.valueLength))
  const bytes = decompress(batch.codec, value)
  const messages = readSet(bytes)
  const last = messages.at(-1)
  const shift = batch.format === 1 && last ? outer.offset - last.offset : 0
  return {
    bytes,
    messages: messages.map(message => ({
      ...message,
      offset: message.offset + shift,
      timestamp: batch.usesAppendTime ? outer.timestamp : message.timestamp,
    })),
  }
}

function readSet(bytes: Uint8Array): Message[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const messages: Message[] = []
  let start = 0
  while (start + ENTRY_HEAD_BYTES <= bytes.length) {
    const end = start + ENTRY_HEAD_BYTES + view.getInt32(start + 8)
    if (end <= start + ENTRY_HEAD_BYTES || end > bytes.length) {
      throw new CodecError('The message set is corrupt.')
    }
    messages.push(readMessage(bytes.subarray(0, end), start, Number(view.getBigInt64(start))))
    start = end
  }
  return messages
}

/** The message at `start`; `bytes` ends where it ends. */
function readMessage(bytes: Uint8Array, start: number, offset: number): Message {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const hasTimestamp = view.getInt8(start + 16) === 1
    const timestamp = hasTimestamp ? Number(view.getBigInt64(start + 18)) : -1
    const keyAt = start + (hasTimestamp ? 26 : 18)
    const keyLength = view.getInt32(keyAt)
    const valueAt = keyAt + 4 + Math.max(0, keyLength)
    const valueLength = view.getInt32(valueAt)
    const end = valueAt + 4 + Math.max(0, valueLength)
    if (keyLength < -1 || valueLength < -1 || end > bytes.length) {
      throw new CodecError('The message is corrupt.')
    }
    return {
      offset,
      timestamp,
      keyStart: keyAt + 4,
      keyLength,
      valueStart: valueAt + 4,
      valueLength,
    }
  } catch (error) {
    if (error instanceof CodecError) throw error
    throw new CodecError('The message is corrupt.', { cause: error })
  }
}
