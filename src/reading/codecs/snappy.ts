import { snappyCompressor } from 'hysnappy'
import { SLACK_BYTES } from './blocks.ts'
import { CodecError, tooLarge } from './limits.ts'
import { snappyBlock } from './snappyBlock.ts'

/** What snappy-java puts before its blocks: 0x82 "SNAPPY" 0x00, then two int32 of versions. */
const XERIAL_MAGIC = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]
const XERIAL_HEADER_BYTES = 16

/**
 * Snappy, raw (librdkafka) or in snappy-java's framing (Java). What is given back stands until the
 * next call.
 */
export function decompressSnappy(input: Uint8Array, maxBytes: number): Uint8Array {
  const blocks = isXerial(input) ? xerialBlocks(input) : [readLength(input, 0, input.length)]
  const total = blocks.reduce((sum, block) => sum + block.bytes, 0)
  if (total > maxBytes) throw tooLarge('snappy', maxBytes)
  const start = input.length + SLACK_BYTES
  const memory = snappyBlock.memory(start + total + SLACK_BYTES)
  memory.set(input)
  let at = start
  for (const block of blocks) {
    const limit = at + block.bytes
    const end = snappyBlock.run(block.start, block.end, at, limit, at)
    if (end !== limit) throw new CodecError('The snappy data is corrupt.')
    at = end
  }
  return memory.subarray(start, at)
}

/** Raw snappy, which every Kafka client reads. */
export function compressSnappy(input: Uint8Array): Uint8Array {
  return snappyCompressor()(input)
}

function isXerial(input: Uint8Array): boolean {
  return (
    input.length >= XERIAL_HEADER_BYTES &&
    XERIAL_MAGIC.every((byte, index) => input[index] === byte)
  )
}

interface RawBlock {
  readonly start: number
  readonly end: number
  /** What it says that it holds. */
  readonly bytes: number
}

function xerialBlocks(input: Uint8Array): RawBlock[] {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const blocks: RawBlock[] = []
  let position = XERIAL_HEADER_BYTES
  while (position < input.length) {
    if (position + 4 > input.length) throw new CodecError('The snappy data ends inside a block.')
    const length = view.getUint32(position)
    position += 4
    if (length > input.length - position) {
      throw new CodecError('The snappy data ends inside a block.')
    }
    blocks.push(readLength(input, position, position + length))
    position += length
  }
  return blocks
}

/** A block starts with its length when it is decompressed, as a varint. */
function readLength(input: Uint8Array, start: number, end: number): RawBlock {
  let bytes = 0
  for (let index = 0; index < 5 && start + index < end; index++) {
    const byte = input[start + index] ?? 0
    bytes += (byte & 127) * 2 ** (7 * index)
    if (byte > 127) continue
    // A copy of three bytes yields 64 at most: what claims more is broken, and not worth the memory.
    if (bytes > (end - start) * 64) break
    return { start: start + index + 1, end, bytes }
  }
  throw new CodecError('The snappy data is corrupt.')
}
