/** Decompressed data that is larger than this many bytes is refused, whatever its header claims. */
export const MAX_DECOMPRESSED_BYTES = 128 * 1024 * 1024

/** Compressed data that breaks its own format, or that grows beyond what was allowed. */
export class CodecError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'CodecError'
  }
}

/** The error of data whose decompressed size passes `maxBytes`. */
export function tooLarge(codec: string, maxBytes: number): CodecError {
  const limit = `${Math.floor(maxBytes / 1024 / 1024)} MiB`
  return new CodecError(`The ${codec} data is larger than ${limit} when decompressed.`)
}

/** Turns one compressed block of records into its bytes, which stand until the next call. */
export type Decompress = (input: Uint8Array, maxBytes: number) => Uint8Array
