import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { decode, pagesOf } from './decoded.ts'
import { batch, CONTROL, LOG_APPEND_TIME, marker, TRANSACTIONAL } from './write.ts'

const golden = (name: string) => readFileSync(new URL(`golden/${name}.bin`, import.meta.url))

/** What the console producer was given: the first lines have odd keys, values and headers. */
const javaRecords = [
  [[['trace', 'a1']], 'order-1', '{"id":1,"amount":12.5}'],
  [
    [
      ['trace', 'a2'],
      ['trace', 'a3'],
    ],
    'order-2',
    null,
  ],
  [[['h', '']], null, 'no key here'],
  [[['n', '1']], 'order-3', '{"id":3,"note":"äöü €😀"}'],
  ...Array.from({ length: 40 }, (_, index) => [
    [['i', `${index + 1}`]],
    `key-${(index + 1) % 5}`,
    `{"id":${index + 1},"name":"somebody somewhere","city":"Aaaaaaaaaaaaaaaaaaaa"}`,
  ]),
]

const kcatRecords = Array.from({ length: 40 }, (_, index) => [
  [
    ['a', '1'],
    ['b', '2'],
  ],
  `key-${index + 1}`,
  `{"id":${index + 1},"name":"somebody somewhere","city":"Aaaaaaaaaaaaaaaaaaaa"}`,
])

describe('batches that other clients wrote', () => {
  for (const [client, expected] of [
    ['java', javaRecords],
    ['kcat', kcatRecords],
  ] as const) {
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
      it(`${client}, ${codec}`, () => {
        const { records, errors, nextOffset } = decode(golden(`${client}-${codec}`))
        assert.deepEqual(
          records.map(({ headers, key, value }) => [headers, key, value]),
          expected,
        )
        assert.deepEqual(
          records.map(record => record.offset),
          expected.map((_, index) => BigInt(index)),
        )
        assert.ok(records.every(record => record.timestamp > 1_700_000_000_000))
        assert.deepEqual(errors, [])
        assert.equal(nextOffset, BigInt(expected.length))
      })
    }
  }
})

const values = (bytes: Buffer, options?: Parameters<typeof decode>[1]) =>
  decode(bytes, options).records.map(record => record.value)

const three = batch({
  baseOffset: 100n,
  firstTimestamp: 1_000n,
  maxTimestamp: 9_000n,
  records: [
    { offsetDelta: 0, value: 'a', timestampDelta: 0 },
    { offsetDelta: 3, value: 'b', timestampDelta: 5_000_000_000_000 },
    { offsetDelta: 7, value: null, key: '', timestampDelta: -2_000 },
  ],
})

describe('the batch reader', () => {
  it('reads offsets with gaps, times far apart and backwards, nulls and empty keys', () => {
    const { records, nextOffset } = decode(three)
    assert.deepEqual(
      records.map(({ offset, timestamp, key, value }) => [offset, timestamp, key, value]),
      [
        [100n, 1_000, null, 'a'],
        [103n, 5_000_000_001_000, null, 'b'],
        [107n, -1_000, '', null],
      ],
    )
    assert.equal(nextOffset, 108n)
  })

  it('gives the append time to every record of a LogAppendTime batch', () => {
    const bytes = batch({
      baseOffset: 0n,
      attributes: LOG_APPEND_TIME,
      firstTimestamp: 5n,
      maxTimestamp: 77n,
      records: [
        { offsetDelta: 0, timestampDelta: 1 },
        { offsetDelta: 1, timestampDelta: 2 },
      ],
    })
    assert.deepEqual(
      decode(bytes).records.map(record => record.timestamp),
      [77, 77],
    )
  })

  it('keeps headers in order, with duplicates, nulls and empty names', () => {
    const headers = [
      ['b', '1'],
      ['a', null],
      ['b', ''],
      ['', 'x'],
    ] as const
    const bytes = batch({ baseOffset: 0n, records: [{ offsetDelta: 0, headers }] })
    assert.deepEqual(decode(bytes).records[0]?.headers, headers)
  })

  for (const [from, to, expected] of [
    [100n, 108n, ['a', 'b', null]],
    [101n, 108n, ['b', null]],
    [103n, 107n, ['b']],
    [104n, 107n, []],
    [0n, 103n, ['a']],
    [107n, 500n, [null]],
    [108n, 500n, []],
    [0n, 100n, []],
  ] as const) {
    it(`cuts a batch to the offsets from ${from} to ${to}`, () => {
      assert.deepEqual(values(three, { from, to }), expected)
    })
  }

  it('does not decompress a batch that lies outside the wanted offsets', () => {
    const broken = batch({
      baseOffset: 0n,
      attributes: 1,
      records: [{ offsetDelta: 9 }],
      compress: () => Buffer.from('not gzip'),
    })
    assert.deepEqual(decode(broken, { from: 10n }).errors, [])
    assert.deepEqual(decode(broken, { from: 9n }).errors.length, 1)
  })

  it('passes empty batches, which compaction leaves behind', () => {
    const empty = batch({ baseOffset: 10n, lastOffsetDelta: 89, records: [] })
    assert.deepEqual(decode(empty), { records: [], errors: [], nextOffset: 100n })
  })

  it('passes control batches', () => {
    const { records, nextOffset } = decode(Buffer.concat([three, marker(108n, 7n, 1)]))
    assert.equal(records.length, 3)
    assert.equal(nextOffset, 109n)
  })

  it('takes a part of a batch at the end for what it is', () => {
    const bytes = Buffer.concat([three, three.subarray(0, three.length - 1)])
    const { records, errors, nextOffset } = decode(bytes)
    assert.equal(records.length, 3)
    assert.deepEqual(errors, [])
    assert.equal(nextOffset, 108n)
    assert.equal(decode(three.subarray(0, 70)).nextOffset, undefined)
  })

  it('closes a page behind the batch that fills it', () => {
    const log = Buffer.concat(
      [600_000, 600_000, 10, 2_000_000, 10].map((size, index) =>
        batch({
          baseOffset: BigInt(index),
          records: [{ offsetDelta: 0, value: 'x'.repeat(size) }],
        }),
      ),
    )
    assert.deepEqual(
      pagesOf(log).map(page => [...page.offsets]),
      [[0n, 1n], [2n, 3n], [4n]],
    )
  })
})

describe('aborted transactions', () => {
  const data = (
    baseOffset: bigint,
    producerId: bigint,
    value: string,
    attributes = TRANSACTIONAL,
  ) => batch({ baseOffset, producerId, attributes, records: [{ offsetDelta: 0, value }] })

  /** Producer 1 aborts, 2 commits, 1 then commits; 3 is aborted twice; a plain record has key 0. */
  const log = Buffer.concat([
    data(0n, 1n, 'aborted 1'),
    data(1n, 2n, 'kept 2'),
    batch({ baseOffset: 2n, records: [{ offsetDelta: 0, key: '\0\0\0\0', value: 'plain' }] }),
    data(3n, 3n, 'aborted 3'),
    marker(4n, 1n, 0),
    data(5n, 1n, 'kept 1'),
    marker(6n, 2n, 1),
    marker(7n, 3n, 0),
    data(8n, 3n, 'aborted 3 again'),
    data(9n, 1n, 'idempotent only', 0),
    marker(10n, 3n, 0),
    marker(11n, 1n, 1),
  ])
  const aborted = [
    { producerId: 3n, firstOffset: 8n },
    { producerId: 1n, firstOffset: 0n },
    { producerId: 3n, firstOffset: 3n },
  ]

  it('are left out in read_committed, whatever the order of the list', () => {
    const kept = ['kept 2', 'plain', 'kept 1', 'idempotent only']
    assert.deepEqual(values(log, { aborted }), kept)
    assert.deepEqual(values(log, { aborted: [...aborted].reverse() }), kept)
  })

  it('are shown in read_uncommitted', () => {
    assert.equal(values(log).length, 7)
  })

  it('stay aborted where the marker is not in this response', () => {
    const part = Buffer.concat([data(0n, 1n, 'a'), data(1n, 1n, 'b')])
    assert.deepEqual(values(part, { aborted: [{ producerId: 1n, firstOffset: 0n }] }), [])
  })

  it('end at an abort marker only, not at a commit marker', () => {
    const bytes = Buffer.concat([data(0n, 1n, 'a'), marker(1n, 1n, 1), data(2n, 1n, 'b')])
    assert.deepEqual(values(bytes, { aborted: [{ producerId: 1n, firstOffset: 0n }] }), [])
  })
})

describe('corrupt batches', () => {
  const good = (baseOffset: bigint) =>
    batch({ baseOffset, records: [{ offsetDelta: 0, value: `good ${baseOffset}` }] })

  const change = (bytes: Buffer, edit: (copy: Buffer) => void) => {
    const copy = Buffer.from(bytes)
    edit(copy)
    return copy
  }

  const bombs = gzipSync(Buffer.alloc(200 * 1024 * 1024))
  const cases: [name: string, bytes: Buffer, offset: bigint, message: RegExp][] = [
    [
      'gzip that is none',
      batch({
        baseOffset: 1n,
        attributes: 1,
        records: [{ offsetDelta: 4 }],
        compress: () => Buffer.from('rubbish'),
      }),
      1n,
      /^The gzip data is corrupt\. Up to offset 5, the batch's 1 records cannot be read\. Its checksum is wrong: it was damaged after it was written\.$/,
    ],
    [
      'a gzip bomb',
      batch({
        baseOffset: 1n,
        attributes: 1,
        records: [{ offsetDelta: 4 }],
        compress: () => bombs,
      }),
      1n,
      /^The gzip data is larger than 128 MiB when decompressed\./,
    ],
    [
      'a codec of the future',
      batch({ baseOffset: 1n, attributes: 6, records: [{ offsetDelta: 4 }] }),
      1n,
      /^Compression codec 6 is not known\./,
    ],
    [
      'more records than bytes',
      batch({ baseOffset: 1n, count: 2_000_000_000, records: [{ offsetDelta: 4 }] }),
      1n,
      /^The batch holds fewer records than it says\./,
    ],
    [
      'a record longer than its batch',
      change(batch({ baseOffset: 1n, records: [{ offsetDelta: 4, value: 'abc' }] }), copy => {
        copy[61] = 126
      }),
      1n,
      /^One record of this batch cannot be read/,
    ],
    [
      'a value longer than its record',
      change(batch({ baseOffset: 1n, records: [{ offsetDelta: 4, value: 'abc' }] }), copy => {
        copy[66] = 100
      }),
      1n,
      /^One record of this batch cannot be read/,
    ],
    [
      'more headers than there are',
      change(batch({ baseOffset: 1n, records: [{ offsetDelta: 4, value: 'abc' }] }), copy => {
        copy[70] = 100
      }),
      1n,
      /^One record of this batch cannot be read/,
    ],
    [
      'offsets that do not grow',
      batch({ baseOffset: 1n, records: [{ offsetDelta: 4 }] }).fill(1, 64, 65),
      1n,
      /^One record of this batch cannot be read/,
    ],
    [
      'an unknown format',
      change(good(1n), copy => {
        copy[16] = 9
      }),
      1n,
      /^A batch cannot be read: its head is corrupt\.$/,
    ],
    [
      'a negative offset',
      change(good(1n), copy => {
        copy[0] = 255
      }),
      1n,
      /its head is corrupt/,
    ],
    [
      'an offset beyond the log',
      change(good(1n), copy => {
        copy[1] = 0x10
      }),
      1n,
      /its head is corrupt/,
    ],
    [
      'a negative count of offsets',
      change(good(1n), copy => {
        copy.writeInt32BE(-5, 23)
      }),
      1n,
      /its head is corrupt/,
    ],
  ]
  for (const [name, bytes, offset, message] of cases) {
    it(`${name}: an error at its offset, and the others are read`, () => {
      const { records, errors } = decode(Buffer.concat([good(0n), bytes, good(10n)]))
      assert.deepEqual(
        records.map(record => record.value),
        ['good 0', 'good 10'],
      )
      assert.equal(errors.length, 1)
      assert.equal(errors[0]?.offset, offset)
      assert.match(errors[0].message, message)
    })
  }

  it('keeps the records before the broken one', () => {
    const bytes = batch({
      baseOffset: 5n,
      count: 3,
      records: [
        { offsetDelta: 0, value: 'first' },
        { offsetDelta: 1, value: 'second' },
      ],
    })
    const { records, errors } = decode(bytes)
    assert.deepEqual(
      records.map(record => record.value),
      ['first', 'second'],
    )
    assert.deepEqual(errors, [
      {
        offset: 7n,
        message:
          'One record of this batch cannot be read: the batch is corrupt. Its checksum is wrong: it was damaged after it was written.',
      },
    ])
  })

  it('moves on behind a head without a usable length', () => {
    const bytes = change(good(0n), copy => {
      copy.writeInt32BE(-1, 8)
    })
    const { records, errors, nextOffset } = decode(bytes, { from: 41n })
    assert.deepEqual(records, [])
    assert.equal(errors[0]?.offset, 41n)
    assert.equal(nextOffset, 42n)
  })

  it('does not take the key of a control batch from beyond its end', () => {
    const bytes = batch({
      baseOffset: 0n,
      attributes: TRANSACTIONAL | CONTROL,
      producerId: 1n,
      records: [],
      count: 1,
    })
    assert.deepEqual(decode(bytes, { aborted: [] }).errors, [])
  })
})
