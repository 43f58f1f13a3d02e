import { decompressGzip } from './gzip.ts'
import { CodecError, MAX_DECOMPRESSED_BYTES, type Decompress } from './limits.ts'
import { compressLz4, decompressLz4 } from './lz4.ts'
import { compressSnappy, decompressSnappy } from './snappy.ts'
import { compressZstd, decompressZstd } from './zstd.ts'

/** By the number in a batch's attributes (KIP-98; zstd KIP-110). */
const DECOMPRESS: readonly (Decompress | undefined)[] = [
  undefined,
  decompressGzip,
  decompressSnappy,
  decompressLz4,
  decompressZstd,
]

/**
 * Decompresses the records of a batch. `codec` is what its attributes say: 1 gzip, 2 snappy,
 * 3 lz4, 4 zstd. Throws `CodecError` for data that is corrupt, too large, or of an unknown codec.
 * What is given back stands until the next call: who needs it longer copies it.
 */
export function decompress(
  codec: number,
  input: Uint8Array,
  maxBytes = MAX_DECOMPRESSED_BYTES,
): Uint8Array {
  const decompressOne = DECOMPRESS[codec]
  if (!decompressOne) throw new CodecError(`Compression codec ${codec} is not known.`)
  return decompressOne(input, maxBytes)
}

/** A codec as kafkajs takes it; kafkajs brings its own gzip. */
export interface KafkajsCodec {
  compress(input: Uint8Array): Promise<Buffer>
  decompress(input: Uint8Array): Promise<Buffer>
}

/** What kafkajs lacks, for its producer and for a consumer that joins its group. */
export const kafkajsCodecs: Readonly<Record<'snappy' | 'lz4' | 'zstd', KafkajsCodec>> = {
  snappy: codec(compressSnappy, decompressSnappy),
  lz4: codec(compressLz4, decompressLz4),
  zstd: codec(compressZstd, decompressZstd),
}

function codec(
  compressOne: (input: Uint8Array) => Uint8Array,
  decompressOne: Decompress,
): KafkajsCodec {
  return {
    compress: input => attempt(() => asBuffer(compressOne(input))),
    decompress: input => attempt(() => Buffer.from(decompressOne(input, MAX_DECOMPRESSED_BYTES))),
  }
}

function attempt<T>(action: () => T): Promise<T> {
  return new Promise(resolve => {
    resolve(action())
  })
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
