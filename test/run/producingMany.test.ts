import assert from 'node:assert/strict'
import { ProblemError } from '../../src/base/problem.ts'
import type {
  Cluster,
  ProduceOutcome,
  ProduceRequest,
  ProduceValuesRequest,
  Transaction,
  ValuesOutcome,
} from '../../src/kafka/cluster.ts'
import type { Ended, ProduceEvent } from '../../src/run/events.ts'
import { isEndless, producerPlan } from '../../src/run/producerPlan.ts'
import { produce, type ProduceContext } from '../../src/run/producing.ts'
import { recordMaker } from '../../src/run/recordMaker.ts'
import { recordSource } from '../../src/run/records/source.ts'
import { transactional } from '../../src/run/transactional.ts'
import { blockIn, collect, fakeClock, fakeCluster, fakeSources } from './fixtures.ts'

const text = (bytes: Uint8Array | null | undefined) =>
  bytes ? new TextDecoder().decode(bytes) : bytes

interface Case {
  /** By their paths. */
  readonly files?: Readonly<Record<string, string | Iterable<Uint8Array>>>
  readonly times?: number
  readonly produce?: (request: ProduceRequest) => Promise<readonly ProduceOutcome[]>
  readonly transaction?: Cluster['transaction']
  readonly most?: number
  readonly clock?: ReturnType<typeof fakeClock>
  /** Stops the run. */
  readonly stopAt?: (event: ProduceEvent) => boolean
  readonly opened?: string[]
  /** The cluster takes values side by side. */
  readonly packed?: boolean
}

type Produce = (request: ProduceRequest) => Promise<readonly ProduceOutcome[]>

/** The values one by one, as the records that they are. */
async function producedValues(
  { values: { bytes, bounds, count }, common, after, ...request }: ProduceValuesRequest,
  produceAll: Produce,
): Promise<readonly ValuesOutcome[]> {
  if ((await after) === false) return []
  const records = Array.from({ length: count }, (_, i) => ({
    ...common,
    value: bytes.slice(bounds[2 * i], bounds[2 * i + 1]),
  }))
  const outcomes = await produceAll({ ...request, records })
  return outcomes.map(outcome => ({ count: 1, outcome }))
}

/** Runs a block: what was asked of the cluster, and what was told. */
async function run(source: string, options: Case = {}) {
  const { file, block } = blockIn(source)
  const planned = producerPlan(file, block)
  assert.ok('plan' in planned, JSON.stringify(planned))
  const { plan } = planned
  const clock = options.clock ?? fakeClock(0)
  const content = (path: string) => {
    const found = options.files?.[path]
    if (found === undefined) throw new ProblemError({ code: 'gone', message: `No file ${path}.` })
    options.opened?.push(path)
    return typeof found === 'string' ? [Buffer.from(found)] : found
  }
  const maker = await recordMaker(
    file,
    plan,
    fakeSources({
      now: () => clock.now(),
      readBytes: path => Promise.resolve().then(() => Buffer.concat([...content(path)])),
    }),
  )
  assert.ok('make' in maker, JSON.stringify(maker))
  const records = recordSource(plan, maker.make, {
    times: options.times ?? 1,
    evaluateRow: maker.evaluateRow,
    async *stream(path) {
      await Promise.resolve()
      yield* content(path)
    },
  })
  const fake = fakeCluster()
  const { produce: own } = options
  const asked: ProduceRequest[] = []
  const produceAll: Produce = request => {
    asked.push(request)
    return (own ?? (each => fake.cluster.produce(each)))(request)
  }
  const cluster: Cluster = {
    ...fake.cluster,
    produce: produceAll,
    ...(options.packed && { produceValues: request => producedValues(request, produceAll) }),
    ...(options.transaction && { transaction: options.transaction }),
  }
  const stop = new AbortController()
  const context: ProduceContext = { cluster, clock, signal: stop.signal }
  const running = transactional(plan.transactionalId, context, each => produce(plan, records, each))
  const watched = (async function* () {
    for await (const event of running) {
      yield event
      if (options.stopAt?.(event)) stop.abort(new Error('stopped'))
    }
  })()
  const events = await collect(watched, options.most ?? 10_000)
  const ended = events.at(-1)
  return {
    plan,
    asked,
    events,
    clock,
    ended: ended?.kind === 'ended' ? ended : undefined,
    get records() {
      return recordsOf(asked)
    },
  }
}

function recordsOf(asked: readonly ProduceRequest[]) {
  return asked.flatMap(({ topic, records: some }) =>
    some.map(({ key, value, headers, ...rest }) => ({
      topic,
      key: text(key),
      value: text(value),
      headers: headers.map(([name, content]) => [name, text(content)]),
      ...rest,
    })),
  )
}

const values = async (source: string, options: Case = {}) =>
  (await run(source, options)).records.map(({ value }) => value)

describe('the records of a PRODUCER', () => {
  it('are the rows of its value, with templates', async () => {
    const { records, events } = await run(
      'PRODUCER\ntopic: t\nrecords: csv\nkey: {{id}}\nheader: n = {{name}}/{{$index}}\nid,name\n1,Ann\n2,"B, {{$uuid}}"',
    )
    assert.deepEqual(records, [
      { topic: 't', key: '1', value: '{"id":"1","name":"Ann"}', headers: [['n', 'Ann/0']] },
      {
        topic: 't',
        key: '2',
        value: '{"id":"2","name":"B, uuid-2"}',
        headers: [['n', 'B, uuid-2/1']],
      },
    ])
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['sending', 'produced', 'ended'],
    )
  })

  it('are none if one row of the value is bad', async () => {
    const { records, ended } = await run('PRODUCER\ntopic: t\nrecords: jsonl\n{"a":1}\n\n{"a":}')
    assert.deepEqual(records, [])
    assert.deepEqual(ended, {
      kind: 'ended',
      reason: 'refused',
      problem: {
        code: 'bad-row',
        message: 'line 3 of the value: this is not JSON: unexpected "}".',
      },
    })
  })

  it('are none if a name in one row is not defined', async () => {
    const { ended } = await run('PRODUCER\ntopic: t\nrecords: lines\na\n{{id}}')
    assert.equal(ended?.problem?.message, 'line 2 of the value: "{{id}}" is not defined.')
  })

  it('are the lines of a file, by its name or as it is said, without templates', async () => {
    const files = {
      './a.jsonl': '{"a":"{{x}}"}\n2\n',
      './a.csv': 'a\n{{x}}\n',
      './a.txt': '{{x}}\n',
    }
    for (const [path, more, expected] of [
      ['./a.jsonl', '', ['{"a":"{{x}}"}', '2']],
      ['./a.csv', '', ['{"a":"{{x}}"}']],
      ['./a.txt', '', ['{{x}}']],
      ['"./a.csv"', 'records: lines\n', ['a', '{{x}}']],
    ] as const)
      assert.deepEqual(
        await values(`PRODUCER\ntopic: t\nrecords-from: file(${path})\n${more}`, { files }),
        expected,
      )
  })

  it('have keys by expression, and by fields', async () => {
    const files = { 'a.jsonl': '{"id":9007199254740993,"to":{"city":"Žilina"}}\n{"id":"x"}\n{}\n7' }
    const from = 'PRODUCER\ntopic: t\nrecords-from: file(a.jsonl)\n'
    const byExpression = await run(`${from}key-from: value.id`, { files })
    assert.deepEqual(
      byExpression.records.map(({ key }) => key),
      ['9007199254740993', 'x'],
    )
    assert.deepEqual(
      byExpression.ended?.totals?.failures.map(({ message }) => message.slice(0, 34)),
      ['a.jsonl:3: "key-from" gives no key', 'a.jsonl:4: "key-from" gives no key'],
    )
    const long = await run(`${from}key-from: value.id\nkey-format: long`, { files })
    assert.equal(long.records.length, 1)
    const byField = await run(`${from}key: {{to.city}}-{{id}}`, {
      files: { 'a.jsonl': files['a.jsonl'].split('\n')[0] ?? '' },
    })
    assert.deepEqual(
      byField.records.map(({ key }) => key),
      ['Žilina-9007199254740993'],
    )
    const single = await run('PRODUCER\ntopic: t\nkey-from: value.a.b + topic\n{"a":{"b":"k"}}')
    assert.equal(single.records[0]?.key, 'kt')
  })

  it('count a row that lacks a field as a failure, and refuse where the first does', async () => {
    const source = 'PRODUCER\ntopic: t\nrecords-from: file(a.jsonl)\nkey: {{id}}'
    const later = await run(source, { files: { 'a.jsonl': '{"id":1}\n{"no":2}\n{"id":3}' } })
    assert.deepEqual(
      later.records.map(({ key }) => key),
      ['1', '3'],
    )
    assert.equal(later.ended?.reason, 'failed')
    assert.equal(later.ended.problem?.message, 'a.jsonl:2: "{{id}}" is not defined.')
    const first = await run(source, { files: { 'a.jsonl': '{"no":2}\n{"id":1}' } })
    assert.deepEqual([first.records, first.ended?.reason], [[], 'refused'])
  })

  it('take from an envelope what it says, and the rest from the block', async () => {
    const { records } = await run(
      'PRODUCER\ntopic: t\nkey: own\nheader: a = 1\nrecord-partition: 5\nrecord-timestamp: epoch(7)\nrecords: envelope\n' +
        '{"value":"x"}\n{"key":null,"value":{"b":1},"headers":[["c",null],["c","d"]],"partition":2,"timestamp":3}',
    )
    assert.deepEqual(records, [
      { topic: 't', key: 'own', value: 'x', headers: [['a', '1']], partition: 5, timestamp: 7 },
      {
        topic: 't',
        key: null,
        value: '{"b":1}',
        headers: [
          ['a', '1'],
          ['c', null],
          ['c', 'd'],
        ],
        partition: 2,
        timestamp: 3,
      },
    ])
  })

  it('go to the topic, the partition and the time that they say', async () => {
    const files = {
      'a.csv': 'kind,p,at\norders,1,2026-01-31T10:00Z\nrefunds,2,epoch(5)\norders,-1,now\n',
    }
    const { records, ended } = await run(
      'PRODUCER\ntopic: {{kind}}\nrecord-partition: {{p}}\nrecord-timestamp: {{at}}\nrecords-from: file(a.csv)',
      { files },
    )
    assert.deepEqual(
      records.map(({ topic, partition, timestamp }) => [topic, partition, timestamp]),
      [
        ['orders', 1, Date.UTC(2026, 0, 31, 10)],
        ['refunds', 2, 5],
      ],
    )
    assert.equal(ended?.problem?.message, 'a.csv:4: "-1" is not a partition.')
  })

  it('are the bytes of a file', async () => {
    const files = { 'a.bin': [Uint8Array.from([0, 255]), Uint8Array.from([10])] }
    const { asked } = await run('PRODUCER\ntopic: t\nvalue-from: file(a.bin)', { files })
    assert.deepEqual([...(asked[0]?.records[0]?.value ?? [])], [0, 255, 10])
    await assert.rejects(run('PRODUCER\ntopic: t\nvalue-from: file(gone)'), /No file gone/)
  })

  it('are as many as the block says, for each time that it is run', async () => {
    assert.deepEqual(
      await values('PRODUCER\ntopic: t\nrecord-count: 2\n{{$index}}', { times: 2 }),
      ['0', '1', '2', '3'],
    )
    assert.deepEqual(
      await values('PRODUCER\ntopic: t\nrecord-count: 2\nrecords: lines\na\nb\nc', { times: 2 }),
      ['a', 'b', 'a', 'b'],
    )
    assert.deepEqual(await values('PRODUCER\ntopic: t\nrecord-count: 0\nx'), [])
  })

  it('are the same for the same seed, each with its own', async () => {
    const source =
      'PRODUCER\ntopic: t\nfaker-seed: 42\nfaker-locale: de\nrecord-count: 3\n{{number.int}}'
    const once = await values(source)
    assert.deepEqual(await values(source), once)
    assert.equal(new Set(once).size, 3)
    const shifted = await values(source.replace('42', '43'))
    assert.deepEqual(shifted.slice(0, 2), once.slice(1))
  })

  it('are sent as the block says', async () => {
    const { asked } = await run(
      'PRODUCER\ntopic: t\nacks: all\ncompression: zstd\nidempotent: true\nv',
    )
    assert.deepEqual(
      { ...asked[0], records: [] },
      {
        records: [],
        topic: 't',
        acks: 'all',
        compression: 'zstd',
        idempotent: true,
      },
    )
  })
})

describe('a PRODUCER of a file of lines', () => {
  const files = {
    'a.jsonl': '{"a":1}\n\n {"a":} \n [2]\r\n"\\ud800"\n3',
    'a.txt': 'a\n\nb \r\nc',
    none: '',
  }
  /** How many records go together is not the same. */
  const withoutPlace = (ended: Ended | undefined) => {
    const { last, ...totals } = ended?.totals ?? {}
    return { ...ended, totals: { ...totals, last: last?.record } }
  }
  for (const [name, block, asked] of [
    ['JSON', 'records-from: file(a.jsonl)\n', 1],
    ['JSON that is checked', 'records-from: file(a.jsonl)\nvalue-format: json\n', 1],
    ['text', 'records-from: file(a.txt)\n', 1],
    ['nothing', 'records-from: file(none)\n', 0],
    [
      'a key and headers',
      'records-from: file(a.txt)\nkey: k\nheader: h = 1\nheader: h = null\n',
      1,
    ],
    ['a partition', 'records-from: file(a.txt)\nrecord-partition: 3\n', 1],
    ['a file that is not there', 'records-from: file(gone)\n', 0],
    ['a key of another type', 'records-from: file(a.txt)\nkey-format: long\nkey: x\n', 0],
    ['JSON that is none', 'records-from: file(a.txt)\nvalue-format: json\n', 0],
    ['other bytes', 'records-from: file(a.txt)\nvalue-format: string(utf16le)\n', 1],
    ['templates', 'records-from: file(a.txt)\nkey: {{$index}}\n', 1],
    ['times', 'records-from: file(a.txt)\nrecord-timestamp: epoch(7)\n', 1],
    ['some', 'records-from: file(a.txt)\nrecord-count: 2\n', 1],
  ] as const)
    it(`sends the same where the cluster takes values side by side: ${name}`, async () => {
      const text = `PRODUCER\ntopic: t\n${block}`
      const each = await run(text, { files, times: 2 })
      const packed = await run(text, { files, times: 2, packed: true })
      assert.deepEqual(packed.records, each.records)
      assert.deepEqual(withoutPlace(packed.ended), withoutPlace(each.ended))
      assert.ok(packed.asked.length >= asked)
    })
})

describe('a PRODUCER of many records', () => {
  /** Lines that are made as they are read. */
  function* lines(count: number): Generator<Uint8Array> {
    for (let at = 0; at < count; at += 1000)
      yield Buffer.from(
        Array.from({ length: 1000 }, (_, i) => `${at + i}`.padEnd(100)).join('\n') + '\n',
      )
  }

  it('sends piece by piece, and tells how far it is', async () => {
    const { asked, ended, events } = await run('PRODUCER\ntopic: t\nrecords-from: file(a)', {
      files: { a: lines(12_000) },
    })
    assert.equal(asked.length, 2)
    const { totals } = ended ?? {}
    assert.deepEqual(
      [
        totals?.sent,
        totals?.acknowledged,
        totals?.failed,
        text(totals?.last?.record.value)?.trim(),
      ],
      [12_000, 12_000, 0, '11999'],
    )
    assert.ok(events.some(({ kind }) => kind === 'progress'))
  })

  it('keeps the first failures and counts the others', async () => {
    const problem = { code: 'MESSAGE_TOO_LARGE', message: 'Too large.' }
    const files = {
      'a.jsonl': Array.from({ length: 90 }, (_, i) => (i % 2 === 0 ? `${i}` : '{')).join('\n'),
    }
    const { ended } = await run('PRODUCER\ntopic: t\nrecords-from: file(a.jsonl)', {
      files,
      produce: ({ records }) =>
        Promise.resolve(
          records.map((_, i) => (i === 0 ? { problem } : { partition: 0, offset: 1n })),
        ),
    })
    assert.equal(ended?.reason, 'failed')
    const { sent, acknowledged, failed, failures = [] } = ended.totals ?? {}
    assert.deepEqual([sent, acknowledged, failed, failures.length], [45, 44, 46, 20])
    assert.equal(failures[0]?.message, 'a.jsonl:2: this is not JSON: column 2.')
  })

  it('ends where a whole piece is not written, and tells what was', async () => {
    let sends = 0
    const { asked, ended } = await run('PRODUCER\ntopic: t\nrecords-from: file(a)', {
      files: { a: lines(300_000) },
      produce: ({ records }) =>
        ++sends < 3
          ? Promise.resolve(records.map(() => ({ partition: 0, offset: 1n })))
          : Promise.reject(new Error('down')),
    })
    assert.equal(asked.length, 3)
    assert.deepEqual([ended?.reason, ended?.problem?.message], ['failed', 'down'])
    assert.deepEqual([ended?.totals?.acknowledged, ended?.totals?.failed], [20_000, 10_000])
  })

  it('sends no piece that is ready when the one before it is not written', async () => {
    let sends = 0
    const { asked, ended } = await run('PRODUCER\ntopic: t\nrecords-from: file(a)', {
      files: { a: lines(40_000) },
      packed: true,
      produce: ({ records }) =>
        ++sends < 3
          ? Promise.resolve(records.map(() => ({ partition: 0, offset: 1n })))
          : Promise.reject(new Error('down')),
    })
    assert.equal(asked.length, 3)
    const [first = 0, second = 0, third = 0] = asked.map(({ records }) => records.length)
    const { totals } = ended ?? {}
    assert.deepEqual([ended?.reason, ended?.problem?.message], ['failed', 'down'])
    assert.deepEqual(
      [totals?.sent, totals?.acknowledged, totals?.failed],
      [first + second + third, first + second, third],
    )
  })

  it('goes on after records that are wrong themselves', async () => {
    const problem = { code: 'MESSAGE_TOO_LARGE', message: 'Too large.' }
    const { ended } = await run('PRODUCER\ntopic: t\nrate: 1/s\nrecord-count: 3\nv', {
      produce: ({ records }) => Promise.resolve(records.map(() => ({ problem }))),
    })
    assert.deepEqual([ended?.totals?.sent, ended?.totals?.failed], [3, 3])
  })

  it('knows when it is stopped what was acknowledged, and closes the file', async () => {
    let closed = false
    function* file() {
      try {
        yield* lines(900_000)
      } finally {
        closed = true
      }
    }
    const { ended } = await run('PRODUCER\ntopic: t\nrecords-from: file(a)', {
      files: { a: file() },
      stopAt: event => event.kind === 'progress',
    })
    assert.equal(ended?.reason, 'stopped')
    assert.ok(closed)
    assert.equal(ended.totals?.sent, ended.totals?.acknowledged)
    assert.ok((ended.totals?.sent ?? 0) < 100_000)
  })

  it('tells of a file that cannot be read', async () => {
    const gone = await run('PRODUCER\ntopic: t\nrecords-from: file(gone)')
    assert.deepEqual(
      [gone.ended?.reason, gone.ended?.problem?.message],
      ['refused', 'No file gone.'],
    )
    function* breaks() {
      yield Buffer.from('a\nb\n')
      throw new Error('disk')
    }
    const broken = await run('PRODUCER\ntopic: t\nrecords-from: file(a)', {
      files: { a: breaks() },
    })
    assert.deepEqual(
      [broken.ended?.totals?.acknowledged, broken.ended?.problem?.message],
      [2, 'disk'],
    )
  })
})

describe('a paced PRODUCER', () => {
  it('makes a record when it is sent', async () => {
    for (const pace of ['every: 1h', 'rate: 1/s']) {
      const { records, clock } = await run(
        `PRODUCER\ntopic: t\n${pace}\nrecord-count: 3\n{{$timestamp}}`,
      )
      assert.equal(records.at(-1)?.value, String(clock.now()))
      assert.equal(records[0]?.value, '0')
    }
  })

  it('sends so many a second, without drift, until the records end', async () => {
    const { clock, ended } = await run('PRODUCER\ntopic: t\nrate: 200/s\nrecord-count: 1001\nv')
    assert.equal(clock.now(), 5000)
    assert.equal(ended?.totals?.acknowledged, 1001)
  })

  it('makes up for what was late, but is no flood after a long pause', async () => {
    const clock = fakeClock(0)
    const sizes: number[] = []
    const { ended } = await run(
      'PRODUCER\ntopic: t\nrate: 10/s\nrecord-count: 30\nrecords-from: file(a)',
      {
        clock,
        files: { a: '0\n'.repeat(100) },
        produce: async ({ records }) => {
          sizes.push(records.length)
          if (sizes.length === 3) await clock.sleep(500)
          if (sizes.length === 6) await clock.sleep(60_000)
          return records.map(() => ({ partition: 0, offset: 0n }))
        },
      },
    )
    assert.equal(ended?.totals?.acknowledged, 30)
    assert.deepEqual(sizes.slice(0, 8), [1, 1, 1, 5, 1, 1, 11, 1])
  })

  it('ends after a time', async () => {
    const { clock, ended } = await run('PRODUCER\ntopic: t\nrate: 10/s\nstop-after: 1s\nv')
    assert.deepEqual([clock.now(), ended?.totals?.acknowledged, ended?.reason], [900, 10, 'done'])
    const every = await run('PRODUCER\ntopic: t\nevery: 3s\nstop-after: 10s\nv')
    assert.deepEqual([every.clock.now(), every.asked.length], [9000, 4])
  })

  it('sends a row per interval', async () => {
    const { asked, clock } = await run('PRODUCER\ntopic: t\nevery: 1s\nrecords: lines\na\nb\nc')
    assert.deepEqual([asked.length, clock.now()], [3, 2000])
  })

  it('goes on for ever where nothing ends it', async () => {
    for (const [more, endless] of [
      ['every: 1s', true],
      ['rate: 5/s', true],
      ['rate: 5/s\nrecord-count: 3', false],
      ['every: 1s\nstop-after: 3s', false],
      ['record-count: 3', false],
    ] as const) {
      const { plan } = await run(`PRODUCER\ntopic: t\n${more}\nv`, { most: 1 })
      assert.equal(isEndless(plan), endless, more)
    }
  })
})

describe('a PRODUCER in a transaction', () => {
  function fakeTransaction(fail?: 'begin' | 'record' | 'commit') {
    const told: string[] = []
    const problem = { code: 'PRODUCER_FENCED', message: 'Fenced.' }
    const transaction: Transaction = {
      produce: ({ records, idempotent }) => {
        told.push(`produce ${records.length}${idempotent ? ' idempotent' : ''}`)
        return Promise.resolve(
          records.map(() => (fail === 'record' ? { problem } : { partition: 0, offset: 1n })),
        )
      },
      commit: () => {
        told.push('commit')
        return fail === 'commit' ? Promise.reject(new ProblemError(problem)) : Promise.resolve()
      },
      abort: () => {
        told.push('abort')
        return Promise.resolve()
      },
    }
    const begin = (id: string) => {
      told.push(`begin ${id}`)
      return fail === 'begin'
        ? Promise.reject(new ProblemError(problem))
        : Promise.resolve(transaction)
    }
    return { told, begin }
  }

  for (const [fail, told, reason] of [
    [undefined, ['begin x', 'produce 2', 'commit'], 'done'],
    ['begin', ['begin x'], 'failed'],
    ['record', ['begin x', 'produce 2', 'abort'], 'failed'],
    ['commit', ['begin x', 'produce 2', 'commit', 'abort'], 'failed'],
  ] as const)
    it(fail === undefined ? 'commits' : `ends it where a ${fail} fails`, async () => {
      const fake = fakeTransaction(fail)
      const { ended, asked } = await run(
        'PRODUCER\ntopic: t\ntransactional-id: x\nidempotent: true\nrecord-count: 2\nv',
        { transaction: fake.begin },
      )
      assert.deepEqual(fake.told, told)
      assert.equal(ended?.reason, reason)
      assert.deepEqual(asked, [])
    })

  it('aborts when it is stopped', async () => {
    const fake = fakeTransaction()
    const { ended } = await run('PRODUCER\ntopic: t\ntransactional-id: x\nevery: 1s\nv', {
      transaction: fake.begin,
      stopAt: event => event.kind === 'waiting' && event.until > 2000,
    })
    assert.deepEqual(fake.told, ['begin x', 'produce 1', 'produce 1', 'produce 1', 'abort'])
    assert.equal(ended?.reason, 'stopped')
  })
})
