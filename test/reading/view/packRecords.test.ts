import assert from 'node:assert/strict'
import { recordAt } from '../../../src/kafka/page.ts'
import type { KafkaRecord } from '../../../src/kafka/record.ts'
import { packRecords } from '../../../src/reading/view/packRecords.ts'
import { headerCount, headersAt, headersEnd } from '../../../src/reading/view/headers.ts'
import { record } from './pages.ts'

describe('records that are packed into pages', () => {
  const records: readonly KafkaRecord[] = [
    record(0, 5, 100, { key: 'a', value: 'b' }),
    record(0, 9, -1, { value: '' }),
    record(1, 2 ** 40, 300, {
      key: '',
      headers: [
        ['n', null],
        ['n', ''],
        ['long', 'x'.repeat(9000)],
        ['', 'nameless'],
      ],
    }),
    record(0, 10, 400, { headers: Array.from({ length: 70 }, (_, n) => [`h${n}`, 'v']) }),
  ]

  it('come out as they went in, a page for each run of a partition', () => {
    const pages = packRecords(records)
    assert.deepEqual(
      pages.map(({ partition, count }) => [partition, count]),
      [
        [0, 2],
        [1, 1],
        [0, 1],
      ],
    )
    const unpacked = pages.flatMap(page =>
      Array.from({ length: page.count }, (_, row) => recordAt(page, row)),
    )
    assert.deepEqual(
      unpacked.map(({ key, value, headers, ...rest }) => ({
        ...rest,
        key: key && Array.from(key),
        value: value && Array.from(value),
        headers: headers.map(([name, bytes]) => [name, bytes && Array.from(bytes)]),
      })),
      records.map(({ key, value, headers, ...rest }) => ({
        ...rest,
        key: key && Array.from(key),
        value: value && Array.from(value),
        headers: headers.map(([name, bytes]) => [name, bytes && Array.from(bytes)]),
      })),
    )
  })

  it('can be moved to another thread one by one', () => {
    const buffers = packRecords(records).map(({ bytes }) => bytes.buffer)
    assert.equal(new Set(buffers).size, buffers.length)
    for (const page of packRecords(records)) {
      assert.equal(page.bytes.byteLength, page.bytes.buffer.byteLength)
    }
  })

  it('tell what could not be read as errors', () => {
    const [page] = packRecords([{ ...record(0, 1, -1), error: 'bad batch' }])
    assert.deepEqual(page?.errors, [{ offset: 1n, message: 'bad batch' }])
    assert.equal(page.count, 0)
  })
})

describe('headers as they stand in a page', () => {
  it('are counted and measured, however they are cut', () => {
    const [page] = packRecords([
      record(0, 0, 0, {
        headers: [
          ['name', 'value'],
          ['n', null],
        ],
      }),
    ])
    assert.ok(page)
    const { bytes } = page
    assert.equal(headersEnd(bytes, 0), bytes.length)
    assert.equal(headerCount(bytes, 0), 2)
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length)
      assert.ok(headersEnd(cut, 0) <= Math.max(1, length))
      assert.ok([...headersAt(cut, 0)].length < 2)
    }
    assert.deepEqual([headerCount(bytes, -1), headersEnd(bytes, -1)], [0, -1])
  })

  it('end though they make no sense', () => {
    for (const bytes of [
      [0xff, 0xff, 0xff, 0xff, 0x0f],
      [8, 0xff, 0xff, 0x7f],
      [8, 1, 1, 1],
    ]) {
      const page = Uint8Array.from(bytes)
      assert.ok(headersEnd(page, 0) <= page.length + 5)
      assert.ok([...headersAt(page, 0)].length <= 4)
    }
  })
})
