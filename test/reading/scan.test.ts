import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import type { Positions, ReadRequest, ReadUpdate } from '../../src/kafka/reading.ts'
import { AUTO } from '../../src/kafka/format.ts'
import { CODE } from '../../src/kafkajs/errorCodes.ts'
import { scan, type ScanOptions } from '../../src/reading/scan.ts'
import { recordsOf } from './decoded.ts'
import { FakeCluster, oneRecordBatches, type FakeLog } from './fakeCluster.ts'
import { batch } from './write.ts'

const MIB = 1024 * 1024

interface Outcome {
  readonly updates: readonly ReadUpdate[]
  readonly values: (partition: number) => (string | null)[]
  readonly errors: readonly string[]
  readonly problem: (partition: number) => string | undefined
  readonly last: ReadUpdate | undefined
}

type Wanted = Partial<Omit<ReadRequest, 'to'>> & { readonly to?: Positions | 'never' }

async function read(
  cluster: FakeCluster,
  { to = { all: { kind: 'latest' } }, ...request }: Wanted = {},
  {
    signal = AbortSignal.timeout(10_000),
    emit = (_update: ReadUpdate) => Promise.resolve(),
    ...options
  }: Partial<ScanOptions> = {},
): Promise<Outcome> {
  const updates: ReadUpdate[] = []
  await scan({
    offsets: cluster.context(),
    request: {
      topic: cluster.topic,
      from: { all: { kind: 'earliest' } },
      ...(to !== 'never' && { to }),
      ...request,
    },
    lane: 'lane',
    signal,
    memoryBudgetBytes: 4 * MIB,
    ...options,
    emit: update => {
      updates.push(update)
      return emit(update)
    },
  })
  const pages = updates.flatMap(update => update.pages)
  return {
    updates,
    values: partition =>
      pages
        .filter(page => page.partition === partition)
        .flatMap(page => recordsOf(page).map(record => record.value)),
    errors: pages.flatMap(page => page.errors.map(error => error.message)),
    problem: partition =>
      updates.at(-1)?.progress.find(progress => progress.partition === partition)?.problem?.code,
    last: updates.at(-1),
  }
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${from + index}`)

describe('scanning', function () {
  this.timeout(20_000)
  it('asks each leader for all its partitions in one request', async () => {
    const cluster = new FakeCluster([{ leader: 1 }, { leader: 2 }, { leader: 1 }])
    const { values, last } = await read(cluster)
    for (const partition of [0, 1, 2]) assert.deepEqual(values(partition), numbers(0, 10))
    const firsts = cluster.fetches
      .slice(0, 2)
      .map(({ nodeId, partitions }) => [nodeId, partitions.map(({ partition }) => partition)])
    assert.deepEqual(firsts.sort(), [
      [1, [0, 2]],
      [2, [1]],
    ])
    assert.equal(last?.done, true)
    assert.equal(last.recordsRead, 30)
  })

  it('has one request on its way while a consumer holds it back, and no more', async () => {
    const cluster = new FakeCluster([{ end: 100n }])
    const first = Promise.withResolvers<undefined>()
    const go = Promise.withResolvers<undefined>()
    const reading = read(
      cluster,
      {},
      {
        emit: update => {
          if (update.pages.length === 0) return Promise.resolve()
          first.resolve(undefined)
          return go.promise
        },
      },
    )
    await first.promise
    for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
    assert.equal(cluster.fetches.length, 2)
    go.resolve(undefined)
    assert.equal((await reading).values(0).length, 100)
  })

  it('asks in turn, so that a full answer starves nobody', async () => {
    const cluster = new FakeCluster([{}, {}, {}])
    await read(cluster)
    const orders = cluster.fetches.map(({ partitions }) => partitions.map(p => p.partition))
    assert.deepEqual(orders[0], [0, 1, 2])
    // A broker with room for one partition only would have answered that one.
    let answered = 0
    const narrow = new FakeCluster([{}, {}, {}])
    narrow.logs.forEach((log, partition) => {
      log.fetch = offset => {
        const first = narrow.fetches.at(-1)?.partitions[0]?.partition === partition
        if (first) answered++
        return first ? { records: oneRecordBatches(offset, log.end) } : {}
      }
    })
    const { values } = await read(narrow)
    for (const partition of [0, 1, 2]) assert.deepEqual(values(partition), numbers(0, 10))
    assert.equal(answered, 15)
    const firsts = narrow.fetches.slice(0, 6).map(({ partitions }) => partitions[0]?.partition)
    assert.deepEqual(firsts, [0, 1, 2, 0, 1, 2])
  })

  it('follows a partition to its new leader', async () => {
    const cluster = new FakeCluster([{ leader: 1 }, { leader: 1 }])
    cluster.onFetch = ({ partitions }) => {
      const [log] = cluster.logs
      if (log && partitions.some(({ partition, offset }) => partition === 0 && offset === 4n)) {
        log.leader = 2
      }
    }
    const { values, problem } = await read(cluster)
    assert.deepEqual(values(0), numbers(0, 10))
    assert.deepEqual(values(1), numbers(0, 10))
    assert.equal(problem(0), undefined)
    assert.ok(cluster.fetches.some(({ nodeId }) => nodeId === 2))
  })

  for (const code of [CODE.fencedLeaderEpoch, CODE.unknownLeaderEpoch, CODE.kafkaStorageError]) {
    it(`asks again after error ${code}`, async () => {
      let failed = false
      const log: Partial<FakeLog> = {
        fetch: offset => {
          if (offset === 4n && !failed) {
            failed = true
            return { errorCode: code }
          }
          return { records: oneRecordBatches(offset, 10n) }
        },
      }
      const { values, updates } = await read(new FakeCluster([log]))
      assert.deepEqual(values(0), numbers(0, 10))
      assert.ok(failed)
      assert.ok(updates.some(update => update.progress[0]?.problem !== undefined))
    })
  }

  it('goes on at the log start when its position was deleted, and says so', async () => {
    const cluster = new FakeCluster([{}])
    cluster.onFetch = ({ partitions }) => {
      const [log] = cluster.logs
      if (log && partitions[0]?.offset === 4n) log.start = 7n
    }
    const { values, errors, problem } = await read(cluster)
    assert.deepEqual(values(0), [...numbers(0, 4), ...numbers(7, 10)])
    assert.deepEqual(errors, ['Partition 0 starts at offset 7 now: what came before was deleted.'])
    assert.equal(problem(0), undefined)
  })

  it('gives up a partition that must not be read, and reads the others', async () => {
    const denied = { fetch: () => ({ errorCode: CODE.topicAuthorizationFailed }) }
    const { values, problem, last } = await read(new FakeCluster([denied, {}]))
    assert.equal(problem(0), 'TOPIC_AUTHORIZATION_FAILED')
    assert.deepEqual(values(1), numbers(0, 10))
    assert.ok(last?.progress.every(({ done }) => done))
  })

  it('asks for more until a large batch comes whole', async () => {
    const large = batch({
      baseOffset: 0n,
      records: [{ offsetDelta: 0, value: 'x'.repeat(3 * MIB) }],
    })
    const cluster = new FakeCluster([{ end: 1n }])
    const [log] = cluster.logs
    assert.ok(log)
    log.fetch = () => {
      const maxBytes = cluster.fetches.at(-1)?.partitions[0]?.maxBytes ?? 0
      return { records: large.subarray(0, maxBytes) }
    }
    assert.equal((await read(cluster)).values(0)[0]?.length, 3 * MIB)
  })

  it('gives up where nothing whole ever comes', async () => {
    const part = oneRecordBatches(0n, 1n).subarray(0, 40)
    const { problem, last } = await read(
      new FakeCluster([{ fetch: () => ({ records: part }) }, {}]),
    )
    assert.equal(problem(0), 'unreadable')
    assert.equal(last?.recordsRead, 10)
  })

  it('gives up where only rubbish comes, with an error for each attempt', async () => {
    const rubbish = Buffer.alloc(200, 0xff)
    const { problem, errors } = await read(
      new FakeCluster([{ end: 100n, fetch: () => ({ records: rubbish }) }]),
    )
    assert.equal(problem(0), 'unreadable')
    assert.ok(errors.length > 0 && errors.length < 20)
  })

  it('ends where a log was cut back before the end it had', async () => {
    const cluster = new FakeCluster([{ end: 10n }])
    cluster.onFetch = ({ partitions }) => {
      const [log] = cluster.logs
      if (log && partitions[0]?.offset === 4n) log.end = 4n
    }
    const { values, problem } = await read(cluster)
    assert.deepEqual(values(0), numbers(0, 4))
    assert.equal(problem(0), 'log-cut')
  })

  it('ends at once where the last stable offset lies before the log', async () => {
    const { last, errors } = await read(new FakeCluster([{ start: 7n, end: 3n }]))
    assert.deepEqual([last?.recordsRead, last?.done, errors], [0, true, []])
    assert.equal(last?.progress[0]?.position, 7n)
  })

  it('passes batches that compaction emptied, up to the end', async () => {
    const empty = batch({ baseOffset: 0n, lastOffsetDelta: 9, records: [] })
    const { last } = await read(new FakeCluster([{ fetch: () => ({ records: empty }) }]))
    assert.equal(last?.progress[0]?.position, 10n)
    assert.equal(last.recordsRead, 0)
  })

  it('waits for a partition without a leader when there is no end', async () => {
    const cluster = new FakeCluster([{ leader: -1 }, {}])
    const stop = new AbortController()
    const seen: ReadUpdate[] = []
    const { from } = { from: { all: { kind: 'earliest' } } } as const
    await scan({
      offsets: cluster.context(),
      request: { topic: cluster.topic, from },
      lane: 'lane',
      signal: stop.signal,
      memoryBudgetBytes: 4 * MIB,
      emit: update => {
        seen.push(update)
        const [first, second] = update.progress
        const [log] = cluster.logs
        if (log && first?.problem && second?.position === 10n) log.leader = 1
        if (first?.position === 10n) stop.abort()
        return Promise.resolve()
      },
    })
    const failing = seen.flatMap(({ progress: [first] }) => (first?.problem ? [first] : []))
    assert.ok(failing.some(({ problem }) => problem?.code === 'LEADER_NOT_AVAILABLE'))
    for (const { failingSince = 0, nextTryAt = 0 } of failing)
      assert.ok(failingSince > 0 && nextTryAt > failingSince)
    const { problem, failingSince, nextTryAt } = seen.at(-1)?.progress[0] ?? {}
    assert.deepEqual([problem, failingSince, nextTryAt], [undefined, undefined, undefined])
    assert.ok(seen.every(update => !update.done))
  })

  it('reads a partition that is asked for twice once', async () => {
    const { values, last } = await read(new FakeCluster([{}, {}]), { partitions: [1, 1] })
    assert.deepEqual([values(0), values(1)], [[], numbers(0, 10)])
    assert.equal(last?.progress.length, 1)
  })

  it('forgets a problem once the partition can be asked, also where there is nothing to read', async () => {
    const cluster = new FakeCluster([{ leader: -1, end: 0n }])
    const [log] = cluster.logs
    assert.ok(log)
    const { updates, problem } = await read(
      cluster,
      {},
      {
        emit: () => {
          log.leader = 1
          return Promise.resolve()
        },
      },
    )
    assert.equal(updates[0]?.progress[0]?.problem?.code, 'LEADER_NOT_AVAILABLE')
    assert.equal(problem(0), undefined)
  })

  it('takes no more than the limit, and tells how far it really is', async () => {
    const { values, last } = await read(new FakeCluster([{}]), { limit: 3 })
    assert.deepEqual(values(0), ['0', '1', '2'])
    assert.equal(last?.progress[0]?.position, 3n)
    assert.equal(last.done, true)
  })

  it('hands on pages that share a buffer in one update, for they can move only together', async () => {
    const value = 'x'.repeat(700_000)
    const large = (offset: number, more = {}) =>
      batch({ baseOffset: BigInt(offset), records: [{ offsetDelta: 0, value }], ...more })
    const plain = Buffer.concat([0, 1, 2, 3].map(offset => large(offset)))
    const mixed = Buffer.concat([large(0, { attributes: 1, compress: gzipSync }), large(1)])
    // As the answer of one broker holds them.
    const answer = Buffer.concat([plain, plain, mixed])
    const part = (start: number, length: number) => answer.subarray(start, start + length)
    const [a, b, c] = [
      part(0, plain.length),
      part(plain.length, plain.length),
      part(plain.length * 2, mixed.length),
    ]
    const cluster = new FakeCluster([
      { end: 4n, fetch: () => ({ records: a }) },
      { end: 2n, fetch: () => ({ records: c }) },
      { end: 4n, fetch: () => ({ records: b }) },
    ])
    const { updates } = await read(cluster)
    const gone = new Set<ArrayBufferLike>()
    for (const { pages } of updates) {
      const buffers = new Set(pages.map(page => page.bytes.buffer))
      for (const buffer of buffers) assert.ok(!gone.has(buffer))
      for (const buffer of buffers) gone.add(buffer)
    }
    assert.equal(updates.at(-1)?.recordsRead, 10)
    // The records that were compressed, and what stood beside them, are copies.
    assert.ok(gone.has(answer.buffer) && gone.size > 1)
  })

  it('finds the last records of a batch without gaps by its head', async () => {
    const records = (offsetDeltas: readonly number[]) =>
      batch({
        baseOffset: 0n,
        lastOffsetDelta: 9,
        records: offsetDeltas.map(offsetDelta => ({ offsetDelta, value: `${offsetDelta}` })),
      })
    const cases = [
      { deltas: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], asked: [7n, 7n], expected: ['7', '8', '9'] },
      // With gaps in it, its records are looked at for the third from its end.
      { deltas: [0, 2, 3, 5, 9], asked: [7n, 0n, 3n], expected: ['3', '5', '9'] },
    ]
    for (const { deltas, asked, expected } of cases) {
      const cluster = new FakeCluster([{ fetch: () => ({ records: records(deltas) }) }])
      const { values } = await read(cluster, { from: { all: { kind: 'tail', count: 3 } } })
      assert.deepEqual(values(0), expected)
      assert.deepEqual(
        cluster.fetches.map(({ partitions }) => partitions[0]?.offset),
        asked,
      )
    }
  })

  it('follows partitions that the topic gets while it is read, from their start', async () => {
    const cluster = new FakeCluster([{ start: 2n, end: 4n }])
    const { values } = await read(
      cluster,
      { from: { all: { kind: 'latest' } }, to: 'never', limit: 5 },
      {
        lookForPartitionsMs: 5,
        emit: () => {
          if (cluster.logs.length === 1) cluster.logs.push({ leader: 2, start: 0n, end: 5n })
          return Promise.resolve()
        },
      },
    )
    assert.deepEqual(values(1), numbers(0, 5))
    assert.deepEqual(values(0), [])
  })

  it('looks for no partitions where some were chosen, or the end is known', async () => {
    const requests: Wanted[] = [{ partitions: [0], to: 'never', limit: 3 }, {}]
    for (const request of requests) {
      const cluster = new FakeCluster([{ end: 3n }])
      const { updates } = await read(cluster, request, {
        lookForPartitionsMs: 1,
        emit: () => {
          if (cluster.logs.length === 1) cluster.logs.push({ leader: 2, start: 0n, end: 5n })
          return new Promise(resolve => setTimeout(resolve, 10))
        },
      })
      assert.ok(updates.every(({ progress }) => progress.length <= 1))
    }
  })

  it('hands on what matches, counts all, and shows all to who observes it', async () => {
    const cluster = new FakeCluster([{ end: 30n }, { leader: 2, end: 30n }])
    const observed: number[] = []
    const formats = { key: AUTO, value: AUTO }
    const { values, last } = await read(
      cluster,
      { filter: { text: { text: '2', ignoreCase: false }, formats } },
      { observe: page => observed.push(page.count) },
    )
    const matching = numbers(0, 30).filter(value => value.includes('2'))
    for (const partition of [0, 1]) assert.deepEqual(values(partition), matching)
    assert.equal(last?.recordsRead, 60)
    assert.equal(last.recordsMatched, 2 * matching.length)
    assert.equal(
      observed.reduce((sum, count) => sum + count, 0),
      60,
    )
    assert.equal(last.done, true)
  })

  it('limits what matches, and tells how much it read for that', async () => {
    const records = batch({
      baseOffset: 0n,
      records: numbers(0, 100).map((value, offsetDelta) => ({ offsetDelta, value })),
    })
    const cluster = new FakeCluster([{ end: 100n, fetch: () => ({ records }) }])
    const formats = { key: AUTO, value: AUTO }
    const observed: number[] = []
    const { values, last } = await read(
      cluster,
      { filter: { text: { text: '5', ignoreCase: false }, formats }, limit: 3 },
      { observe: page => observed.push(page.count) },
    )
    assert.deepEqual(values(0), ['5', '15', '25'])
    assert.deepEqual([last?.recordsRead, last?.recordsMatched, observed], [26, 3, [26]])
    assert.equal(last?.progress[0]?.position, 26n)
  })

  it('rejects an expression that does not compile, before it asks anything', async () => {
    const cluster = new FakeCluster([{}])
    const formats = { key: AUTO, value: AUTO }
    await assert.rejects(read(cluster, { filter: { expressions: ['value.'], formats } }))
    assert.equal(cluster.fetches.length, 0)
  })

  it('hears a cancel while it decodes', async () => {
    const value = 'x'.repeat(1000)
    const one = batch({
      baseOffset: 0n,
      records: Array.from({ length: 1_000 }, (_, offsetDelta) => ({ offsetDelta, value })),
    })
    const records = Buffer.concat(
      Array.from({ length: 20 }, (_, index) => {
        const copy = Buffer.from(one)
        copy.writeBigInt64BE(BigInt(index * 1_000))
        return copy
      }),
    )
    const cluster = new FakeCluster([{ end: 20_000n, fetch: () => ({ records }) }])
    const cancel = new AbortController()
    let observed = 0
    const reading = read(
      cluster,
      {},
      {
        signal: cancel.signal,
        observe: () => {
          observed++
          setImmediate(() => cancel.abort())
          for (const end = performance.now() + 15; performance.now() < end;);
        },
      },
    )
    await reading
    assert.equal(observed, 1)
  })

  it('ends without another update when it is cancelled', async () => {
    const stop = new AbortController()
    const cluster = new FakeCluster([{ end: 1_000n }])
    const { updates } = await read(
      cluster,
      {},
      {
        signal: stop.signal,
        emit: () => {
          stop.abort()
          return Promise.resolve()
        },
      },
    )
    assert.ok(updates.length <= 2)
    assert.ok(updates.every(update => !update.done))
  })

  it('closes the connections of a cancelled read that are waited for, and no others', async () => {
    const stop = new AbortController()
    const cluster = new FakeCluster([{ leader: 1 }, { leader: 2, end: 0n }])
    cluster.onFetch = () => new Promise(() => stop.abort())
    await read(cluster, {}, { signal: stop.signal })
    assert.deepEqual(cluster.closed, ['1 lane'])
  })

  it('closes them also where a read is cancelled while it waits for what is on its way', async () => {
    const stop = new AbortController()
    const cluster = new FakeCluster([{ end: 100n }])
    cluster.onFetch = () =>
      cluster.fetches.length === 2 ? new Promise(() => undefined) : undefined
    const request = { limit: 1 }
    const emit = (update: ReadUpdate) => {
      if (update.done) setImmediate(() => stop.abort())
      return Promise.resolve()
    }
    await read(cluster, request, { signal: stop.signal, emit })
    assert.deepEqual(cluster.closed, ['1 lane'])
  })

  it('waits for what is on its way when a limit ends a read, and keeps the connection', async () => {
    const cluster = new FakeCluster([{ end: 100n }])
    const late = Promise.withResolvers<undefined>()
    let told = false
    cluster.onFetch = () => (cluster.fetches.length === 2 ? late.promise : undefined)
    const reading = read(
      cluster,
      { limit: 1 },
      {
        emit: update => {
          told ||= update.done
          return Promise.resolve()
        },
      },
    )
    let over = false
    void reading.then(() => (over = true))
    for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
    assert.deepEqual([told, over], [true, false])
    late.resolve(undefined)
    assert.equal((await reading).last?.recordsRead, 1)
    assert.deepEqual(cluster.closed, [])
  })

  it('rejects where a fetch fails with no partition left to tell', async () => {
    const cluster = new FakeCluster([{}])
    await assert.rejects(read(cluster, { topic: 'other' }), /Topic other/)
  })
})
