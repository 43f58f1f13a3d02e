import assert from 'node:assert/strict'
import { compressSnappy } from '../../src/reading/codecs/snappy.ts'
import { decodePages } from '../../src/reading/decode.ts'
import { walkBatches } from '../../src/reading/heads.ts'
import { FAR, recordsOf } from './decoded.ts'
import { batch } from './write.ts'

/** Does not get smaller when it is compressed. */
function noise(length: number): string {
  let state = 1
  const letters = Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647
    return String.fromCharCode(33 + (state % 94))
  })
  return letters.join('')
}

/** One batch of one record for each value. */
function pages(values: readonly string[]) {
  const records = Buffer.concat(
    values.map((value, index) =>
      batch({
        baseOffset: BigInt(index),
        records: [{ offsetDelta: 0, value }],
        attributes: 2,
        compress: compressSnappy,
      }),
    ),
  )
  const walk = walkBatches(records, 0n, FAR)
  const range = { from: 0n, to: FAR, aborted: undefined }
  return decodePages({ topic: 't', partition: 0, records, walk, ...range })
}

const valuesOf = (found: ReturnType<typeof pages>) =>
  [...found].flatMap(page => {
    assert.deepEqual(page.errors, [])
    return recordsOf(page).map(({ value }) => value)
  })

describe('pages of what stands in a memory that is used again', () => {
  it('keep a batch when the memory grows for the next one', () => {
    const values = ['a'.repeat(100_000), noise(800_000)]
    assert.deepEqual(valuesOf(pages(values)), values)
  })

  it('keep a batch when another partition is decompressed before the page is asked for', () => {
    const values = [noise(1000), 'b'.repeat(100_000), 'c']
    const found = pages(values)
    const first = found.next()
    assert.ok(first.done !== true)
    assert.deepEqual(valuesOf(pages(['x'.repeat(3_000_000)])), ['x'.repeat(3_000_000)])
    assert.deepEqual(
      [...recordsOf(first.value).map(({ value }) => value), ...valuesOf(found)],
      values,
    )
  })
})
