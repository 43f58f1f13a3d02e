import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { createRecordsBatch, Reader, readRecordsBatch } from '@platformatic/kafka'
import fc from 'fast-check'
import type { RecordPage } from '../../src/kafka/page.ts'
import { recordAt } from '../../src/kafka/page.ts'
import { decompress, kafkajsCodecs } from '../../src/reading/codecs/codecs.ts'
import { compressLz4 } from '../../src/reading/codecs/lz4.ts'
import { compressSnappy } from '../../src/reading/codecs/snappy.ts'
import { compressZstd } from '../../src/reading/codecs/zstd.ts'
import { registerCodecs } from '../../src/kafkajs/compression.ts'
import { MIN_RECORD_BYTES } from '../../src/reading/records.ts'
import { decode, pagesOf } from './decoded.ts'
import { batch, LOG_APPEND_TIME, message, type RecordSpec } from './write.ts'

const text = fc.option(fc.string({ unit: 'grapheme', maxLength: 300 }), { nil: null })

const recordSpecs: fc.Arbitrary<RecordSpec[]> = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 300 }),
      timestampDelta: fc.integer({ min: -1e12, max: 1e12 }),
      key: text,
      value: text,
      headers: fc.array(fc.tuple(fc.string({ unit: 'grapheme', maxLength: 20 }), text), {
        maxLength: 4,
      }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map(specs => {
    let next = 0
    return specs.map(({ gap, ...spec }) => {
      const offsetDelta = next + gap
      next = offsetDelta + 1
      return { ...spec, offsetDelta }
    })
  })

const codecs = [
  { attributes: 0 },
  { attributes: 1, compress: gzipSync },
  { attributes: 2, compress: compressSnappy },
  { attributes: 3, compress: compressLz4 },
  { attributes: 4, compress: zstdCompressSync },
] as const

const asText = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString()

const require = createRequire(import.meta.url)

/** Its headers lose their order and what is twice: the other oracle has them. */
interface KafkajsRecord {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
}

/** kafkajs's own decoder of a fetch response's records. */
function decodeWithKafkajs(bytes: Buffer): Promise<readonly KafkajsRecord[]> {
  const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => object
  const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js') as (
    decoder: object,
  ) => Promise<readonly KafkajsRecord[]>
  const length = Buffer.alloc(4)
  length.writeInt32BE(bytes.length)
  return decodeMessages(new Decoder(Buffer.concat([length, bytes])))
}

describe('the batch reader, checked against independent clients', function () {
  this.timeout(20_000)
  // Offsets are numbers of 53 bits on their way, written as two halves.
  const starts = fc.constantFrom(0n, 5_000n, 2n ** 31n - 9n, 2n ** 32n - 9n, 2n ** 49n - 1n)

  it('reads what it reads', () => {
    fc.assert(
      fc.property(recordSpecs, fc.constantFrom(...codecs), starts, (records, codec, baseOffset) => {
        const bytes = batch({
          baseOffset,
          firstTimestamp: 1_700_000_000_000n,
          records,
          ...codec,
        })
        const theirs = readRecordsBatch(Reader.from(bytes))
        assert.deepEqual(
          decode(bytes).records,
          theirs.records.map(({ offsetDelta, timestampDelta, key, value, headers }) => ({
            offset: baseOffset + BigInt(offsetDelta),
            timestamp: Number(1_700_000_000_000n + timestampDelta),
            key: asText(key),
            value: asText(value),
            headers: headers.map(([name, header]) => [asText(name), asText(header)]),
          })),
        )
      }),
    )
  })

  it('reads what kafkajs reads, batch after batch', async () => {
    // Here, and not before: suites share the process and kafkajs its codecs.
    registerCodecs(kafkajsCodecs)
    const batches = fc.array(
      fc.record({
        records: recordSpecs,
        codec: fc.constantFrom(...codecs),
        gap: fc.integer({ min: 0, max: 50 }),
        appendTime: fc.boolean(),
      }),
      { minLength: 1, maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(batches, async specs => {
        let next = 0n
        const bytes = Buffer.concat(
          specs.map(({ records, codec, gap, appendTime }) => {
            const baseOffset = next + BigInt(gap)
            next = baseOffset + BigInt(records.at(-1)?.offsetDelta ?? 0) + 1n
            return batch({
              baseOffset,
              firstTimestamp: 1_700_000_000_000n,
              maxTimestamp: 1_800_000_000_123n,
              records,
              ...codec,
              attributes: codec.attributes | (appendTime ? LOG_APPEND_TIME : 0),
            })
          }),
        )
        const theirs = await decodeWithKafkajs(bytes)
        assert.deepEqual(
          decode(bytes).records.map(({ offset, timestamp, key, value }) => ({
            offset: `${offset}`,
            timestamp: `${timestamp}`,
            key,
            value,
          })),
          theirs.map(({ offset, timestamp, key, value }) => ({
            offset,
            timestamp,
            key: asText(key),
            value: asText(value),
          })),
        )
      }),
    )
  })

  it('reads what it writes', () => {
    const compressions = fc.constantFrom('none', 'gzip', 'snappy', 'lz4', 'zstd')
    const values = fc.array(fc.uint8Array({ maxLength: 2_000 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(values, compressions, (sent, compression) => {
        const messages = sent.map(value => ({
          topic: 't',
          key: Buffer.from('key'),
          value: Buffer.from(value),
          timestamp: 1_700_000_000_000n,
        }))
        const bytes = createRecordsBatch(messages, { compression }).buffer
        const pages = pagesOf(bytes)
        const values = pages.flatMap(page =>
          Array.from({ length: page.count }, (_, row) => recordAt(page, row).value),
        )
        assert.deepEqual(
          values.map(value => value && Buffer.from(value).toString('hex')),
          sent.map(value => Buffer.from(value).toString('hex')),
        )
      }),
    )
  })

  it('reads any part of a batch as the whole, cut', () => {
    fc.assert(
      fc.property(recordSpecs, fc.nat(400), fc.nat(400), (records, from, length) => {
        const bytes = batch({ baseOffset: 0n, records })
        const [first, last] = [BigInt(from), BigInt(from + length)]
        assert.deepEqual(
          decode(bytes, { from: first, to: last }).records,
          decode(bytes).records.filter(({ offset }) => offset >= first && offset < last),
        )
      }),
    )
  })
})

/** A few batches of every kind. */
const log = Buffer.concat([
  ...codecs.map((codec, index) =>
    batch({
      baseOffset: BigInt(index * 100),
      records: Array.from({ length: 30 }, (_, offsetDelta) => ({
        offsetDelta,
        timestampDelta: offsetDelta * 1_000,
        key: `key ${offsetDelta}`,
        value: `{"id":${offsetDelta},"text":"text text text"}`,
        headers: [['name', `${offsetDelta}`]] as const,
      })),
      ...codec,
    }),
  ),
  message({ offset: 900n, format: 0, key: 'k', value: 'v' }),
  message({
    offset: 905n,
    format: 1,
    attributes: 1,
    value: gzipSync(message({ offset: 0n, format: 1, key: 'k', value: 'v' })),
  }),
])

/** Every value that a page points at lies inside it, and its records are in order. */
function checkPage(page: RecordPage): void {
  const { bytes, count, keyStarts, keyLengths, valueStarts, valueLengths, headerStarts } = page
  for (const column of [keyStarts, keyLengths, valueStarts, valueLengths, headerStarts]) {
    assert.equal(column.length, count)
  }
  for (let row = 0; row < count; row++) {
    for (const [starts, lengths] of [
      [keyStarts, keyLengths],
      [valueStarts, valueLengths],
    ] as const) {
      const [start = -1, length = -2] = [starts[row], lengths[row]]
      assert.ok(length >= -1 && start >= 0 && start + Math.max(0, length) <= bytes.length)
    }
    recordAt(page, row)
  }
}

describe('corrupt data', function () {
  this.timeout(20_000)
  const flips = fc.array(fc.tuple(fc.nat(log.length - 1), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 12,
  })

  it('never throws, reads outside, or yields more than there can be', () => {
    fc.assert(
      fc.property(flips, fc.nat(log.length), (changes, length) => {
        const bytes = Buffer.from(log.subarray(0, length === 0 ? log.length : length))
        for (const [at, xor] of changes) if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ xor
        const pages = pagesOf(bytes, { notes: true })
        for (const page of pages) checkPage(page)
        const errors = pages.reduce((sum, page) => sum + page.errors.length, 0)
        assert.ok(errors <= bytes.length / 18)
        for (const page of pages) assert.ok(page.count <= page.bytes.length / MIN_RECORD_BYTES)
        const notes = pages.reduce((sum, page) => sum + (page.notes?.length ?? 0), 0)
        assert.ok(notes <= 2_000 * pages.length)
      }),
      { numRuns: 3_000 },
    )
  })

  // How many times its size each of them can grow at most; zstd repeats a byte 128 KiB long.
  for (const [name, codec, compress, ratio] of [
    ['gzip', 1, gzipSync, 1_032],
    ['snappy', 2, compressSnappy, 64],
    ['lz4', 3, compressLz4, 255],
    ['zstd', 4, compressZstd, 128 * 1024],
  ] as const) {
    it(`${name}: an error or at most the limit, whatever is changed`, () => {
      const MAX = 1024 * 1024
      const data = compress(
        Buffer.from('some text that repeats, some text that repeats; '.repeat(90)),
      )
      const changes = fc.array(fc.tuple(fc.nat(data.length - 1), fc.nat(255)), { maxLength: 8 })
      fc.assert(
        fc.property(changes, fc.nat(data.length), (edits, length) => {
          const bytes = Buffer.from(data.subarray(0, length))
          for (const [at, byte] of edits) if (at < bytes.length) bytes[at] = byte
          try {
            const most = Math.min(MAX, bytes.length * ratio)
            assert.ok(decompress(codec, bytes, MAX).length <= most)
          } catch (error) {
            assert.equal(error instanceof Error && error.name, 'CodecError')
          }
        }),
        { numRuns: 1_000 },
      )
    })
  }
})
