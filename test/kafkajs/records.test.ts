import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { gunzipSync, gzipSync } from 'node:zlib'
import { compressWith, registerCodecs } from '../../src/kafkajs/compression.ts'
import { murmur2, partitionOfKey } from '../../src/kafkajs/partitioner.ts'
import { sizeOf, writeBatch } from '../../src/kafkajs/recordBatch.ts'
import { frameOf, writeValues } from '../../src/kafkajs/valueBatch.ts'
import { crc32c } from '../../src/kafkajs/crc32c.ts'

const bytes = (text: string) => Buffer.from(text)

describe('the partition of a key', () => {
  /** From the tests of the Java client (`UtilsTest.testMurmur2`). */
  const HASHES: readonly (readonly [string, number])[] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ]
  for (const [key, hash] of HASHES) {
    it(`of ${key} is that of the Java client`, () => {
      assert.equal(murmur2(bytes(key)), hash)
      assert.equal(partitionOfKey(bytes(key), 7), (hash & 0x7fffffff) % 7)
    })
  }

  it('is the same for a view into larger bytes', () => {
    assert.equal(murmur2(bytes('xxabcxx').subarray(2, 5)), murmur2(bytes('abc')))
  })
})

describe('compression', () => {
  const twice = (input: Uint8Array) => Buffer.concat([input, input])

  it('is refused where nobody gave a codec that writes it', async () => {
    registerCodecs({ lz4: { decompress: input => input } })
    await assert.rejects(compressWith('lz4', bytes('x')), /cannot be compressed with lz4 here/)
  })

  it('is done by the codec that was given', async () => {
    registerCodecs({ lz4: { compress: twice, decompress: input => input } })
    assert.equal(String(await compressWith('lz4', bytes('x'))), 'xx')
  })

  it("is told to kafkajs's consumer too", async () => {
    registerCodecs({ snappy: { decompress: twice } })
    const load = createRequire(import.meta.url)
    const compression = load('kafkajs/src/protocol/message/compression/index.js') as {
      lookupCodec(codec: number): { decompress(input: Buffer): Promise<Buffer> }
    }
    assert.equal(String(await compression.lookupCodec(2).decompress(bytes('y'))), 'yy')
  })
})

describe('a record batch', () => {
  it('has the checksum CRC-32C', () => {
    // The check value of the catalogue of parametrised CRC algorithms, and those of RFC 3720, B.4.
    assert.equal(crc32c(bytes('123456789')), 0xe3069283)
    assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa)
    assert.equal(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43)
    assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e)
    assert.equal(crc32c(bytes('xx123456789').subarray(2)), 0xe3069283)
  })

  it('says where it ends, the greatest time, and how it is compressed', async () => {
    const times = [1_700_000_000_999, 999, 1_700_000_001_000]
    const records = times.map(timestamp => ({
      key: null,
      value: bytes('v'.repeat(100)),
      headers: [],
      timestamp,
    }))
    const batch = await writeBatch(records, { codec: 1, compress: plain => gzipSync(plain) })
    assert.equal(batch.readInt32BE(8), batch.length - 12)
    assert.equal(batch[16], 2)
    assert.equal(batch.readUInt32BE(17), crc32c(batch.subarray(21)))
    assert.equal(batch.readInt16BE(21), 1)
    assert.equal(batch.readInt32BE(23), 2)
    assert.equal(batch.readBigInt64BE(27), 1_700_000_000_999n)
    assert.equal(batch.readBigInt64BE(35), 1_700_000_001_000n)
    assert.equal(batch.readInt32BE(57), 3)
    assert.ok(gunzipSync(batch.subarray(61)).length > 300)
  })

  it('is read by another reader as it was written', async () => {
    const load = createRequire(import.meta.url)
    const Decoder = load('kafkajs/src/protocol/decoder.js') as new (from: Buffer) => object
    const decode = load('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (
      decoder: object,
    ) => Promise<{ readonly records: readonly Read[] }>
    interface Read {
      readonly key: Buffer | null
      readonly value: Buffer | null
      readonly timestamp: string
      readonly offset: string
    }
    const batch = await writeBatch(
      [
        { key: bytes('k'), value: null, headers: [], timestamp: 2_000 },
        { key: bytes(''), value: bytes('späť'), headers: [], timestamp: 0 },
        { key: null, value: Buffer.alloc(300, 65), headers: [], timestamp: 2 ** 33 + 7 },
        { key: null, value: null, headers: [], timestamp: 2 ** 31 + 2_000 },
      ],
      { codec: 0, compress: plain => plain },
    )
    const { records } = await decode(new Decoder(batch))
    assert.deepEqual(
      records.map(({ key, value, timestamp, offset }) => [
        key?.toString(),
        value?.toString(),
        timestamp,
        offset,
      ]),
      [
        ['k', undefined, '2000', '0'],
        ['', 'späť', '0', '1'],
        [undefined, 'A'.repeat(300), String(2 ** 33 + 7), '2'],
        [undefined, undefined, String(2 ** 31 + 2_000), '3'],
      ],
    )
  })

  it('of values is the same as of records', async () => {
    const lengths = [0, 1, 63, 64, 100, 8_191, 8_192, 20_000]
    const all = Buffer.concat(lengths.map((length, i) => Buffer.alloc(length + 1, 65 + i)))
    const starts = lengths.map((_, i) => lengths.slice(0, i).reduce((sum, l) => sum + l + 1, 0))
    const bounds = Int32Array.from(starts.flatMap((start, i) => [start, start + (lengths[i] ?? 0)]))
    const options = { codec: 0, compress: (plain: Uint8Array) => plain }
    for (const common of [
      { key: null, headers: [] },
      { key: bytes('k'.repeat(70)), headers: [['a', bytes('1')] as const, ['ž', null] as const] },
    ]) {
      const values = { bytes: all, bounds, count: lengths.length }
      const records = starts.map((start, i) => ({
        ...common,
        value: all.subarray(start, start + (lengths[i] ?? 0)),
        timestamp: 1_700_000_000_000,
      }))
      const frame = frameOf(common, 1_700_000_000_000)
      for (const [from, to] of [
        [0, 8],
        [2, 5],
        [7, 8],
      ] as const) {
        const batch = await writeValues(values, { from, to }, frame, options)
        assert.deepEqual(batch, await writeBatch(records.slice(from, to), options))
      }
    }
  })

  it('is never larger than was thought', async () => {
    const record = {
      key: bytes('key'),
      value: bytes('value'),
      headers: [['a', bytes('1')] as const, ['b', null] as const],
      timestamp: 0,
    }
    const batch = await writeBatch([record], { codec: 0, compress: plain => plain })
    assert.ok(batch.length - 61 <= sizeOf(record))
  })
})
