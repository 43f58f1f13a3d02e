import * as zlib from 'node:zlib'
import { Decompress as StreamingDecompress } from 'fzstd'
import { zlibError } from './gzip.ts'
import { CodecError, tooLarge } from './limits.ts'

/** Zstandard frames: RFC 8878. */
const FRAME_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const MAX_BLOCK_BYTES = 128 * 1024

/** With room for all that comes out, node:zlib writes once and joins nothing. */
const USUAL_RATIO = 8
const MIN_CHUNK_BYTES = 1024
const MAX_CHUNK_BYTES = 1024 * 1024

interface ZstdEngine {
  readonly decompress: (frame: Uint8Array, maxBytes: number) => Uint8Array
  readonly compress: (input: Uint8Array) => Uint8Array
}

/** Node has zstd from 22.15 on, unless whoever built it left it out. */
const engine: ZstdEngine =
  'zstdDecompressSync' in zlib
    ? { decompress: decompressNative, compress: input => zlib.zstdCompressSync(input) }
    : { decompress: decompressFrameInJavaScript, compress: storeZstd }

/** One or several zstd frames. */
export function decompressZstd(input: Uint8Array, maxBytes: number): Uint8Array {
  return decompressWith(engine.decompress, input, maxBytes)
}

/** The same without node:zlib. */
export function decompressZstdInJavaScript(input: Uint8Array, maxBytes: number): Uint8Array {
  return decompressWith(decompressFrameInJavaScript, input, maxBytes)
}

export function compressZstd(input: Uint8Array): Uint8Array {
  return engine.compress(input)
}

/** node:zlib decodes only the first of several frames, so each is given to it alone. */
function decompressWith(
  decompressFrame: ZstdEngine['decompress'],
  input: Uint8Array,
  maxBytes: number,
): Uint8Array {
  const outputs: Uint8Array[] = []
  let total = 0
  for (const frame of dataFrames(input, maxBytes)) {
    const output = decompressFrame(frame, maxBytes - total)
    total += output.length
    outputs.push(output)
  }
  const only = outputs[0]
  return outputs.length === 1 && only ? only : Buffer.concat(outputs, total)
}

function* dataFrames(input: Uint8Array, maxBytes: number): Generator<Uint8Array> {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  let position = 0
  while (position < input.length) {
    const end = frameEnd(view, position, maxBytes)
    if (end > input.length) throw new CodecError('The zstd data ends inside a frame.')
    if (view.getUint32(position, true) === FRAME_MAGIC) yield input.subarray(position, end)
    position = end
  }
}

/** Where the frame at `start` ends, found from the sizes of its blocks. */
function frameEnd(view: DataView, start: number, maxBytes: number): number {
  try {
    const magic = view.getUint32(start, true)
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) {
      return start + 8 + view.getUint32(start + 4, true)
    }
    if (magic !== FRAME_MAGIC) throw new CodecError('The zstd data does not start with a frame.')
    const flags = view.getUint8(start + 4)
    const end = blocksEnd(view, headerEnd(view, start, flags, maxBytes))
    return end + (flags & 4 ? 4 : 0)
  } catch (error) {
    if (error instanceof CodecError) throw error
    throw new CodecError('The zstd data ends inside a frame.', { cause: error })
  }
}

function headerEnd(view: DataView, start: number, flags: number, maxBytes: number): number {
  const singleSegment = (flags & 32) !== 0
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] ?? 0
  const contentSizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][flags >>> 6] ?? 0
  const contentSizeAt = start + 5 + (singleSegment ? 0 : 1) + dictionaryBytes
  const claimed = singleSegment
    ? contentSize(view, contentSizeAt, contentSizeBytes)
    : windowBytes(view.getUint8(start + 5))
  if (claimed > maxBytes) throw tooLarge('zstd', maxBytes)
  return contentSizeAt + contentSizeBytes
}

function contentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at)
  if (bytes === 2) return view.getUint16(at, true) + 256
  return bytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true))
}

function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3))
  return base + (base / 8) * (descriptor & 7)
}

function blocksEnd(view: DataView, start: number): number {
  let position = start
  for (;;) {
    const header = view.getUint16(position, true) | (view.getUint8(position + 2) << 16)
    const repeated = ((header >>> 1) & 3) === 1
    position += 3 + (repeated ? 1 : header >>> 3)
    if (header & 1) return position
  }
}

function decompressNative(frame: Uint8Array, maxBytes: number): Uint8Array {
  try {
    const chunkSize = Math.min(frame.length * USUAL_RATIO + MIN_CHUNK_BYTES, MAX_CHUNK_BYTES)
    return zlib.zstdDecompressSync(frame, { maxOutputLength: maxBytes, chunkSize })
  } catch (error) {
    throw zlibError('zstd', error, maxBytes)
  }
}

function decompressFrameInJavaScript(frame: Uint8Array, maxBytes: number): Uint8Array {
  const parts: Uint8Array[] = []
  let total = 0
  const stream = new StreamingDecompress(part => {
    total += part.length
    if (total > maxBytes) throw tooLarge('zstd', maxBytes)
    parts.push(part)
  })
  try {
    stream.push(frame, true)
  } catch (error) {
    if (error instanceof CodecError) throw error
    throw new CodecError('The zstd data is corrupt.', { cause: error })
  }
  return Buffer.concat(parts, total)
}

/** A valid zstd frame of raw blocks: nothing is saved, but everybody can read it. */
export function storeZstd(input: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(input.length / MAX_BLOCK_BYTES))
  const output = new Uint8Array(4 + 1 + 8 + blocks * 3 + input.length)
  const view = new DataView(output.buffer)
  view.setUint32(0, FRAME_MAGIC, true)
  view.setUint8(4, 0b11100000) // an eight-byte content size, and no window larger than that
  view.setBigUint64(5, BigInt(input.length), true)
  let position = 13
  for (let block = 0; block < blocks; block++) {
    const bytes = input.subarray(block * MAX_BLOCK_BYTES, (block + 1) * MAX_BLOCK_BYTES)
    const header = (bytes.length << 3) | (block === blocks - 1 ? 1 : 0)
    view.setUint16(position, header & 0xffff, true)
    view.setUint8(position + 2, header >>> 16)
    output.set(bytes, position + 3)
    position += 3 + bytes.length
  }
  return output
}
