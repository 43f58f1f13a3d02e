import * as zlib from 'node:zlib'
import kafkajsCompression from 'kafkajs/src/protocol/message/compression/index.js'
import type { Compression } from '../kafka/cluster.ts'
import { ProblemError } from '../base/problem.ts'
import { problem } from './problems.ts'

/** One way to compress the records of a batch. */
export interface Codec {
  /** Absent: reading only. */
  compress?(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>
  decompress(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>
}

export type CodecName = Exclude<Compression, 'none'>

/** A batch that claims to become larger than this is refused, bytes. */
const MAX_DECOMPRESSED = 256 * 1024 * 1024

/** What Node itself can do; zstd since 22.15. */
const codecs = new Map<CodecName, Codec>([
  [
    'gzip',
    {
      compress: bytes => zlib.gzipSync(bytes),
      decompress: bytes => zlib.gunzipSync(bytes, { maxOutputLength: MAX_DECOMPRESSED }),
    },
  ],
  [
    'zstd',
    {
      compress: bytes => zlib.zstdCompressSync(bytes),
      decompress: bytes => zlib.zstdDecompressSync(bytes, { maxOutputLength: MAX_DECOMPRESSED }),
    },
  ],
])

/** The codec's number in a batch's attributes. */
export const CODEC_NUMBERS: Readonly<Record<Compression, number>> = {
  none: 0,
  gzip: 1,
  snappy: 2,
  lz4: 3,
  zstd: 4,
}

/**
 * Adds codecs, or replaces those of Node, for producing and for consumers that join their group.
 * gzip and zstd are there from the start. Called once, before the first record is read.
 */
export function registerCodecs(added: Partial<Readonly<Record<CodecName, Codec>>>): void {
  for (const [name, codec] of Object.entries(added)) codecs.set(name as CodecName, codec)
  for (const [name, codec] of codecs) teachConsumer(name, codec)
}

/** What kafkajs's own codecs look like: its encoder carries the bytes to compress. */
function teachConsumer(name: CodecName, codec: Codec): void {
  kafkajsCompression.Codecs[CODEC_NUMBERS[name]] = () => ({
    compress: encoder => compressWith(name, encoder.buffer),
    decompress: async buffer => Buffer.from(await codec.decompress(buffer)),
  })
}

/** Rejects with `ProblemError` where there is no codec that writes this form. */
export async function compressWith(name: CodecName, bytes: Uint8Array): Promise<Uint8Array> {
  const codec = codecs.get(name)
  if (!codec?.compress) {
    throw new ProblemError(
      problem(
        'unsupported-compression',
        `Records cannot be compressed with ${name} here.`,
        'Use gzip, zstd or none.',
      ),
    )
  }
  return codec.compress(bytes)
}
