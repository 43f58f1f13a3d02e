import assert from 'node:assert/strict'
import {
  bytes,
  count,
  duration,
  plural,
  rate,
  shortCount,
  signedCount,
  signedRate,
} from '../../src/lag/format.ts'

/** Non-breaking spaces are written as `_`. */
const shown = (text: string) => text.replaceAll('\u00a0', '_')

function check<T>(name: string, format: (value: T) => string, rows: readonly [T, string][]): void {
  describe(name, () => {
    for (const [value, expected] of rows)
      it(`${String(value)} → ${expected}`, () => assert.equal(shown(format(value)), expected))
  })
}

check<bigint | number | undefined>('count', count, [
  [undefined, '–'],
  [0, '0'],
  [999, '999'],
  [1204, '1,204'],
  [-12, '−12'],
  [-1234.4, '−1,234'],
  [9007199254740993n, '9,007,199,254,740,993'],
])
check<number>('signedCount', signedCount, [
  [496, '+496'],
  [0, '0'],
  [-3, '−3'],
])
check<number | bigint>('shortCount', shortCount, [
  [0, '0'],
  [310, '310'],
  [1000, '1k'],
  [4242, '4.2k'],
  [-4242, '−4.2k'],
  [999_949, '999.9k'],
  [999_950, '1M'],
  [1_250_000n, '1.25M'],
  [3_000_000_000n, '3G'],
])
check<number | undefined>('rate', rate, [
  [undefined, '–'],
  [0, '0/s'],
  [0.001, '0/s'],
  [0.3, '<1/s'],
  [1.6, '2/s'],
  [1980.2, '1,980/s'],
])
check<number>('signedRate', signedRate, [
  [496.2, '+496/s'],
  [-0.2, '0/s'],
  [-12, '−12/s'],
])
check<number>('duration', duration, [
  [0, '0_s'],
  [-5, '0_s'],
  [400, '<1_s'],
  [1000, '1_s'],
  [59_999, '59_s'],
  [60_000, '1_min'],
  [222_000, '3_min 42_s'],
  [124_000, '2_min 04_s'],
  [599_000, '9_min 59_s'],
  [600_000, '10_min'],
  [2_471_000, '41_min'],
  [7_800_000, '2_h 10_min'],
  [7_500_000, '2_h 05_min'],
  [86_400_000, '1_d 0_h'],
  [273_600_000, '3_d 4_h'],
])
check<number | bigint>('bytes', bytes, [
  [0, '0_B'],
  [1023, '1023_B'],
  [1024, '1.0_KiB'],
  [1_572_864, '1.5_MiB'],
  [5n * 1024n ** 4n, '5.0_TiB'],
  [5n * 1024n ** 5n, '5120.0_TiB'],
])
check<number>('plural', n => plural(n, 'partition'), [
  [0, '0 partitions'],
  [1, '1 partition'],
  [1200, '1,200 partitions'],
])
