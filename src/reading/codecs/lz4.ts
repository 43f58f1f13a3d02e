import { SLACK_BYTES, TOO_LONG } from './blocks.ts'
import { CodecError, tooLarge } from './limits.ts'
import { lz4Block } from './lz4Block.ts'

/** LZ4 frames: https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md (and …_Block_format.md). */
const FRAME_MAGIC = 0x184d2204
const SKIPPABLE_MAGIC = 0x184d2a50

/** No LZ4 block grows more than this many times. */
const MAX_RATIO = 255

interface FrameHeader {
  readonly blocksAreIndependent: boolean
  readonly blockChecksums: boolean
  readonly contentChecksum: boolean
  readonly maxBlockBytes: number
  /** Where the first block starts. */
  readonly end: number
}

interface FrameBlock {
  readonly start: number
  readonly end: number
  readonly stored: boolean
  /** It can copy from nothing that came before it. */
  readonly independent: boolean
  /** It yields no more than this. */
  readonly maxBytes: number
}

/**
 * One or several LZ4 frames. Checksums are skipped: Kafka's batch has one of its own. What is given
 * back stands until the next call.
 */
export function decompressLz4(input: Uint8Array, maxBytes: number): Uint8Array {
  const blocks = blocksOf(input)
  const mostBytes = blocks.reduce((sum, block) => sum + block.maxBytes, 0)
  const start = input.length + SLACK_BYTES
  const limit = start + Math.min(mostBytes, maxBytes)
  const memory = lz4Block.memory(limit + SLACK_BYTES)
  memory.set(input)
  let end = start
  let frameStart = start
  for (const block of blocks) {
    if (block.independent) frameStart = end
    end = readBlock(memory, block, { at: end, base: frameStart, limit, maxBytes })
  }
  return memory.subarray(start, end)
}

interface Place {
  readonly at: number
  /** Nothing before this is copied from. */
  readonly base: number
  readonly limit: number
  /** What the limit stands for, in an error. */
  readonly maxBytes: number
}

/** Where the block's bytes end in memory. Throws `CodecError`. */
function readBlock(
  memory: Uint8Array,
  block: FrameBlock,
  { at, base, limit, maxBytes }: Place,
): number {
  const { start, end, stored } = block
  const room = Math.min(at + block.maxBytes, limit)
  if (stored) {
    if (at + end - start > room) throw tooLarge('lz4', maxBytes)
    memory.copyWithin(at, start, end)
    return at + end - start
  }
  const next = lz4Block.run(start, end, at, room, base)
  if (next === TOO_LONG && room < at + block.maxBytes) throw tooLarge('lz4', maxBytes)
  if (next < 0) throw new CodecError('The lz4 data is corrupt.')
  return next
}

/** The blocks of all frames. Reads past the end of the input throw a RangeError. */
function blocksOf(input: Uint8Array): FrameBlock[] {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  const blocks: FrameBlock[] = []
  try {
    let position = 0
    while (position < input.length) position = addFrame(view, position, blocks)
  } catch (error) {
    if (error instanceof CodecError) throw error
    throw new CodecError('The lz4 data ends too early.', { cause: error })
  }
  return blocks
}

/** Where the frame ends. */
function addFrame(view: DataView, frameStart: number, blocks: FrameBlock[]): number {
  const magic = view.getUint32(frameStart, true)
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
    return frameStart + 8 + view.getUint32(frameStart + 4, true)
  }
  if (magic !== FRAME_MAGIC) throw new CodecError('The lz4 data does not start with a frame.')
  const header = readFrameHeader(view, frameStart)
  let position = header.end
  for (let first = true; ; first = false) {
    const size = view.getUint32(position, true)
    const start = position + 4
    if (size === 0) return start + (header.contentChecksum ? 4 : 0)
    const stored = size >>> 31 === 1
    const bytes = size & 0x7fffffff
    const end = start + bytes
    if (end > view.byteLength) throw new CodecError('The lz4 data ends inside a block.')
    if (bytes > header.maxBlockBytes) {
      throw new CodecError('The lz4 data has a block larger than its frame allows.')
    }
    blocks.push({
      start,
      end,
      stored,
      independent: first || header.blocksAreIndependent,
      maxBytes: stored ? bytes : Math.min(header.maxBlockBytes, bytes * MAX_RATIO),
    })
    position = end + (header.blockChecksums ? 4 : 0)
  }
}

function readFrameHeader(view: DataView, start: number): FrameHeader {
  const flags = view.getUint8(start + 4)
  if (flags >>> 6 !== 1) throw new CodecError('The lz4 frame has an unknown version.')
  const blockSizeId = (view.getUint8(start + 5) >>> 4) & 7
  if (blockSizeId < 4) throw new CodecError('The lz4 frame has an unknown block size.')
  const contentSizeBytes = flags & 8 ? 8 : 0
  const dictionaryIdBytes = flags & 1 ? 4 : 0
  return {
    blocksAreIndependent: (flags & 32) !== 0,
    blockChecksums: (flags & 16) !== 0,
    contentChecksum: (flags & 4) !== 0,
    maxBlockBytes: 1 << (8 + 2 * blockSizeId),
    end: start + 6 + contentSizeBytes + dictionaryIdBytes + 1,
  }
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
