import { gunzipSync } from 'node:zlib'
import { CodecError, tooLarge } from './limits.ts'

/** Gzip, one or several members. */
export function decompressGzip(input: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return gunzipSync(input, { maxOutputLength: maxBytes })
  } catch (error) {
    throw zlibError('gzip', error, maxBytes)
  }
}

/** What node:zlib throws, in our words: too large, or broken. */
export function zlibError(codec: string, error: unknown, maxBytes: number): CodecError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(codec, maxBytes)
  return new CodecError(`The ${codec} data is corrupt.`, { cause: error })
}
