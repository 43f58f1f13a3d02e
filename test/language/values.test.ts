import assert from 'node:assert/strict'
import type { Positions } from '../../src/kafka/reading.ts'
import { parseDuration } from '../../src/language/values/durations.ts'
import { parseFormat } from '../../src/language/values/formats.ts'
import { parseHeader, parseHeaders } from '../../src/language/values/headers.ts'
import type { Outcome } from '../../src/language/values/outcome.ts'
import { firstBeyond, parsePartitions, partitionsIn } from '../../src/language/values/partitions.ts'
import {
  parsePositions,
  resolvePositions,
  type TimeContext,
} from '../../src/language/values/positions.ts'

function valueOr<T>(outcome: Outcome<T>): T | string {
  return outcome.ok ? outcome.value : outcome.message
}

/** A machine two hours east of Greenwich, at noon UTC. */
const HOUR = 3_600_000
const NOW = Date.UTC(2026, 10, 21, 12)
const context: TimeContext = {
  now: NOW,
  toLocalEpoch: (year, month, day, hour, minute, second, millisecond) =>
    Date.UTC(year, month - 1, day, hour - 2, minute, second, millisecond),
}

describe('durations', () => {
  const unknown = 'is not a duration. Use 250ms, 3s, 1m30s, 2h or 7d.'
  const cases: [text: string, result: number | string][] = [
    ['250ms', 250],
    ['3s', 3000],
    ['1m30s', 90_000],
    ['2h', 2 * HOUR],
    ['7d', 168 * HOUR],
    ['999h', 999 * HOUR],
    ['100', '"100" needs a unit: 100ms, 100s, 100m.'],
    ['0s', '"0s" would never pause.'],
    ['0ms0h', '"0ms0h" would never pause.'],
    ['1.5s', `"1.5s" ${unknown}`],
    ['3 s', `"3 s" ${unknown}`],
    ['3S', `"3S" ${unknown}`],
    ['-3s', `"-3s" ${unknown}`],
    ['99999999999h', '"99999999999h" is longer than a hundred years.'],
  ]
  for (const [text, result] of cases) {
    it(text, () => {
      assert.equal(valueOr(parseDuration(text)), result)
    })
  }
})

describe('positions', () => {
  const time = (timestamp: number) => ({ kind: 'time', timestamp })
  const cases: [text: string, all: object][] = [
    ['earliest', { kind: 'earliest' }],
    ['latest', { kind: 'latest' }],
    ['committed', { kind: 'committed', group: 'g' }],
    ['0', { kind: 'offset', offset: 0n }],
    ['9223372036854775807', { kind: 'offset', offset: 9223372036854775807n }],
    ['0x10', { kind: 'offset', offset: 16n }],
    ['+5', { kind: 'offset', offset: 5n }],
    ['-0', { kind: 'offset', offset: 0n }],
    ['-20', { kind: 'tail', count: 20 }],
    ['tail(20)', { kind: 'tail', count: 20 }],
    ['tail( 5 )', { kind: 'tail', count: 5 }],
    ['epoch(1760000000000)', time(1760000000000)],
    ['now', time(NOW)],
    ['now-2h', time(NOW - 2 * HOUR)],
    ['now - 1d12h', time(NOW - 36 * HOUR)],
    ['now+15m', time(NOW + HOUR / 4)],
    ['2024', { kind: 'offset', offset: 2024n }],
    ['2026-01-31', time(Date.UTC(2026, 0, 30, 22))],
    ['2026-01-31T10:00', time(Date.UTC(2026, 0, 31, 8))],
    ['2026-01-31 10:00:05.25', time(Date.UTC(2026, 0, 31, 8, 0, 5, 250))],
    ['2026-01-31T10:00Z', time(Date.UTC(2026, 0, 31, 10))],
    ['2026-01-31T10:00:00,5+01:00', time(Date.UTC(2026, 0, 31, 9, 0, 0, 500))],
    ['2026-01-31T10:00-0530', time(Date.UTC(2026, 0, 31, 15, 30))],
    ['2028-02-29', time(Date.UTC(2028, 1, 28, 22))],
  ]
  for (const [text, all] of cases) {
    it(text, () => {
      const positions = parsePositions(text)
      assert.ok(positions.ok)
      const resolved: Positions = resolvePositions(
        positions.value,
        context,
        { kind: 'earliest' },
        'g',
      )
      assert.deepEqual(resolved, { all })
    })
  }

  it('a position for each partition, and one for the others', () => {
    const positions = parsePositions('0:1500, 1:-20,2: 2026-01-31T10:00Z ,*:latest')
    assert.ok(positions.ok)
    const resolved = resolvePositions(positions.value, context, { kind: 'earliest' })
    assert.deepEqual(resolved, {
      all: { kind: 'latest' },
      byPartition: new Map<number, object>([
        [0, { kind: 'offset', offset: 1500n }],
        [1, { kind: 'tail', count: 20 }],
        [2, time(Date.UTC(2026, 0, 31, 10))],
      ]),
    })
    const some = parsePositions('3:earliest')
    assert.ok(some.ok)
    assert.deepEqual(resolvePositions(some.value, context, { kind: 'latest' }).all, {
      kind: 'latest',
    })
  })

  for (const text of [
    '10abc',
    '1e3',
    '9223372036854775808',
    'Earliest',
    'tail()',
    'tail(-1)',
    'now-2',
    'now-h',
    '2026-02-30',
    '2026-13-01',
    '2026-01-31T25:00',
    '1960-01-01',
    '2026-01-31T10:00+15:00',
    '0:1500,1',
    '0:,1:2',
    '9999999999:1',
    'x'.repeat(1000),
  ]) {
    it(`${text.slice(0, 30)} is none`, () => {
      const outcome = parsePositions(text)
      assert.match(outcome.ok ? 'one' : outcome.message, /^"[^"]*" is not a start position\. Use/)
    })
  }
})

describe('partitions', () => {
  const cases: [text: string, result: readonly (readonly [number, number])[] | string][] = [
    ['0', [[0, 0]]],
    [
      '10,2,1',
      [
        [1, 2],
        [10, 10],
      ],
    ],
    [
      '0-3,7',
      [
        [0, 3],
        [7, 7],
      ],
    ],
    ['3-5,0-4,5', [[0, 5]]],
    ['1 2', [[12, 12]]],
    ['0-2-5', [[0, 5]]],
    ['0,', [[0, 0]]],
    ['0-2147483647', [[0, 2_147_483_647]]],
    ['-2', '"-2" is not a range of partitions. Use 0, 0-3 or 0-3,7.'],
    ['2-', '"2-" is not a range of partitions. Use 0, 0-3 or 0-3,7.'],
    ['2-0', '"2-0" is not a range of partitions. Use 0, 0-3 or 0-3,7.'],
    ['2147483648', '"2147483648" is not a range of partitions. Use 0, 0-3 or 0-3,7.'],
    [',', '"," names no partition. Use 0, 0-3 or 0-3,7.'],
    ['0\t1', 'Unexpected tab in a list of partitions. Use 0, 0-3 or 0-3,7.'],
    ['a', 'Unexpected character "a" in a list of partitions. Use 0, 0-3 or 0-3,7.'],
  ]
  for (const [text, result] of cases) {
    it(JSON.stringify(text), () => {
      const outcome = parsePartitions(text)
      const ranges = outcome.ok ? outcome.value.map(({ from, to }) => [from, to]) : outcome.message
      assert.deepEqual(ranges, result)
    })
  }

  it('are taken from what the topic has', () => {
    const ranges = [
      { from: 0, to: 1 },
      { from: 4, to: 2_000_000_000 },
    ]
    assert.deepEqual(partitionsIn(ranges, 6), [0, 1, 4, 5])
    assert.equal(firstBeyond(ranges, 6), 6)
    assert.equal(firstBeyond(ranges, 3), 4)
    assert.equal(firstBeyond([{ from: 0, to: 5 }], 6), undefined)
  })
})

describe('headers', () => {
  const plain = (text: string) =>
    parseHeaders(text).map(({ name, value }) => [name.text, value?.text ?? null])

  it('on one line lose what level 1 loses', () => {
    assert.deepEqual(plain('a, b=c'), [['b', 'c']])
    assert.deepEqual(plain('x=y=z'), [['x', 'y']])
    assert.deepEqual(plain('=q'), [['', 'q']])
    assert.deepEqual(plain('a=1, a=2'), [['a', '2']])
    assert.deepEqual(plain('n={{number.int({"min":1,"max":2})}}'), [['n', '{{number.int({"min":1']])
    assert.deepEqual(plain('{"a":"b"}'), [])
    assert.deepEqual(plain('a='), [['a', '']])
  })

  const lines: [text: string, name: string, value: string | null][] = [
    ['a = b, c = d', 'a', 'b, c = d'],
    ['a =', 'a', ''],
    ['a = null', 'a', null],
    ['a = "null"', 'a', '"null"'],
    ['a={{x}}', 'a', '{{x}}'],
  ]
  for (const [text, name, value] of lines) {
    it(`on a line of its own: ${text}`, () => {
      const header = parseHeader(text)
      assert.deepEqual([header?.name.text, header?.value?.text ?? null], [name, value])
    })
  }
})

describe('names of formats', () => {
  const cases: [text: string, use: 'sending' | 'reading', result: string][] = [
    ['string', 'sending', 'string()'],
    ['string(base64)', 'sending', 'string(base64)'],
    ['string ( UTF-8 , x', 'reading', 'string(UTF-8,x)'],
    ['double(1)', 'sending', 'double(1)'],
    ['protobuf(a.B)', 'sending', 'protobuf(a.B)'],
    ['protobuf', 'reading', 'protobuf()'],
    ['avro', 'sending', 'avro()'],
    [
      'protobuf',
      'sending',
      'K202 The format "protobuf" needs the name of its message: protobuf(package.Message).',
    ],
    ['String', 'sending', 'K201 Unknown format "String". Did you mean "string"?'],
    ['int', 'sending', 'K201 Unknown format "int". Did you mean "integer"?'],
    ['none', 'sending', 'K201 The format "none" is for reading only.'],
    ['null', 'reading', 'K201 The format "null" is for sending only.'],
    [
      'bytes',
      'reading',
      'K202 The format "bytes" needs its notation: bytes(base64) or bytes(hex).',
    ],
    ['xml', 'sending', 'K201 Unknown format "xml".'],
  ]
  for (const [text, use, result] of cases) {
    it(`${text}, ${use}`, () => {
      const format = parseFormat(text, use)
      const shown = format.ok
        ? `${format.value.name}(${format.value.parameters.join()})`
        : `${format.code ?? ''} ${format.message}`
      assert.equal(shown, result)
    })
  }
})
