import assert from 'node:assert/strict'
import fc from 'fast-check'
import { ProblemError } from '../../../src/base/problem.ts'
import type { RecordFilter } from '../../../src/kafka/filter.ts'
import { AUTO } from '../../../src/kafka/format.ts'
import type { RecordPage } from '../../../src/kafka/page.ts'
import { compileFilter } from '../../../src/reading/filtering/filter.ts'
import { buffersOf } from '../../../src/reading/messages.ts'
import { recordsOf } from '../decoded.ts'
import { offsetsOf, pageOf, type PlainRecord } from './pages.ts'

const formats = { key: AUTO, value: AUTO }

function found(page: RecordPage, filter: Omit<RecordFilter, 'formats'>): number[] {
  return offsetsOf(compileFilter({ formats, ...filter }).apply(page))
}

const ORDERS = pageOf([
  {
    key: 'o-1',
    value: '{"status":"FAILED","total":120.5,"tags":["a"]}',
    headers: [['tenant', 'acme']],
  },
  { key: 'o-2', value: '{"status":"OK","total":99}', headers: [['tenant', null]] },
  { key: null, value: null },
  { key: 'o-3', value: 'plain Text, status FAILED' },
  {
    key: '42',
    value: '{"status":"F\\u0041ILED","total":7}',
    headers: [
      ['x', '1'],
      ['x', 'é'],
    ],
  },
  { key: '', value: '' },
])

describe('A filter over a page', () => {
  const texts: readonly (readonly [
    text: string,
    ignoreCase: boolean,
    offsets: readonly number[],
  ])[] = [
    ['FAILED', false, [0, 3]],
    ['failed', false, []],
    ['failed', true, [0, 3]],
    ['o-', false, [0, 1, 3]],
    ['TENANT', true, [0, 1]],
    ['acme', false, [0]],
    ['é', true, [4]],
    ['É', true, []],
    ['plain text,', true, [3]],
    ['a', true, [0, 1, 3, 4]],
    ['{', false, [0, 1, 4]],
    // Never across the border of two parts.
    ['o-1{', true, []],
    ['tenantacme', true, []],
    ['120.5', true, [0]],
    ['not there', true, []],
  ]
  for (const [text, ignoreCase, offsets] of texts) {
    it(`finds ${JSON.stringify(text)}${ignoreCase ? ', whatever the case' : ''}`, () => {
      assert.deepEqual(found(ORDERS, { text: { text, ignoreCase } }), offsets)
    })
  }

  const expressions: readonly (readonly [
    expression: string,
    offsets: readonly number[],
    failures?: number,
  ])[] = [
    ['value.status == "FAILED"', [0, 4]],
    ['value.total >= 100', [0], 3],
    ['key == "o-2"', [1]],
    ['key == 42', [4]],
    ['key == null', [2]],
    ['value == null', [2]],
    ['value == ""', [5]],
    ['headers["tenant"] == null', [1], 4],
    ['headers.x == "é"', [4], 5],
    ['offset >= 4', [4, 5]],
    ['size == 0', [2, 5]],
    ['topic == "t" && partition == 0', [0, 1, 2, 3, 4, 5]],
    ['"a" in value.tags', [0]],
    ['value.startsWith("plain")', [3], 4],
  ]
  for (const [expression, offsets, failures] of expressions) {
    it(expression, () => {
      const filter = compileFilter({ formats, expressions: [expression] })
      assert.deepEqual(offsetsOf(filter.apply(ORDERS)), offsets)
      if (failures !== undefined) assert.equal(filter.failures.count, failures)
    })
  }

  it('wants all that is given', () => {
    const text = { text: 'status', ignoreCase: true }
    assert.deepEqual(
      found(ORDERS, { text, expressions: ['value.status == "FAILED"', 'value.total > 100'] }),
      [0],
    )
  })

  it('counts what cannot be evaluated over all pages, and keeps the first reason', () => {
    const filter = compileFilter({ formats, expressions: ['value.total >= 100'] })
    filter.apply(ORDERS)
    filter.apply(ORDERS)
    assert.deepEqual(filter.failures, { count: 6, first: 'There is no "total".' })
  })

  it('says what bytes are not what the format says', () => {
    const filter = compileFilter({
      formats: { key: { name: 'long', parameters: [] }, value: AUTO },
      expressions: ['key == 1'],
    })
    assert.deepEqual(
      offsetsOf(filter.apply(pageOf([{ key: '\0\0\0\0\0\0\0\u0001' }, { key: 'x' }]))),
      [0],
    )
    assert.equal(filter.failures.count, 1)
    assert.match(filter.failures.first ?? '', /1 byte instead of 8/)
  })

  it('refuses an expression with its place', () => {
    assert.throws(
      () => compileFilter({ formats, expressions: ['value.x = 1'] }),
      (error: unknown) =>
        error instanceof ProblemError &&
        error.problem.message === 'The filter "value.x = 1" cannot be used: Compare with "==".' &&
        error.problem.detail === 'value.x = 1\n        ^',
    )
  })

  it('keeps errors and notes, and of the bytes nothing where nothing matches', () => {
    const errors = [{ offset: 9n, message: 'corrupt' }]
    const page = { ...ORDERS, errors, notes: [] }
    const filtered = compileFilter({ formats, text: { text: 'zzz', ignoreCase: false } }).apply(
      page,
    )
    assert.equal(filtered.count, 0)
    assert.equal(filtered.bytes.length, 0)
    assert.deepEqual(filtered.errors, errors)
    assert.deepEqual(filtered.notes, [])
  })

  it('filters records of old formats, which have no headers', () => {
    const { headerStarts } = ORDERS
    const old = { ...ORDERS, headerStarts: new Int32Array(headerStarts.length).fill(-1) }
    assert.deepEqual(found(old, { text: { text: 'acme', ignoreCase: false } }), [])
    const filtered = compileFilter({ formats, expressions: ['key == "o-3"'] }).apply(old)
    assert.deepEqual(
      recordsOf(filtered).map(({ value, headers }) => [value, headers]),
      [['plain Text, status FAILED', []]],
    )
    assert.ok(filtered.bytes.length < 40)
  })

  it('copies the bytes of few, keeps the block of many, and gives whole pages back', () => {
    const big = pageOf(
      Array.from({ length: 100 }, (_, i) => ({
        key: `k-${i}`,
        value: `${'x'.repeat(100)}${i % 10}`,
      })),
    )
    const few = compileFilter({ formats, text: { text: 'x7', ignoreCase: false } }).apply(big)
    assert.equal(few.count, 10)
    assert.ok(few.bytes.length < big.bytes.length / 5)
    assert.equal(buffersOf([few]).length, 2)
    const many = compileFilter({ formats, expressions: ['offset != 3'] }).apply(big)
    assert.equal(many.count, 99)
    assert.equal(many.bytes, big.bytes)
    const all = compileFilter({ formats, expressions: ['offset >= 0'] }).apply(big)
    assert.equal(all.offsets, big.offsets)
  })

  it('knows the time of the record before each, also of one that it left out', () => {
    const page = pageOf(
      [50, 40, 60, 30].map((timestampDelta, at) => ({ value: `${at}`, timestampDelta })),
    )
    const filter = compileFilter({ formats, expressions: ['value in [1, 3]'] })
    const timesOf = (times?: Float64Array) =>
      Array.from(times ?? [], time => (time < 0 ? undefined : time - (page.timestamps[0] ?? 0)))
    assert.deepEqual(timesOf(filter.apply(page).timesBefore), [0, 10])
    const some = compileFilter({ formats, expressions: ['value != 1'] })
    assert.deepEqual(timesOf(some.apply(page).timesBefore), [undefined, -10, 10])
    assert.deepEqual(timesOf(some.apply(page).timesBefore), [-20, -10, 10])
    assert.deepEqual(timesOf(some.apply({ ...page, partition: 5 }).timesBefore), [
      undefined,
      -10,
      10,
    ])
  })
})

const anyText = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'é', '"', '\\', '{', '\n', '7') })
const anyStatus = fc.constantFrom('FAILED', 'OK', 'a"b', 'Ünïcode', 'back\\slash', '')
const anyJson = fc
  .record({
    s: fc.oneof(anyStatus, fc.constant(null), fc.integer()),
    t: fc.array(anyStatus),
    other: anyText,
  })
  .map(value => JSON.stringify(value))
/** The same JSON with characters written as escapes. */
const escapedJson = anyJson.map(text =>
  text.replace(/[FOÜ]/g, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`),
)
const anyValue = fc.oneof(anyJson, escapedJson, anyText, fc.constant(null))
const anyRecord: fc.Arbitrary<PlainRecord> = fc.record({
  key: fc.oneof(anyText, fc.constant(null)),
  value: anyValue,
  headers: fc.array(fc.tuple(anyText, fc.oneof(anyText, fc.constant(null))), { maxLength: 3 }),
})
const anyPage = fc
  .array(anyRecord, { minLength: 1, maxLength: 12 })
  .map(records => ({ records, page: pageOf(records) }))

const literal = (text: string) => JSON.stringify(text)
const anyTest = anyStatus.chain(text =>
  fc.constantFrom(
    `value.s == ${literal(text)}`,
    `${literal(text)} == value.s`,
    `value.s in [${literal(text)}, "OK"]`,
    `value.s.startsWith(${literal(text.slice(0, 2))})`,
    `value.s.contains(${literal(text.slice(1))})`,
    `${literal(text)} in value.t`,
    `value.t[0] == ${literal(text)}`,
    `value.t.exists(x, x == ${literal(text)})`,
    `value.t.exists_one(x, x.endsWith(${literal(text)}))`,
    `value.t.all(x, x == ${literal(text)})`,
    `value.s != ${literal(text)}`,
    `!(value.s == ${literal(text)})`,
    `has(value.s)`,
    `value == ${literal(text)}`,
    `key == ${literal(text)}`,
  ),
)
const anyExpression = fc
  .tuple(anyTest, fc.constantFrom('&&', '||'), anyTest)
  .map(([left, operator, right]) => `${left} ${operator} ${right}`)

describe('Properties of filtering', () => {
  it('searching bytes first never changes what matches', () => {
    fc.assert(
      fc.property(anyPage, fc.oneof(anyTest, anyExpression), ({ page }, expression) => {
        const filter = { formats, expressions: [expression] }
        const quick = compileFilter(filter).apply(page)
        const slow = compileFilter(filter, { searchFirst: false }).apply(page)
        assert.deepEqual(offsetsOf(quick), offsetsOf(slow), expression)
      }),
      { numRuns: 400 },
    )
  })

  it('a text is found exactly where a part of the record holds it', () => {
    fc.assert(
      fc.property(
        anyPage,
        fc.string({
          unit: fc.constantFrom('a', 'A', 'B', 'é', '"', '7'),
          minLength: 1,
          maxLength: 3,
        }),
        fc.boolean(),
        ({ page, records }, text, ignoreCase) => {
          const fold = (part: string) =>
            ignoreCase ? part.replace(/[A-Z]/g, letter => letter.toLowerCase()) : part
          const parts = ({ key, value, headers = [] }: PlainRecord) => [
            key,
            value,
            ...headers.flat(),
          ]
          const expected = records.flatMap((record, index) =>
            parts(record).some(part => fold(part ?? '').includes(fold(text))) ? [index] : [],
          )
          assert.deepEqual(found(page, { text: { text, ignoreCase } }), expected)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('what is left of a page reads as it did before', () => {
    fc.assert(
      fc.property(anyPage, fc.integer({ min: 1, max: 5 }), ({ page }, divisor) => {
        const before = recordsOf(page)
        const filtered = compileFilter({
          formats,
          expressions: [`offset % ${divisor} == 0`],
        }).apply(page)
        assert.deepEqual(recordsOf(page), before)
        assert.deepEqual(
          recordsOf(filtered),
          before.filter(({ offset }) => Number(offset) % divisor === 0),
        )
      }),
    )
  })
})
