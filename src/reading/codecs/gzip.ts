import { gunzipSync } from 'node:zlib'
import { CodecError, tooLarge } from './limits.ts'

/** More than this is not allocated for what the data only claims. */
const MAX_CHUNK_BYTES = 1024 * 1024
const MIN_CHUNK_BYTES = 1024

/** Gzip, one or several members. */
export function decompressGzip(input: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return gunzipSync(input, { maxOutputLength: maxBytes, chunkSize: chunkSize(input) })
  } catch (error) {
    throw zlibError('gzip', error, maxBytes)
  }
}

/**
 * With room for all of it, node:zlib writes once and joins nothing. Gzip data ends with its size when
 * it is decompressed; where the room is filled to the last byte, more is allocated in vain.
 */
function chunkSize(input: Uint8Array): number {
  const at = Math.max(0, input.length - 4)
  const size = new DataView(input.buffer, input.byteOffset + at, input.length - at)
  const claimed = size.byteLength < 4 ? 0 : size.getUint32(0, true) + 1
  return Math.min(Math.max(claimed, MIN_CHUNK_BYTES), MAX_CHUNK_BYTES)
}

/** What node:zlib throws, in our words: too large, or broken. */
export function zlibError(codec: string, error: unknown, maxBytes: number): CodecError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(codec, maxBytes)
  return new CodecError(`The ${codec} data is corrupt.`, { cause: error })
}
