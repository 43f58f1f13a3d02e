import { snappyCompressor, snappyUncompressor } from 'hysnappy'
import { CodecError, tooLarge } from './limits.ts'

/**
 * WebAssembly memory grows and never shrinks: after a block whose input and output took more than
 * this many bytes the instance is dropped, so that one huge batch does not hold memory for good.
 */
const KEEP_INSTANCE_BELOW = 32 * 1024 * 1024

/** What snappy-java puts before its blocks: 0x82 "SNAPPY" 0x00, then two int32 of versions. */
const XERIAL_MAGIC = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]
const XERIAL_HEADER_BYTES = 16

type Uncompress = ReturnType<typeof snappyUncompressor>
let uncompress: Uncompress | undefined

/** Snappy, raw (librdkafka) or in snappy-java's framing (Java). */
export function decompressSnappy(input: Uint8Array, maxBytes: number): Uint8Array {
  return isXerial(input) ? decompressXerial(input, maxBytes) : decompressRaw(input, maxBytes)
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

function decompressXerial(input: Uint8Array, maxBytes: number): Uint8Array {
  const blocks: Uint8Array[] = []
  let total = 0
  for (const block of xerialBlocks(input)) {
    const bytes = decompressRaw(block, maxBytes - total)
    total += bytes.length
    blocks.push(bytes)
  }
  const only = blocks[0]
  if (blocks.length === 1 && only) return only
  return Buffer.concat(blocks, total)
}

function* xerialBlocks(input: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  let position = XERIAL_HEADER_BYTES
  while (position < input.length) {
    if (position + 4 > input.length) throw new CodecError('The snappy data ends inside a block.')
    const length = view.getUint32(position)
    position += 4
    if (length > input.length - position) {
      throw new CodecError('The snappy data ends inside a block.')
    }
    yield input.subarray(position, position + length)
    position += length
  }
}

function decompressRaw(input: Uint8Array, maxBytes: number): Uint8Array {
  const length = uncompressedLength(input)
  if (length > maxBytes) throw tooLarge('snappy', maxBytes)
  // A copy of three bytes yields 64 at most: what claims more is broken, and not worth the memory.
  if (length > input.length * 64) throw new CodecError('The snappy data is corrupt.')
  uncompress ??= snappyUncompressor()
  try {
    return uncompress(input, length)
  } catch (error) {
    uncompress = undefined
    throw new CodecError('The snappy data is corrupt.', { cause: error })
  } finally {
    if (input.length + length > KEEP_INSTANCE_BELOW) uncompress = undefined
  }
}

function uncompressedLength(input: Uint8Array): number {
  let length = 0
  for (let index = 0; index < 5; index++) {
    const byte = input[index]
    if (byte === undefined) break
    length += (byte & 127) * 2 ** (7 * index)
    if (byte < 128) return length
  }
  throw new CodecError('The snappy data has no valid length.')
}
