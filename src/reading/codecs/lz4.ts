import { CodecError, tooLarge } from './limits.ts'

/** LZ4 frames: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md (and …_Block_format.md). */
const FRAME_MAGIC = 0x184d2204
const SKIPPABLE_MAGIC = 0x184d2a50

/** Below this length a loop is faster than a call that copies a whole range. */
const SHORT_COPY = 32

/** No LZ4 block grows more than this many times. */
const MAX_RATIO = 255

interface Output {
  bytes: Uint8Array
  length: number
  readonly maxBytes: number
}

interface FrameHeader {
  readonly blocksAreIndependent: boolean
  readonly blockChecksums: boolean
  readonly contentChecksum: boolean
  readonly maxBlockBytes: number
  readonly contentBytes: number | undefined
  /** Where the first block starts. */
  readonly end: number
}

/** One or several LZ4 frames. Checksums are skipped: Kafka's batch has one of its own. */
export function decompressLz4(input: Uint8Array, maxBytes: number): Uint8Array {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const output: Output = { bytes: new Uint8Array(0), length: 0, maxBytes }
  try {
    let position = 0
    while (position < input.length) position = readFrame(view, input, position, output)
  } catch (error) {
    if (error instanceof CodecError) throw error
    throw new CodecError('The lz4 data ends too early.', { cause: error })
  }
  return output.bytes.subarray(0, output.length)
}

/** Reads past the end of `view` throw a RangeError, which the caller turns into its own. */
function readFrame(view: DataView, input: Uint8Array, start: number, output: Output): number {
  const magic = view.getUint32(start, true)
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
    return start + 8 + view.getUint32(start + 4, true)
  }
  if (magic !== FRAME_MAGIC) throw new CodecError('The lz4 data does not start with a frame.')
  const header = readFrameHeader(view, start)
  reserve(output, Math.min(header.contentBytes ?? input.length * 4, input.length * MAX_RATIO))
  const frameStart = output.length
  let position = header.end
  for (;;) {
    const size = view.getUint32(position, true)
    position += 4
    if (size === 0) break
    const block = { position, end: position + (size & 0x7fffffff) }
    if (block.end > input.length) throw new CodecError('The lz4 data ends inside a block.')
    if (size >>> 31 === 1) storeBlock(input, block.position, block.end, output)
    else {
      reserve(output, Math.min(header.maxBlockBytes, (block.end - position) * MAX_RATIO))
      const base = header.blocksAreIndependent ? output.length : frameStart
      readBlock(input, block.position, block.end, output, base)
    }
    position = block.end + (header.blockChecksums ? 4 : 0)
  }
  return position + (header.contentChecksum ? 4 : 0)
}

function readFrameHeader(view: DataView, start: number): FrameHeader {
  const flags = view.getUint8(start + 4)
  if (flags >>> 6 !== 1) throw new CodecError('The lz4 frame has an unknown version.')
  const blockSizeId = (view.getUint8(start + 5) >>> 4) & 7
  if (blockSizeId < 4) throw new CodecError('The lz4 frame has an unknown block size.')
  let end = start + 6
  let contentBytes: number | undefined
  if (flags & 8) {
    contentBytes = Number(view.getBigUint64(end, true))
    end += 8
  }
  if (flags & 1) end += 4
  return {
    blocksAreIndependent: (flags & 32) !== 0,
    blockChecksums: (flags & 16) !== 0,
    contentChecksum: (flags & 4) !== 0,
    maxBlockBytes: 1 << (8 + 2 * blockSizeId),
    contentBytes,
    end: end + 1,
  }
}

/** Makes room for `more` bytes, or fails when that passes the limit. */
function reserve(output: Output, more: number): void {
  const needed = output.length + more
  if (needed <= output.bytes.length) return
  const size = Math.min(Math.max(needed, output.bytes.length * 2, 4096), output.maxBytes)
  if (size <= output.bytes.length) return
  const grown = new Uint8Array(size)
  grown.set(output.bytes.subarray(0, output.length))
  output.bytes = grown
}

function storeBlock(input: Uint8Array, start: number, end: number, output: Output): void {
  reserve(output, end - start)
  if (output.length + end - start > output.bytes.length) throw tooLarge('lz4', output.maxBytes)
  output.bytes.set(input.subarray(start, end), output.length)
  output.length += end - start
}

/**
 * One compressed block. Every round of the outer loop reads at least one byte of input, and all
 * writes are checked against the room there is, so that corrupt data costs no more than good data.
 */
function readBlock(
  input: Uint8Array,
  start: number,
  end: number,
  output: Output,
  base: number,
): void {
  const target = output.bytes
  const room = target.length
  let p = start
  let d = output.length
  while (p < end) {
    const token = input[p++] ?? 0
    let length = token >>> 4
    if (length === 15) {
      let more = 255
      while (more === 255 && p < end) {
        more = input[p++] ?? 0
        length += more
      }
    }
    if (p + length > end) throw new CodecError('The lz4 data has a literal beyond its block.')
    if (d + length > room) throw overflow(output)
    if (length < SHORT_COPY) {
      for (const stop = d + length; d < stop;) target[d++] = input[p++] ?? 0
    } else {
      target.set(input.subarray(p, p + length), d)
      d += length
      p += length
    }
    if (p >= end) break
    const distance = (input[p] ?? 0) | ((input[p + 1] ?? 0) << 8)
    p += 2
    length = (token & 15) + 4
    if (length === 19) {
      let more = 255
      while (more === 255 && p < end) {
        more = input[p++] ?? 0
        length += more
      }
    }
    let from = d - distance
    if (distance === 0 || from < base) throw new CodecError('The lz4 data points outside itself.')
    if (d + length > room) throw overflow(output)
    if (distance >= length && length >= SHORT_COPY) {
      target.copyWithin(d, from, from + length)
      d += length
    } else {
      for (const stop = d + length; d < stop;) target[d++] = target[from++] ?? 0
    }
  }
  output.length = d
}

function overflow(output: Output): CodecError {
  return output.bytes.length >= output.maxBytes
    ? tooLarge('lz4', output.maxBytes)
    : new CodecError('The lz4 data has a block larger than its frame allows.')
}

const BLOCK_BYTES = 64 * 1024
const HASH_BITS = 14
const MIN_MATCH = 4
/** The format wants the last match to start this far before the end of the block, … */
const LAST_MATCH_DISTANCE = 12
/** … and its last bytes to be literals. */
const LAST_LITERALS = 5

/** Independent blocks of 64 KiB, no checksums; the last byte is the header's checksum. */
const FRAME_HEADER = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82]

/** One LZ4 frame, compressed greedily: fast, and small enough for what is produced by hand. */
export function compressLz4(input: Uint8Array): Uint8Array {
  const blocks = Math.ceil(input.length / BLOCK_BYTES)
  const output = new Uint8Array(FRAME_HEADER.length + input.length + blocks * 4 + 4)
  const view = new DataView(output.buffer)
  output.set(FRAME_HEADER)
  let position = FRAME_HEADER.length
  const table = new Int32Array(1 << HASH_BITS)
  for (let start = 0; start < input.length; start += BLOCK_BYTES) {
    const block = input.subarray(start, start + BLOCK_BYTES)
    const room = output.subarray(position + 4, position + 4 + block.length - 1)
    const written = compressBlock(block, room, table.fill(-1))
    const stored = written === undefined
    if (stored) output.set(block, position + 4)
    const size = stored ? block.length : written
    view.setUint32(position, stored ? (size | 0x80000000) >>> 0 : size, true)
    position += 4 + size
  }
  view.setUint32(position, 0, true)
  return output.subarray(0, position + 4)
}

/** The number of bytes written, or undefined where they do not fit into `output`. */
function compressBlock(
  input: Uint8Array,
  output: Uint8Array,
  table: Int32Array,
): number | undefined {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const lastStart = input.length - LAST_MATCH_DISTANCE
  let anchor = 0
  let written = 0
  let p = 0
  while (p <= lastStart) {
    const sequence = view.getUint32(p, true)
    const hash = Math.imul(sequence, 2654435761) >>> (32 - HASH_BITS)
    const candidate = table[hash] ?? -1
    table[hash] = p
    if (candidate < 0 || view.getUint32(candidate, true) !== sequence) {
      p++
      continue
    }
    const length = matchLength(input, candidate, p)
    const next = writeSequence(output, written, input.subarray(anchor, p), {
      distance: p - candidate,
      length,
    })
    if (next === undefined) return undefined
    written = next
    p += length
    anchor = p
  }
  return writeSequence(output, written, input.subarray(anchor), undefined)
}

function matchLength(input: Uint8Array, candidate: number, start: number): number {
  const end = input.length - LAST_LITERALS
  let length = MIN_MATCH
  while (start + length < end && input[candidate + length] === input[start + length]) length++
  return length
}

function writeSequence(
  output: Uint8Array,
  start: number,
  literals: Uint8Array,
  match: { readonly distance: number; readonly length: number } | undefined,
): number | undefined {
  const matchCode = match ? match.length - MIN_MATCH : 0
  const needed = 1 + lengthBytes(literals.length) + literals.length
  const total = match ? needed + 2 + lengthBytes(matchCode) : needed
  if (start + total > output.length) return undefined
  let p = start
  output[p++] = (Math.min(literals.length, 15) << 4) | Math.min(matchCode, 15)
  p = writeLength(output, p, literals.length)
  output.set(literals, p)
  p += literals.length
  if (!match) return p
  output[p++] = match.distance & 255
  output[p++] = match.distance >>> 8
  return writeLength(output, p, matchCode)
}

function lengthBytes(length: number): number {
  return length < 15 ? 0 : Math.floor((length - 15) / 255) + 1
}

function writeLength(output: Uint8Array, start: number, length: number): number {
  if (length < 15) return start
  let p = start
  let rest = length - 15
  for (; rest >= 255; rest -= 255) output[p++] = 255
  output[p++] = rest
  return p
}
