import assert from 'node:assert/strict'
import { producerPlan } from '../../src/run/producerPlan.ts'
import type { ProduceEvent } from '../../src/run/events.ts'
import { produce } from '../../src/run/producing.ts'
import { recordMaker } from '../../src/run/recordMaker.ts'
import { recordSource, type RecordSource } from '../../src/run/records/source.ts'
import { blockIn, collect, fakeClock, fakeCluster, fakeSources } from './fixtures.ts'

const text = (bytes: Uint8Array | null | undefined) =>
  bytes ? new TextDecoder().decode(bytes) : bytes

/** What a block sends: its records, or the problem that keeps it from being sent. */
async function sent(written: string, count = 1, sources = fakeSources()) {
  const { file, block } = blockIn(written)
  const planned = producerPlan(file, block)
  if ('problem' in planned) return planned.problem.message
  const maker = await recordMaker(file, planned.plan, sources)
  if ('problem' in maker) return maker.problem.message
  const fake = fakeCluster()
  const context = {
    cluster: fake.cluster,
    clock: fakeClock(),
    signal: new AbortController().signal,
  }
  const source = recordSource(planned.plan, maker.make, {
    times: count,
    evaluateRow: maker.evaluateRow,
    stream: path => assert.fail(`no file ${path}`),
  })
  const events = await collect(produce(planned.plan, source, context))
  const last = events.at(-1)
  if (last?.kind === 'ended' && last.reason === 'refused') {
    assert.equal(fake.produced.length, 0, 'nothing is sent')
    return last.problem?.message
  }
  return fake.produced
}

/** The problem that keeps a block from being sent. */
async function refusal(source: string, sources = fakeSources()): Promise<string> {
  const result = await sent(source, 1, sources)
  return typeof result === 'string' ? result : JSON.stringify(result)
}

async function one(source: string) {
  const produced = await sent(source)
  assert.ok(Array.isArray(produced), JSON.stringify(produced))
  const record = produced[0]?.records[0]
  assert.ok(record)
  return {
    ...record,
    key: text(record.key),
    value: text(record.value),
    headers: record.headers.map(([name, value]) => [name, text(value)]),
  }
}

describe('a PRODUCER', () => {
  it('sends its value, key and headers', async () => {
    assert.deepEqual(
      await one('PRODUCER\ntopic: orders\nkey: k:1\nheaders: a=1, b=x=y, lost\n{ "id": 7 }\n'),
      {
        key: 'k:1',
        value: '{ "id": 7 }',
        headers: [
          ['a', '1'],
          ['b', 'x'],
        ],
      },
    )
  })

  it('keeps order, duplicates and nulls of header lines', async () => {
    const { headers } = await one(
      'PRODUCER\ntopic: orders\nheader: a = 1,2=3\nheaders: b=2\nheader: a =\nheader: c = null\nv',
    )
    assert.deepEqual(headers, [
      ['a', '1,2=3'],
      ['b', '2'],
      ['a', ''],
      ['c', null],
    ])
  })

  it('sends an empty key as null', async () => {
    assert.equal((await one('PRODUCER\ntopic: orders\nkey:\nv')).key, null)
    assert.equal((await one('PRODUCER\ntopic: orders\nv')).key, null)
  })

  it('sends a tombstone to a partition', async () => {
    const record = await one(
      'PRODUCER\ntopic: customers\nkey: c-42\nvalue-format: null\nrecord-partition: 3\n',
    )
    assert.deepEqual(record, { key: 'c-42', value: null, headers: [], partition: 3 })
  })

  it('writes formats', async () => {
    const produced = await sent(
      'PRODUCER\ntopic: orders\nkey: 9007199254740993\nkey-format: long\nvalue-format: bytes(hex)\n00ff\n',
    )
    assert.ok(Array.isArray(produced))
    const [record] = produced[0]?.records ?? []
    assert.equal(Buffer.from(record?.key ?? []).readBigInt64BE(), 9_007_199_254_740_993n)
    assert.deepEqual([...(record?.value ?? [])], [0, 255])
  })

  it('sends nothing if one of its records cannot be made', async () => {
    for (const [source, expected] of [
      ['PRODUCER\ntopic: orders\n{{user}}', /^"\{\{user\}\}" is not defined\.$/],
      ['PRODUCER\ntopic: orders\nheader: a = {{user}}\nv', /^"\{\{user\}\}" is not defined\.$/],
      ['PRODUCER\ntopic: orders\nkey: 12abc\nkey-format: integer\nv', /^The key cannot be sent: /],
      [
        'PRODUCER\ntopic: orders\nvalue-format: json\n{ "a": }',
        /^The value is not JSON: unexpected "}"\.$/,
      ],
      [
        'PRODUCER\ntopic: orders\nvalue-format: json\n{\n "a": 1,\n}',
        /^The value is not JSON: line 3, column 1\.$/,
      ],
      ['PRODUCER\ntopic: orders\n', /no value/],
      [
        'PRODUCER\ntopic: orders\nvalue-format: avro\nvalue-schema: "int"\n1',
        /avro.*later version/,
      ],
      ['PRODUCER\ntopic: orders\nvalue-format: protobuf(M)\n{}', /protobuf.*later version/],
    ] as const)
      assert.match(await refusal(source), expected, source)
  })

  it('checks a JSON value against its schema', async () => {
    const schema = '{"type":"object","required":["id"]}'
    const block = (value: string, where = schema) =>
      `PRODUCER\ntopic: orders\nvalue-format: json\nvalue-schema: ${where}\n${value}`
    assert.ok(Array.isArray(await sent(block('{"id":1}'))))
    assert.match(
      await refusal(block('{"x":1}')),
      /The value cannot be sent: JSON value must have required property 'id'/,
    )
    const sources = fakeSources({
      readFile: path => {
        assert.equal(path, './order.json')
        return Promise.resolve(schema)
      },
    })
    assert.match(await refusal(block('{}', 'file("./order.json")'), sources), /required property/)
    assert.match(await refusal(block('{}', 'file(gone.json)')), /no file gone\.json/)
  })

  it('makes n records in one request, with an index each and one seed for all texts of a record', async () => {
    const produced = await sent(
      'PRODUCER\ntopic: orders\nkey: {{number.int}}\nheader: h = {{number.int}}\n{{number.int}}',
      3,
      fakeSources({ random: seeds([0.1, 0.2, 0.3]) }),
    )
    assert.ok(Array.isArray(produced))
    assert.equal(produced.length, 1)
    const records = produced[0]?.records ?? []
    assert.equal(records.length, 3)
    for (const { key, value, headers } of records) {
      assert.equal(text(key), text(value))
      assert.equal(text(headers[0]?.[1]), text(value))
    }
    assert.equal(new Set(records.map(({ key }) => text(key))).size, 3)
    const numbered = await sent('PRODUCER\ntopic: orders\n{{$index}} {{$run}}', 3)
    assert.ok(Array.isArray(numbered))
    assert.deepEqual(
      numbered[0]?.records.map(({ value }) => text(value)),
      ['0 uuid-1', '1 uuid-1', '2 uuid-1'],
    )
  })

  it('evaluates a variable once per run', async () => {
    const { file } = blockIn(
      '@id = {{$uuid}}\n@copy = {{id}}\nPRODUCER\ntopic: orders\nkey: {{id}}\n{{copy}} {{$uuid}}',
    )
    const [block] = file.blocks
    assert.ok(block)
    const planned = producerPlan(file, block)
    assert.ok('plan' in planned)
    const maker = await recordMaker(file, planned.plan, fakeSources())
    assert.ok('make' in maker)
    const made = [0, 1].map(index => maker.make(index))
    assert.deepEqual(
      made.map(each => 'record' in each && [text(each.record.key), text(each.record.value)]),
      [
        ['uuid-2', 'uuid-2 uuid-3'],
        ['uuid-2', 'uuid-2 uuid-4'],
      ],
    )
  })

  it('says which variables need each other', async () => {
    assert.equal(
      await sent('@a = {{b}}\n@b = {{a}}\nPRODUCER\ntopic: orders\n{{a}}'),
      'The value cannot be sent: a → b → a: these variables need each other.',
    )
  })

  it('says that there is no such locale', async () => {
    assert.equal(
      await sent(
        'PRODUCER\ntopic: orders\n{{string.uuid}}',
        1,
        fakeSources({ fakerLocale: 'xx', loadFaker: () => Promise.resolve(undefined) }),
      ),
      'Generated data has no locale "xx".',
    )
  })

  it('tells what became of each record', async () => {
    const problem = { code: 'MESSAGE_TOO_LARGE', message: 'Too large.' }
    const fake = fakeCluster({ failAt: { index: 1, problem } })
    const events = await collect(
      produce({ topic: 'orders' }, nothings(3), {
        cluster: fake.cluster,
        clock: fakeClock(),
        signal: new AbortController().signal,
      }),
    )
    assert.deepEqual(events.map(withoutTotals), [
      { kind: 'sending', count: 3 },
      {
        kind: 'produced',
        result: {
          topic: 'orders',
          milliseconds: 0,
          outcomes: [
            { partition: 0, offset: 0n, timestamp: 0 },
            { partition: 1, problem },
            { partition: 2, offset: 2n, timestamp: 0 },
          ],
        },
      },
      { kind: 'ended', reason: 'failed', problem },
    ] satisfies ProduceEvent[])
  })

  it('makes a failing request a result', async () => {
    const { cluster } = fakeCluster()
    const events = await collect(
      produce({ topic: 'orders' }, nothings(2), {
        cluster: { ...cluster, produce: () => Promise.reject(new Error('down')) },
        clock: fakeClock(),
        signal: new AbortController().signal,
      }),
    )
    const problem = { code: 'unexpected', message: 'down' }
    assert.deepEqual(withoutTotals(events.at(-1)), { kind: 'ended', reason: 'failed', problem })
  })
})

describe('a scheduled PRODUCER', () => {
  async function events(every: number, most: number) {
    const fake = fakeCluster()
    const clock = fakeClock(0)
    const controller = new AbortController()
    const all = await collect(
      produce({ topic: 'orders', every }, nothings(Infinity), {
        cluster: fake.cluster,
        clock,
        signal: controller.signal,
      }),
      most,
    )
    return { fake, clock, all }
  }

  it('sends the first record at once, and then one per interval', async () => {
    const { fake, clock, all } = await events(3000, 9)
    assert.deepEqual(
      all.map(event => (event.kind === 'waiting' ? event.until : event.kind)),
      ['sending', 'produced', 3000, 'sending', 'produced', 6000, 'sending', 'produced', 9000],
    )
    assert.equal(fake.produced.length, 3)
    assert.deepEqual(clock.sleeps, [3000, 3000])
  })

  it('sends one record and waits 999 hours without overflowing a timer', async () => {
    const hours = 999 * 3_600_000
    const one = await events(hours, 3)
    assert.equal(one.fake.produced.length, 1)
    const two = await events(hours, 5)
    assert.equal(two.fake.produced.length, 2)
    assert.equal(two.clock.now(), hours)
    assert.ok(two.clock.sleeps.every(ms => ms <= 2_147_483_647))
  })

  it('stops when it is told to', async () => {
    const fake = fakeCluster()
    const controller = new AbortController()
    const clock = fakeClock(0)
    const all: ProduceEvent[] = []
    for await (const event of produce({ topic: 'orders', every: 1000 }, nothings(5), {
      cluster: fake.cluster,
      clock,
      signal: controller.signal,
    })) {
      all.push(event)
      if (event.kind === 'produced') controller.abort()
    }
    assert.deepEqual(
      all.map(({ kind }) => kind),
      ['sending', 'produced', 'ended'],
    )
    assert.deepEqual(withoutTotals(all.at(-1)), { kind: 'ended', reason: 'stopped' })
  })
})

/** So many records without a key and a value. */
function nothings(count: number): RecordSource {
  const make = () => ({ topic: 'orders', record: { key: null, value: null, headers: [] } })
  const plan = { topic: 'orders', headers: [], count }
  return recordSource(plan, make, {
    evaluateRow: text => ({ text }),
    stream: path => assert.fail(`no file ${path}`),
  })
}

function withoutTotals(event: ProduceEvent | undefined) {
  if (event?.kind !== 'ended') return event
  const { totals, ...rest } = event
  assert.ok(totals)
  return rest
}

function seeds(values: readonly number[]): () => number {
  let next = 0
  return () => values[next++ % values.length] ?? 0
}
