import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { compressLz4 } from '../../src/reading/codecs/lz4.ts'
import { decode } from './decoded.ts'
import { message } from './write.ts'

const GZIP = 1
const LZ4 = 3
const LOG_APPEND_TIME = 8

describe('message formats before Kafka 0.11', () => {
  const rows = (bytes: Buffer, from = 0n, to = 1n << 50n) =>
    decode(bytes, { from, to }).records.map(({ offset, timestamp, key, value }) => [
      offset,
      timestamp,
      key,
      value,
    ])

  it('reads plain messages of both formats', () => {
    const bytes = Buffer.concat([
      message({ offset: 4n, format: 0, key: 'k', value: 'zero' }),
      message({ offset: 5n, format: 1, timestamp: 99n, value: 'one' }),
      message({ offset: 8n, format: 1, timestamp: 100n, key: '', value: null }),
    ])
    assert.deepEqual(rows(bytes), [
      [4n, -1, 'k', 'zero'],
      [5n, 99, null, 'one'],
      [8n, 100, '', null],
    ])
    assert.equal(decode(bytes).nextOffset, 9n)
    assert.deepEqual(rows(bytes, 5n, 8n), [[5n, 99, null, 'one']])
  })

  it('reads wrapped messages with offsets of their own (v0)', () => {
    const inner = Buffer.concat([
      message({ offset: 10n, format: 0, value: 'a' }),
      message({ offset: 12n, format: 0, value: 'b' }),
    ])
    const bytes = message({ offset: 12n, format: 0, attributes: GZIP, value: gzipSync(inner) })
    assert.deepEqual(rows(bytes), [
      [10n, -1, null, 'a'],
      [12n, -1, null, 'b'],
    ])
    assert.deepEqual(rows(bytes, 11n), [[12n, -1, null, 'b']])
  })

  it('reads wrapped messages whose offsets count back from the wrapper (v1)', () => {
    const inner = Buffer.concat([
      message({ offset: 0n, format: 1, timestamp: 1n, value: 'a' }),
      message({ offset: 2n, format: 1, timestamp: 2n, value: 'b' }),
    ])
    const wrap = (attributes: number, value: Uint8Array) =>
      message({ offset: 1_002n, format: 1, timestamp: 50n, attributes, value })
    assert.deepEqual(rows(wrap(LZ4, compressLz4(inner))), [
      [1_000n, 1, null, 'a'],
      [1_002n, 2, null, 'b'],
    ])
    assert.deepEqual(rows(wrap(GZIP | LOG_APPEND_TIME, gzipSync(inner))), [
      [1_000n, 50, null, 'a'],
      [1_002n, 50, null, 'b'],
    ])
  })

  it('says what is corrupt and goes on', () => {
    const inner = message({ offset: 0n, format: 1, value: 'abc' })
    inner.writeInt32BE(1_000, 8)
    const bytes = Buffer.concat([
      message({ offset: 3n, format: 1, attributes: GZIP, value: gzipSync(inner) }),
      message({ offset: 4n, format: 1, value: 'fine' }),
    ])
    const { records, errors } = decode(bytes)
    assert.deepEqual(
      records.map(record => record.value),
      ['fine'],
    )
    assert.match(errors[0]?.message ?? '', /^The message set is corrupt\./)
  })

  it('does not read a key beyond its message', () => {
    const bytes = message({ offset: 3n, format: 1, key: 'key', value: 'abc' })
    bytes.writeInt32BE(1_000_000, 26)
    assert.match(decode(bytes).errors[0]?.message ?? '', /^The message is corrupt\./)
  })
})
