import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { compressionsAlgorithms } from '@platformatic/kafka'
import fc from 'fast-check'
import { decompress, kafkajsCodecs } from '../../src/reading/codecs/codecs.ts'
import { compressLz4, decompressLz4 } from '../../src/reading/codecs/lz4.ts'
import { compressSnappy, decompressSnappy } from '../../src/reading/codecs/snappy.ts'
import {
  compressZstd,
  decompressZstd,
  decompressZstdInJavaScript,
  storeZstd,
} from '../../src/reading/codecs/zstd.ts'

const MAX = 8 * 1024 * 1024
const sha = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

/** What matters to a compressor: nothing, short, repeated, long runs, random, more than a block. */
const samples: Record<string, Buffer> = {
  nothing: Buffer.alloc(0),
  'one byte': Buffer.from('a'),
  short: Buffer.from('hello hello hello'),
  zeros: Buffer.alloc(300_000),
  random: randomBytes(200_000),
  json: Buffer.from(
    Array.from({ length: 5_000 }, (_, id) => `{"id":${id},"name":"somebody"}`).join('\n'),
  ),
  mixed: Buffer.concat([randomBytes(70_000), Buffer.alloc(70_000, 'abcdefg'), randomBytes(20)]),
}

/** A frame of one block. */
function lz4Frame(block: readonly number[]): Buffer {
  const size = Buffer.alloc(4)
  size.writeUInt32LE(block.length)
  return Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, ...size, ...block, 0, 0, 0, 0])
}

function lz4Sequence(literals: Uint8Array, matchCode: number): number[] {
  const token = (Math.min(literals.length, 15) << 4) | Math.min(matchCode, 15)
  return [token, ...lz4Length(literals.length), ...literals]
}

/** What of a length does not fit into its half of the token. */
function lz4Length(length: number): number[] {
  if (length < 15) return []
  const full = Math.floor((length - 15) / 255)
  return [...Array<number>(full).fill(255), (length - 15) % 255]
}

describe('codecs', () => {
  for (const [name, sample] of Object.entries(samples)) {
    it(`read what others wrote: ${name}`, () => {
      assert.equal(sha(decompress(1, gzipSync(sample), MAX)), sha(sample))
      assert.equal(sha(decompress(4, zstdCompressSync(sample), MAX)), sha(sample))
      assert.equal(sha(decompressZstdInJavaScript(zstdCompressSync(sample), MAX)), sha(sample))
      if (sample.length === 0) return
      for (const [codec, algorithm] of [
        [2, compressionsAlgorithms.snappy],
        [3, compressionsAlgorithms.lz4],
      ] as const) {
        assert.equal(sha(decompress(codec, algorithm.compressSync(sample), MAX)), sha(sample))
      }
    })

    it(`write what others read: ${name}`, () => {
      assert.equal(sha(decompressSnappy(compressSnappy(sample), MAX)), sha(sample))
      assert.equal(sha(decompressLz4(compressLz4(sample), MAX)), sha(sample))
      assert.equal(sha(zstdDecompressSync(compressZstd(sample))), sha(sample))
      assert.equal(sha(zstdDecompressSync(storeZstd(sample))), sha(sample))
      if (sample.length === 0) return
      assert.equal(
        sha(compressionsAlgorithms.snappy.decompressSync(Buffer.from(compressSnappy(sample)))),
        sha(sample),
      )
      assert.equal(
        sha(compressionsAlgorithms.lz4.decompressSync(Buffer.from(compressLz4(sample)))),
        sha(sample),
      )
    })
  }

  it('compress what repeats', () => {
    const { json } = samples
    assert.ok(json)
    for (const compressed of [compressSnappy(json), compressLz4(json), compressZstd(json)]) {
      assert.ok(compressed.length < json.length / 2, `${compressed.length} of ${json.length}`)
    }
  })

  it('read several frames or members one after the other', () => {
    const [a, b] = [Buffer.from('first '), Buffer.from('second')]
    const cases: [number, (bytes: Buffer) => Uint8Array][] = [
      [1, gzipSync],
      [3, compressLz4],
      [4, zstdCompressSync],
    ]
    for (const [codec, compress] of cases) {
      const both = Buffer.concat([compress(a), compress(b)])
      assert.equal(Buffer.from(decompress(codec, both)).toString(), 'first second')
    }
  })

  it('pass skippable frames', () => {
    const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
    const text = Buffer.from('text')
    for (const [codec, frame] of [
      [3, compressLz4(text)],
      [4, zstdCompressSync(text)],
    ] as const) {
      const bytes = Buffer.concat([skippable, frame, skippable])
      assert.equal(Buffer.from(decompress(codec, bytes)).toString(), 'text')
    }
  })

  it("read snappy-java's framing of several blocks", () => {
    const header = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1])
    const block = (text: string) => {
      const bytes = compressSnappy(Buffer.from(text))
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return Buffer.concat([length, bytes])
    }
    const framed = Buffer.concat([header, block('one '), block('two')])
    assert.equal(Buffer.from(decompress(2, framed)).toString(), 'one two')
    assert.throws(() => decompress(2, framed.subarray(0, -1)), /ends inside a block/)
    assert.equal(decompress(2, header).length, 0)
  })

  it('read lz4 frames with checksums, a content size and linked blocks', () => {
    const expected = Array.from(
      { length: 9_000 },
      (_, id) => `{"id":${id % 700},"name":"somebody"}`,
    )
    for (const name of ['linked', 'plain']) {
      const frame = readFileSync(new URL(`golden/${name}.lz4`, import.meta.url))
      assert.equal(Buffer.from(decompress(3, frame)).toString(), expected.join('\n'))
    }
  })

  it('copy in lz4 blocks what overlaps with where it goes', () => {
    const sequences = fc.array(
      fc.record({
        literals: fc.uint8Array({ minLength: 1, maxLength: 300 }),
        distance: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 600 })),
        length: fc.oneof(fc.integer({ min: 4, max: 40 }), fc.integer({ min: 4, max: 600 })),
      }),
      { minLength: 1, maxLength: 20 },
    )
    fc.assert(
      fc.property(sequences, fc.uint8Array({ maxLength: 40 }), (written, tail) => {
        const expected: number[] = []
        const block: number[] = []
        for (const { literals, distance, length } of written) {
          expected.push(...literals)
          const back = Math.min(distance, expected.length)
          for (let i = 0; i < length; i++) expected.push(expected[expected.length - back] ?? -1)
          block.push(...lz4Sequence(literals, length - 4), back & 255, back >>> 8)
          block.push(...lz4Length(length - 4))
        }
        expected.push(...tail)
        block.push(...lz4Sequence(tail, 0))
        assert.deepEqual([...decompressLz4(lz4Frame(block), MAX)], expected)
      }),
    )
  })

  for (const [name, codec, bytes] of [
    ['gzip', 1, gzipSync(Buffer.alloc(20 * 1024 * 1024))],
    ['snappy', 2, compressSnappy(Buffer.alloc(20 * 1024 * 1024))],
    ['lz4', 3, compressLz4(Buffer.alloc(20 * 1024 * 1024))],
    ['zstd', 4, zstdCompressSync(Buffer.alloc(20 * 1024 * 1024))],
  ] as const) {
    it(`refuse ${name} data that grows beyond the limit`, () => {
      assert.throws(
        () => decompress(codec, bytes, MAX),
        new RegExp(`^CodecError: The ${name} data is larger than 8 MiB when decompressed\\.$`),
      )
    })
  }

  it('refuse lz4 data that points before its beginning', () => {
    // A block of one literal, then a match that starts seven bytes back.
    assert.throws(() => decompressLz4(lz4Frame([0x10, 0x61, 7, 0, 0]), MAX), /corrupt/)
  })

  it('refuse sizes that a header only claims', () => {
    const snappy = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x07, 0])
    assert.throws(() => decompressSnappy(snappy, MAX), /corrupt/)
    assert.throws(() => decompressSnappy(Buffer.from([0x80, 0x80, 0x80, 2]), MAX), /corrupt/)
    const zstd = storeZstd(Buffer.from('abc'))
    zstd.fill(0xff, 5, 12)
    assert.throws(() => decompressZstd(zstd, MAX), /larger than 8 MiB/)
  })

  it('are the same for kafkajs', async () => {
    for (const codec of Object.values(kafkajsCodecs)) {
      const { json } = samples
      assert.ok(json)
      assert.equal(sha(await codec.decompress(await codec.compress(json))), sha(json))
      await assert.rejects(codec.decompress(Buffer.from('rubbish')), /^CodecError/)
    }
  })
})
