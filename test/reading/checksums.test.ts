import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { crc32, gzipSync } from 'node:zlib'
import { crc32c, explainDamage } from '../../src/reading/checksums.ts'
import { walkBatches } from '../../src/reading/heads.ts'
import { decode, FAR } from './decoded.ts'
import { batch, message } from './write.ts'

const RIGHT = 'Its checksum is right: it was written like this.'
const WRONG = 'Its checksum is wrong: it was damaged after it was written.'

function explain(bytes: Buffer): string[] {
  return walkBatches(bytes, 0n, FAR).batches.map(found => explainDamage(bytes, found))
}

describe('checksums of batches', () => {
  it('are CRC-32C, as RFC 3720 has it', () => {
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283)
    assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa)
    assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8ab43)
  })

  it('are right in what Java and librdkafka wrote, and wrong where a byte is another', () => {
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
      for (const client of ['java', 'kcat']) {
        const bytes = readFileSync(new URL(`golden/${client}-${codec}.bin`, import.meta.url))
        assert.deepEqual(new Set(explain(bytes)), new Set([RIGHT]))
        const [first] = walkBatches(bytes, 0n, FAR).batches
        const at = (first?.end ?? 0) - 1
        bytes[at] = (bytes[at] ?? 0) ^ 1
        assert.equal(explain(bytes)[0], WRONG)
      }
    }
  })

  it('are CRC-32 in the formats before', () => {
    const bytes = message({ offset: 3n, format: 1, value: 'abc' })
    assert.deepEqual(explain(bytes), [WRONG])
    bytes.writeUInt32BE(crc32(bytes.subarray(16)), 12)
    assert.deepEqual(explain(bytes), [RIGHT])
  })

  it('tell damage from what a producer wrote', () => {
    const records = [{ offsetDelta: 0, value: 'a' }]
    const noGzip = { baseOffset: 0n, records, attributes: 1 }
    const tooMany = { baseOffset: 0n, records: [...records, { offsetDelta: 0, value: 'b' }] }
    for (const spec of [noGzip, tooMany]) {
      const messageOf = (bytes: Buffer) => decode(bytes).errors[0]?.message ?? ''
      assert.ok(messageOf(batch({ ...spec, checksum: true })).endsWith(RIGHT))
      assert.ok(messageOf(batch(spec)).endsWith(WRONG))
    }
    assert.deepEqual(decode(batch({ ...noGzip, compress: gzipSync })).errors, [])
  })
})
