import assert from 'node:assert/strict'
import type { Cluster } from '../../src/kafka/cluster.ts'
import type { RecordPage } from '../../src/kafka/page.ts'
import type { ReadRequest, ReadUpdate } from '../../src/kafka/reading.ts'
import { expectPlan } from '../../src/run/expectPlan.ts'
import { expectRecords, type Expected, type ExpectContext } from '../../src/run/expecting.ts'
import { fillBlock } from '../../src/run/filled.ts'
import { namesOf, newSession, type Mark } from '../../src/run/session.ts'
import { blockIn, fakeCluster, recordPage, patientClock, update } from './fixtures.ts'

const MARK: Mark = {
  takenAt: 1_000,
  ends: new Map([
    [0, 5n],
    [1, 0n],
  ]),
}
const TIME = { now: 0, toLocalEpoch: () => 0 }

interface Run extends Partial<Omit<ExpectContext, 'cluster'>> {
  readonly pages?: readonly RecordPage[]
  readonly cluster?: Partial<Cluster>
}

async function expect(
  text: string,
  run: Run = {},
): Promise<Expected & { readonly reads: readonly ReadRequest[] }> {
  const { file, block } = blockIn(`EXPECT\ntopic: orders\n${text}`)
  const system = {
    now: () => 0,
    random: () => 0,
    uuid: () => 'u',
    index: 0,
    run: 'r',
    cluster: 'local',
  }
  const context = namesOf(file, newSession('r'), new Map()).context(system, undefined)
  const filled = fillBlock(file, block, context)
  if ('problem' in filled) assert.fail(filled.problem.message)
  const planned = expectPlan(filled, TIME)
  if ('problem' in planned) assert.fail(planned.problem.message)
  const fake = fakeCluster({
    topics: { orders: 2 },
    reads: [update([]), ...(run.pages ?? []).map(page => update([page]))],
  })
  const outcome = await expectRecords(planned.plan, {
    clock: patientClock(2_000),
    signal: new AbortController().signal,
    mark: MARK,
    lastSend: undefined,
    timeOfDay: time => new Date(time).toISOString().slice(11, 23),
    tell: () => undefined,
    ...run,
    cluster: { ...fake.cluster, ...run.cluster },
  })
  return { ...outcome, reads: fake.reads }
}

const page = recordPage

describe('EXPECT', () => {
  it('reads from the run mark on, and a partition that came later from its start', async () => {
    const { reads, status, summary } = await expect('match: value.id == 2', {
      pages: [
        page(0, [
          [5n, 'a', '{"id":1}'],
          [6n, 'a', '{"id":2}'],
          [7n, 'a', '{"id":2}'],
        ]),
      ],
    })
    assert.deepEqual(reads[0]?.from, {
      all: { kind: 'earliest' },
      byPartition: new Map([
        [0, { kind: 'offset', offset: 5n }],
        [1, { kind: 'offset', offset: 0n }],
      ]),
    })
    assert.equal(status, 'passed')
    assert.deepEqual(summary, {
      topic: 'orders',
      read: 2,
      matched: 1,
      record: { partition: 0, offset: 6n },
    })
  })

  it('tells the closest record and its differences', async () => {
    const { status, failure } = await expect(
      'key: o-18\nwithin: 15s\n{"status":"PRICED","invoice":{"id":"#uuid"}}',
      {
        pages: [
          page(1, [
            [880n, 'o-17', '{"status":"NEW"}'],
            [881n, 'o-17', '{"status":"REJECTED"}'],
            [882n, 'o-16', '{"other":1}'],
          ]),
          page(0, [[412n, 'x', 'no json']]),
        ],
      },
    )
    assert.equal(status, 'failed')
    assert.deepEqual(failure, {
      message: 'no matching record within 15s',
      read: 'read 4 records from orders [0-1] since 00:00:01.000 (run mark)',
      closest: {
        partition: 1,
        offset: 881n,
        key: 'o-17',
        why: 'key differs',
        differences: [
          { path: 'status', expected: '"PRICED"', actual: '"REJECTED"' },
          { path: 'invoice', expected: 'present', actual: 'absent' },
        ],
      },
    })
  })

  const judged: readonly (readonly [
    string,
    readonly (readonly [bigint, string | null, string | null])[],
    string,
  ])[] = [
    ['key: a', [[5n, 'a', '1']], 'passed'],
    [
      'key: a',
      [
        [5n, null, '1'],
        [6n, 'b', '1'],
      ],
      'no matching record within 10s; b key differs',
    ],
    ['key-format: json\nkey: {"a": 1}', [[5n, '{"a":1}', null]], 'passed'],
    ['match: value == null', [[5n, 'a', null]], 'passed'],
    [
      'match: value.x == 1',
      [
        [5n, 'a', '{}'],
        [6n, 'a', '[1]'],
      ],
      'no matching record within 10s; a does not hold: value.x == 1; 2 failures: There is no "x".',
    ],
    [
      'match: value.x == 1\nmatch: value.y == 2',
      [
        [5n, 'a', '{"x":1,"y":3}'],
        [6n, 'b', '{"x":0,"y":0}'],
      ],
      'no matching record within 10s; a does not hold: value.y == 2',
    ],
    [
      '{"x":9007199254740993}',
      [
        [5n, 'a', '{"x":9007199254740992}'],
        [6n, 'b', '{"x":9007199254740993}'],
      ],
      'passed',
    ],
    [
      'assert: value.x > 1',
      [
        [5n, 'a', '{"x":1}'],
        [6n, 'a', '{"x":2}'],
      ],
      'a record came, but it is not so: value.x > 1; a it matches: value.x > 1 true false: value.x = 1',
    ],
    [
      'assert: value.y > 1',
      [[5n, 'a', '{"x":1}']],
      'a record came, but it is not so: value.y > 1; a it matches: value.y > 1 true There is no "y".',
    ],
    [
      'assert: value.x > 1\nassert: key == "a"\nassert: value.y == 2',
      [
        [5n, 'a', '{"x":1}'],
        [6n, 'b', '{"x":2}'],
      ],
      'a record came, but it is not so: value.x > 1, value.y == 2; a it matches: value.x > 1 true false: value.x = 1: value.y == 2 true There is no "y".',
    ],
    [
      'match: value.x > 1\nassert: value.x == 2',
      [
        [5n, 'a', '{"x":1}'],
        [6n, 'a', '{"x":2}'],
      ],
      'passed',
    ],
    [
      'count: 2\nkey: a',
      [
        [5n, 'a', '1'],
        [6n, 'b', '1'],
        [7n, 'a', '1'],
      ],
      'passed',
    ],
    [
      'count: 3\nkey: a',
      [
        [5n, 'a', '1'],
        [6n, 'a', '1'],
      ],
      '2 of 3 matching records within 10s',
    ],
    [
      'count: 2\nassert: value > 1',
      [
        [5n, 'a', '2'],
        [6n, 'a', '1'],
      ],
      'a record came, but it is not so: value > 1; a it matches: value > 1 true false',
    ],
    ['none: true\nkey: a', [[5n, 'b', '1']], 'passed'],
    ['none: true\nkey: a', [[5n, 'a', '1']], 'a record came that was not to come; a it matches'],
    ['count: 0\nkey: a', [[5n, 'a', '1']], 'a record came that was not to come; a it matches'],
    [
      'value-format: integer\nmatch: value == 1',
      [[5n, 'a', 'xx']],
      'no matching record within 10s; a does not hold: value == 1; 1 undecodable: partition 0 offset 5: This is no "integer": it has 2 bytes instead of 4; 1 failures: This is no "integer": it has 2 bytes instead of 4.',
    ],
  ]
  for (const [text, records, expected] of judged)
    it(`${JSON.stringify(text)} of ${records.map(([, key, value]) => `${String(key)}=${String(value)}`).join(' ')}`, async () => {
      const { status, failure } = await expect(text, { pages: [page(0, records)] })
      const closest = failure?.closest
      const differences = (closest?.differences ?? []).map(
        ({ path, expected, actual }) => `: ${path} ${expected} ${actual}`,
      )
      const told =
        failure &&
        [
          failure.message,
          ...(closest ? [`${closest.key} ${closest.why}${differences.join('')}`] : []),
          ...(failure.undecodable
            ? [`${failure.undecodable.count} undecodable: ${failure.undecodable.first}`]
            : []),
          ...(failure.failures
            ? [`${failure.failures.count} failures: ${failure.failures.first}`]
            : []),
        ].join('; ')
      assert.equal(told ?? status, expected)
    })

  it('captures from the last record, typed, and fails where it cannot', async () => {
    const pages = [page(0, [[5n, 'a', '{"id":9007199254740993,"tags":["x"]}']])]
    const { captures } = await expect('capture: id = value.id\ncapture: tags = value.tags', {
      pages,
    })
    assert.deepEqual(captures, [
      ['id', 9007199254740993n],
      ['tags', ['x']],
    ])
    const { status, problem } = await expect('capture: id = value.nope', { pages })
    assert.equal(status, 'failed')
    assert.equal(problem?.message, '"id" cannot be captured from "value.nope": There is no "nope".')
  })

  it('measures the latency from the send before to the arrival', async () => {
    const pages = [page(0, [[5n, 'a', '1']])]
    const quick = await expect('assert: latency < 600', { pages, lastSend: 1_500 })
    assert.equal(quick.status, 'passed')
    assert.equal(quick.summary.record?.latency, undefined, 'nobody knows when it came')
    const arrivals = { timeOf: () => 1_700, stop: () => undefined }
    const watched = await expect('assert: latency < 600', { pages, lastSend: 1_500, arrivals })
    assert.equal(watched.summary.record?.latency, 200)
    const slow = await expect('assert: latency < 400', { pages, lastSend: 1_500 })
    assert.equal(slow.failure?.closest?.differences[0]?.actual, 'false: latency = 500')
    const unknown = await expect('assert: latency < 400', { pages })
    assert.equal(unknown.failure?.closest?.differences[0]?.actual, 'The record has no latency.')
  })

  it('reads as it is told to', async () => {
    const { reads, failure } = await expect(
      'from: -20\nto: latest\npartitions: 1\nisolation: read_uncommitted\nkey: a',
    )
    assert.deepEqual(reads[0], {
      topic: 'orders',
      from: { all: { kind: 'tail', count: 20 } },
      to: { all: { kind: 'latest' } },
      partitions: [1],
      isolation: 'read_uncommitted',
    })
    assert.equal(failure?.message, 'no matching record within 10s')
    assert.equal(failure.read, 'read 0 records from orders [1] from -20')
  })

  it('ends with the reading, before the deadline', async () => {
    const clock = patientClock(0)
    const cluster = { read: () => ended() }
    const { status, failure } = await expect('to: latest\nkey: a', { clock, cluster })
    assert.equal(status, 'failed')
    assert.equal(failure?.message, 'no matching record up to the end')
    assert.equal(clock.now(), 0)
  })

  describe('judges nothing that it could not read', () => {
    const problem = {
      code: 'LEADER_NOT_AVAILABLE',
      message: 'Partition orders-1: it has no leader.',
      advice: 'Start its brokers.',
    }
    const progress = (found?: typeof problem) => ({
      ...update([]),
      progress: [
        {
          partition: 1,
          position: 0n,
          startOffset: 0n,
          done: false,
          ...(found && { problem: found }),
        },
      ],
    })
    const reading = (...updates: readonly ReadUpdate[]) => ({
      cluster: fakeCluster({ topics: { orders: 2 }, reads: updates }).cluster,
    })
    const found = update([page(0, [[5n, 'a', '1']])])

    it('a partition that stays unreadable', async () => {
      const {
        status,
        failure,
        problem: told,
        notice,
      } = await expect('key: a', reading(progress(problem)))
      assert.deepEqual([status, failure, notice], ['failed', undefined, undefined])
      assert.deepEqual(told, {
        ...problem,
        message:
          'What came is not known: partition 1 of "orders" cannot be read. Partition orders-1: it has no leader.',
      })
    })

    it('also where no record is to come', async () => {
      const { status, problem: told } = await expect('none: true', reading(progress(problem)))
      assert.deepEqual([status, told?.code], ['failed', 'LEADER_NOT_AVAILABLE'])
    })

    it('a cluster that does not answer in time', async () => {
      const { status, problem: told } = await expect('none: true', reading())
      assert.deepEqual([status, told?.code], ['failed', 'not-read'])
    })

    it('but what came is enough where it is all that is expected', async () => {
      const { status, notice } = await expect('key: a', reading(progress(problem), found))
      assert.equal(status, 'passed')
      assert.match(notice ?? '', /^Partition 1 could not be read/)
    })

    it('and a partition that can be read again counts', async () => {
      const { failure } = await expect('key: b', reading(progress(problem), progress()))
      assert.equal(failure?.message, 'no matching record within 10s')
    })
  })

  it('waits for a topic that is not there yet, and says so in the end', async () => {
    let asked = 0
    const fake = fakeCluster({ topics: { orders: 1 } })
    const missing = fakeCluster({ topics: {} })
    const late = {
      describeTopics: (names: readonly string[]) =>
        (++asked < 3 ? missing : fake).cluster.describeTopics(names),
    }
    const pages = [page(0, [[0n, 'a', '1']])]
    const came = await expect('key: a', {
      cluster: late,
      pages,
      mark: { takenAt: 0, ends: new Map() },
    })
    assert.equal(came.status, 'passed')
    const never = await expect('key: a', {
      cluster: missing.cluster,
    })
    assert.equal(never.failure?.read, 'topic orders did not come to be')
  })

  it('says what keeps it from reading, and is stopped', async () => {
    const refused = { read: () => failing() }
    const failed = await expect('key: a', { cluster: refused })
    assert.deepEqual([failed.status, failed.problem?.message], ['failed', 'no way'])
    const marked = await expect('key: a', { mark: { problem: { code: 'x', message: 'No mark.' } } })
    assert.equal(marked.problem?.message, 'No mark.')
    const unknown = await expect('key: a', { mark: undefined })
    assert.equal(unknown.problem?.code, 'K305')
    assert.equal((await expect('from: earliest\nkey: a', { mark: undefined })).problem, undefined)
    const over = await expect('key: a', { cluster: { read: () => ended() } })
    assert.equal(over.problem?.code, 'reading-ended')
    const beyond = await expect('key: a\npartitions: 0-7')
    assert.equal(
      beyond.problem?.message,
      'Partition 2 does not exist: topic "orders" has partitions 0-1.',
    )
    const stopped = await expect('key: a', { signal: AbortSignal.abort() })
    assert.equal(stopped.status, 'stopped')
  })
})

async function* ended() {
  await Promise.resolve()
  yield update([], true)
}

// eslint wants a yield in a generator: it is never reached.
async function* failing() {
  await Promise.resolve()
  if (Date.now() > 0) throw new Error('no way')
  yield update([])
}
