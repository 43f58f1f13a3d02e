import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { Kafka, logLevel, type Admin, type Message, type Producer } from 'kafkajs'
import { ensureKafkaJars } from '../../scripts/setup-kafka.ts'
import { silentLog } from '../../src/base/log.ts'
import { ProblemError } from '../../src/base/problem.ts'
import type { Position, Positions, ReadUpdate } from '../../src/kafka/reading.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { registerCodecs } from '../../src/kafkajs/compression.ts'
import { openClient, type Client } from '../../src/kafkajs/client.ts'
import { harden } from '../../src/kafkajs/harden.ts'
import { FindCoordinator } from '../../src/kafkajs/protocol/groups.ts'
import { OffsetCommit } from '../../src/kafkajs/protocol/offsets.ts'
import { kafkajsCodecs } from '../../src/reading/codecs/codecs.ts'
import { createReader, type Reader } from '../../src/reading/reader.ts'
import { recordsOf } from '../reading/decoded.ts'
import { readAll, type Delivered } from '../reading/deliver.ts'
import { ownBroker, secureBroker, sharedBroker, threeNodes, type RunningBroker } from './broker.ts'

harden()

const workerPath = new URL('../../src/reading/worker.ts', import.meta.url)

/** A cluster with a reader, and an ordinary client to prepare what is read. */
class Bench {
  readonly bootstrapServers: string
  readonly kafka: Kafka
  readonly reader: Reader
  readonly admin: Admin
  readonly producer: Producer
  readonly #client: Client

  constructor(bootstrapServers: string) {
    this.bootstrapServers = bootstrapServers
    const brokers = bootstrapServers.split(',')
    this.kafka = new Kafka({ brokers, clientId: 'test', logLevel: logLevel.NOTHING })
    this.admin = this.kafka.admin()
    this.producer = this.kafka.producer()
    const config = { bootstrapServers: brokers, clientId: 'test-reader' }
    this.#client = openClient(config, silentLog)
    this.reader = createReader({ workerPath, config, log: silentLog })
  }

  async open(): Promise<this> {
    await Promise.all([this.admin.connect(), this.producer.connect()])
    return this
  }

  async close(): Promise<void> {
    this.#client.close()
    await Promise.all([this.reader.close(), this.admin.disconnect(), this.producer.disconnect()])
  }

  async topic(
    partitions = 1,
    configs: Readonly<Record<string, string>> = {},
    replicationFactor = 1,
  ): Promise<string> {
    const topic = `reading-${randomUUID()}`
    await this.admin.createTopics({
      waitForLeaders: true,
      topics: [
        {
          topic,
          numPartitions: partitions,
          replicationFactor,
          configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
        },
      ],
    })
    return topic
  }

  async send(
    topic: string,
    partition: number,
    values: readonly string[],
    timestamp = Date.now(),
  ): Promise<void> {
    const messages = values.map((value): Message => ({
      value,
      partition,
      key: `k-${value}`,
      timestamp: `${timestamp}`,
    }))
    await this.producer.send({ topic, messages })
  }

  /** -1: none now. */
  async leaderOf(topic: string, partition: number): Promise<number> {
    const { topics } = await this.#client.metadata([topic])
    const found = topics[0]?.partitions.find(({ partitionIndex }) => partitionIndex === partition)
    return found?.leaderId ?? -1
  }

  /** Without joining the group. */
  async commit(groupId: string, topic: string, partition: number, offset: bigint): Promise<void> {
    const coordinator = await this.#client.send('any', FindCoordinator, {
      keyType: 0,
      coordinatorKeys: [groupId],
    })
    await this.#client.send(coordinator.coordinators[0]?.nodeId ?? -1, OffsetCommit, {
      groupId,
      memberId: '',
      groupInstanceId: null,
      topics: [
        {
          name: topic,
          partitions: [
            { partitionIndex: partition, committedOffset: offset, committedMetadata: null },
          ],
        },
      ],
    })
  }
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `${from + index}`)
const values = ({ records }: Delivered) => records.map(record => record.value)
const at = (position: Position): Positions => ({ all: position })
const offset = (value: bigint): Position => ({ kind: 'offset', offset: value })
const tail = (count: number): Position => ({ kind: 'tail', count })

function run(command: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { timeout: 60_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command}: ${stderr}`, { cause: error }))
      else resolve(stdout)
    })
    // A program that does not read its input ends before it is written.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
}

/** Polls until `find` finds something; fails after `ms`. */
async function eventually<T>(
  find: () => T | undefined | Promise<T | undefined>,
  ms = 30_000,
): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const found = await find()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error('It did not happen in time.')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

describe('reading a topic', function () {
  this.timeout(90_000)
  let bench: Bench

  before(async () => {
    const broker = await sharedBroker()
    bench = await new Bench(broker.bootstrapServers).open()
  })
  after(() => bench.close())

  describe('with the codecs of other clients', () => {
    const lines = numbers(0, 300).map(number => `{"id":${number},"text":"${'abc'.repeat(20)}"}`)

    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
      it(`kcat, ${codec}`, async function () {
        const there = await run('kcat', ['-V'], '').catch(() => undefined)
        if (there === undefined) this.skip()
        const topic = await bench.topic()
        const args = ['-b', bench.bootstrapServers, '-P', '-t', topic, '-z', codec]
        await run('kcat', args, lines.join('\n'))
        assert.deepEqual(values(await readAll(bench.reader, { topic })), lines)
      })

      it(`Java, ${codec}`, async () => {
        const { jars, java } = await ensureKafkaJars()
        const topic = await bench.topic()
        const program = 'org.apache.kafka.tools.ConsoleProducer'
        const to = ['--bootstrap-server', bench.bootstrapServers, '--topic', topic]
        const jvm = ['-XX:TieredStopAtLevel=1', '-cp', jars.classPath, program]
        await run(java.command, [...jvm, ...to, '--compression-codec', codec], lines.join('\n'))
        assert.deepEqual(values(await readAll(bench.reader, { topic })), lines)
      })
    }
  })

  it('reads and compresses so that Java reads it too', async () => {
    registerCodecs(kafkajsCodecs)
    const topic = await bench.topic()
    const config = { bootstrapServers: [bench.bootstrapServers], clientId: 'test' }
    const cluster = await createCluster(config, {
      log: silentLog,
      reader: (request, ask) => bench.reader.read(request, ask),
    })
    const sent: string[] = []
    for (const compression of ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const) {
      const texts = numbers(0, 200).map(number => `${compression} ${number} ${'abc'.repeat(30)}`)
      const records = texts.map(text => ({ key: null, value: Buffer.from(text), headers: [] }))
      const outcomes = await cluster.produce({ topic, records, compression })
      assert.ok(outcomes.every(({ problem }) => problem === undefined))
      sent.push(...texts)
    }
    await cluster.close()
    assert.deepEqual(values(await readAll(bench.reader, { topic })), sent)
    const { jars, java } = await ensureKafkaJars()
    const program = 'org.apache.kafka.tools.consumer.ConsoleConsumer'
    const jvm = ['-XX:TieredStopAtLevel=1', '-cp', jars.classPath, program]
    const what = ['--topic', topic, '--from-beginning', '--max-messages', `${sent.length}`]
    const from = ['--bootstrap-server', bench.bootstrapServers, '--timeout-ms', '20000']
    const read = await run(java.command, [...jvm, ...from, ...what], '')
    assert.deepEqual(read.trim().split('\n'), sent)
  })

  describe('from and to positions', () => {
    let topic: string
    /** Records 0 to 49 are older by a second. */
    const middle = Date.now()

    before(async () => {
      topic = await bench.topic(2)
      await bench.send(topic, 0, numbers(0, 50), middle - 1_000)
      await bench.send(topic, 0, numbers(50, 100), middle)
      await bench.send(topic, 1, numbers(1_000, 1_010))
    })

    const cases: [name: string, from: () => Position, to: () => Position, expected: string[]][] = [
      ['earliest', () => ({ kind: 'earliest' }), () => ({ kind: 'latest' }), numbers(0, 100)],
      ['latest', () => ({ kind: 'latest' }), () => ({ kind: 'latest' }), []],
      ['an offset', () => offset(90n), () => ({ kind: 'latest' }), numbers(90, 100)],
      ['an offset to an offset', () => offset(7n), () => offset(12n), numbers(7, 12)],
      ['an end before the start', () => offset(12n), () => offset(7n), []],
      ['an end beyond the log', () => offset(98n), () => offset(1_000n), numbers(98, 100)],
      ['the last ten', () => tail(10), () => ({ kind: 'latest' }), numbers(90, 100)],
      ['more than there are', () => tail(1_000), () => ({ kind: 'latest' }), numbers(0, 100)],
      ['none of the last', () => tail(0), () => ({ kind: 'latest' }), []],
      ['all but the last', () => ({ kind: 'earliest' }), () => tail(95), numbers(0, 5)],
      ['a time', () => time(middle), () => ({ kind: 'latest' }), numbers(50, 100)],
      ['until a time', () => ({ kind: 'earliest' }), () => time(middle), numbers(0, 50)],
      ['a time to come', () => time(9e12), () => ({ kind: 'latest' }), []],
    ]
    const time = (timestamp: number): Position => ({ kind: 'time', timestamp })

    for (const [name, from, to, expected] of cases) {
      it(name, async () => {
        const request = { topic, partitions: [0], from: at(from()), to: at(to()) }
        const delivered = await readAll(bench.reader, request)
        assert.deepEqual(values(delivered), expected)
        assert.deepEqual(delivered.errors, [])
      })
    }

    it('exceptions for single partitions', async () => {
      const delivered = await readAll(bench.reader, {
        topic,
        from: { all: { kind: 'earliest' }, byPartition: new Map([[0, offset(97n)]]) },
        to: { all: { kind: 'latest' }, byPartition: new Map([[1, offset(3n)]]) },
      })
      const of = (partition: number) =>
        delivered.records.filter(record => record.partition === partition).map(r => r.value)
      assert.deepEqual(of(0), numbers(97, 100))
      assert.deepEqual(of(1), numbers(1_000, 1_003))
    })

    it('a limit over all partitions', async () => {
      const { records, last } = await readAll(bench.reader, { topic, limit: 13 })
      assert.equal(records.length, 13)
      assert.equal(last.recordsRead, 13)
      for (const { partition, position } of last.progress) {
        const own = records.filter(record => record.partition === partition)
        assert.equal(position, (own.at(-1)?.offset ?? -1n) + 1n)
      }
    })

    it('progress that ends at the end as it was', async () => {
      const { last } = await readAll(bench.reader, { topic })
      assert.deepEqual(
        last.progress.map(({ partition, startOffset, position, endOffset, done }) => [
          partition,
          startOffset,
          position,
          endOffset,
          done,
        ]),
        [
          [0, 0n, 100n, 100n, true],
          [1, 0n, 10n, 10n, true],
        ],
      )
    })

    it("a group's committed offsets, without joining it", async () => {
      const groupId = `group-${randomUUID()}`
      await bench.commit(groupId, topic, 0, 95n)
      const committed = at({ kind: 'committed', group: groupId })
      const before = await bench.admin.describeGroups([groupId])
      const request = { topic, from: committed, fallback: 'earliest' } as const
      assert.deepEqual(
        values(await readAll(bench.reader, request)).sort(),
        [...numbers(1_000, 1_010), ...numbers(95, 100)].sort(),
      )
      const toLatest = await readAll(bench.reader, { topic, from: committed })
      assert.deepEqual(values(toLatest), numbers(95, 100))
      assert.deepEqual(await bench.admin.describeGroups([groupId]), before)
    })

    it('a partition that does not exist, beside one that does', async () => {
      const { records, last } = await readAll(bench.reader, { topic, partitions: [1, 7] })
      assert.equal(records.length, 10)
      const problem = last.progress.find(({ partition }) => partition === 7)?.problem
      assert.equal(
        problem?.message,
        `Partition 7 does not exist: topic "${topic}" has partitions 0-1.`,
      )
    })
  })

  it('starts where the log starts when records were deleted, and says so', async () => {
    const topic = await bench.topic()
    await bench.send(topic, 0, numbers(0, 10))
    await bench.admin.fetchTopicOffsets(topic)
    await bench.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '4' }] })
    const delivered = await readAll(bench.reader, { topic, from: at(offset(1n)) })
    assert.deepEqual(values(delivered), numbers(4, 10))
    assert.deepEqual(delivered.errors, [
      {
        offset: 1n,
        moved: true,
        message: 'Partition 0 starts at offset 4 now: what came before was deleted.',
      },
    ])
    assert.deepEqual(
      values(await readAll(bench.reader, { topic, from: at(tail(100)) })),
      numbers(4, 10),
    )
  })

  it('goes on at the log start when records are deleted while it reads', async () => {
    const topic = await bench.topic()
    await bench.send(topic, 0, numbers(0, 10))
    const stop = new AbortController()
    const seen: ReadUpdate[] = []
    const request = { topic, from: at({ kind: 'latest' }) } as const
    const reading = collect(bench.reader.read(request, { signal: stop.signal }), seen)
    await eventually(() => (seen.length > 0 ? true : undefined))
    await bench.send(topic, 0, ['before'])
    await eventually(() => valuesOf(seen).find(value => value === 'before'))
    // Too slow to catch the reader in time, this shows at least that nothing is lost or repeated.
    await bench.admin.fetchTopicOffsets(topic)
    await bench.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '-1' }] })
    await bench.send(topic, 0, ['after'])
    await eventually(() => valuesOf(seen).find(value => value === 'after'))
    stop.abort()
    await reading
    assert.deepEqual(valuesOf(seen), ['before', 'after'])
  })

  describe('with transactions', () => {
    let topic: string

    before(async () => {
      topic = await bench.topic()
      const producer = bench.kafka.producer({
        transactionalId: `tx-${randomUUID()}`,
        maxInFlightRequests: 1,
        idempotent: true,
      })
      await producer.connect()
      for (const number of numbers(0, 8)) {
        const transaction = await producer.transaction()
        await transaction.send({ topic, messages: [{ value: number, partition: 0 }] })
        await (Number(number) % 4 === 1 ? transaction.abort() : transaction.commit())
      }
      await producer.disconnect()
    })

    it('does not show what was aborted', async () => {
      const delivered = await readAll(bench.reader, { topic })
      assert.deepEqual(values(delivered), ['0', '2', '3', '4', '6', '7'])
      assert.equal(delivered.last.progress[0]?.position, 16n)
    })

    it('shows it in read_uncommitted', async () => {
      const request = { topic, isolation: 'read_uncommitted' } as const
      assert.deepEqual(values(await readAll(bench.reader, request)), numbers(0, 8))
    })

    it('tells of markers and what was aborted, where that is asked for', async () => {
      const { updates } = await readAll(bench.reader, { topic, notes: true })
      const notes = updates.flatMap(({ pages }) => pages.flatMap(page => page.notes ?? []))
      assert.deepEqual(
        notes.map(({ kind, offset, nextOffset }) => [kind, offset, nextOffset]),
        Array.from({ length: 8 }, (_, index) => {
          const offset = BigInt(2 * index)
          const marker = ['marker', offset + 1n, offset + 2n]
          return index % 4 === 1 ? [['aborted', offset, offset + 1n], marker] : [marker]
        }).flat(),
      )
      const outcomes = notes.flatMap(note => (note.kind === 'marker' ? note.committed : []))
      assert.deepEqual(outcomes, [true, false, true, true, true, false, true, true])
    })

    for (const [count, expected] of [
      [1, ['7']],
      [3, ['4', '6', '7']],
      [4, ['3', '4', '6', '7']],
      [50, ['0', '2', '3', '4', '6', '7']],
    ] as const) {
      it(`finds the last ${count} between the markers`, async () => {
        const request = { topic, from: at(tail(count)) }
        assert.deepEqual(values(await readAll(bench.reader, request)), expected)
      })
    }

    it('ends before an open transaction', async () => {
      const open = await bench.topic()
      await bench.send(open, 0, ['done'])
      const producer = bench.kafka.producer({
        transactionalId: `tx-${randomUUID()}`,
        maxInFlightRequests: 1,
        idempotent: true,
      })
      await producer.connect()
      const transaction = await producer.transaction()
      await transaction.send({ topic: open, messages: [{ value: 'pending', partition: 0 }] })
      const committed = await readAll(bench.reader, { topic: open })
      assert.deepEqual(values(committed), ['done'])
      const all = await readAll(bench.reader, { topic: open, isolation: 'read_uncommitted' })
      assert.deepEqual(values(all), ['done', 'pending'])
      await transaction.abort()
      await producer.disconnect()
    })
  })

  it('reads batches larger than any fetch asks for', async () => {
    const topic = await bench.topic(3, { 'max.message.bytes': '20000000' })
    const large = (partition: number) => 'x'.repeat(900_000 + partition)
    for (const partition of [0, 1, 2, 0, 1, 2]) {
      await bench.producer.send({ topic, messages: [{ value: large(partition), partition }] })
    }
    const { records } = await readAll(bench.reader, { topic })
    assert.deepEqual(
      records
        .map(({ partition, offset, value }) => `${partition}/${offset} ${value?.length}`)
        .sort(),
      ['0/0', '0/1', '1/0', '1/1', '2/0', '2/1'].map(
        place => `${place} ${900_000 + Number(place[0])}`,
      ),
    )
  })

  it('follows what is produced, until it is cancelled', async () => {
    const topic = await bench.topic(2)
    await bench.send(topic, 0, ['old'])
    const stop = new AbortController()
    const seen: ReadUpdate[] = []
    const request = { topic, from: at({ kind: 'latest' }) } as const
    const reading = collect(bench.reader.read(request, { signal: stop.signal }), seen)
    await eventually(() =>
      seen.find(update => update.progress.every(p => p.highWatermark !== undefined)),
    )
    await bench.send(topic, 0, ['new 0'])
    await bench.send(topic, 1, ['new 1'])
    await eventually(() => (valuesOf(seen).length === 2 ? true : undefined))
    await bench.send(topic, 1, ['newer 1'])
    await eventually(() => (valuesOf(seen).length === 3 ? true : undefined))
    assert.ok(seen.every(update => !update.done))
    stop.abort()
    await reading
    assert.deepEqual(valuesOf(seen).sort(), ['new 0', 'new 1', 'newer 1'])
  })

  it('follows a topic that gets more partitions', async () => {
    const topic = await bench.topic(1)
    const stop = new AbortController()
    const seen: ReadUpdate[] = []
    const request = { topic, from: at({ kind: 'latest' }) } as const
    const reading = collect(bench.reader.read(request, { signal: stop.signal }), seen)
    await eventually(() => (seen.length > 0 ? true : undefined))
    await bench.admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] })
    await eventually(async () => ((await bench.leaderOf(topic, 2)) >= 0 ? true : undefined))
    await bench.send(topic, 2, ['before it was noticed'])
    await eventually(() => (valuesOf(seen).length === 1 ? true : undefined))
    await bench.send(topic, 1, ['later'])
    await eventually(() => (valuesOf(seen).length === 2 ? true : undefined))
    stop.abort()
    await reading
    assert.deepEqual(valuesOf(seen), ['before it was noticed', 'later'])
  })

  it('ends when its consumer leaves the loop, and can be used again', async () => {
    const topic = await bench.topic()
    await bench.send(topic, 0, numbers(0, 10))
    const request = { topic, from: at({ kind: 'earliest' }) } as const
    const { signal } = new AbortController()
    for await (const update of bench.reader.read(request, { signal })) {
      if (update.pages.length > 0) break
    }
    assert.equal((await readAll(bench.reader, { topic })).records.length, 10)
  })

  it('reads several topics at a time', async () => {
    const topics = await Promise.all([bench.topic(), bench.topic(), bench.topic()])
    await Promise.all(topics.map(topic => bench.send(topic, 0, [topic])))
    const all = await Promise.all(topics.map(topic => readAll(bench.reader, { topic })))
    assert.deepEqual(
      all.map(delivered => values(delivered)),
      topics.map(topic => [topic]),
    )
  })

  it('leaves no group, no commit and no topic behind', async () => {
    const topic = await bench.topic()
    await bench.send(topic, 0, ['x'])
    const before = await bench.admin.listGroups()
    await readAll(bench.reader, { topic })
    const groupId = `none-${randomUUID()}`
    await readAll(bench.reader, { topic, from: at({ kind: 'committed', group: groupId }) })
    const after = await bench.admin.listGroups()
    const ids = (listing: typeof before) => listing.groups.map(group => group.groupId).sort()
    assert.deepEqual(ids(after), ids(before))
  })
})

/** Takes updates until the reader ends. */
async function collect(updates: AsyncIterable<ReadUpdate>, into: ReadUpdate[]): Promise<void> {
  for await (const update of updates) into.push(update)
}

function valuesOf(updates: readonly ReadUpdate[]): (string | null)[] {
  return updates
    .flatMap(update => update.pages)
    .flatMap(page => recordsOf(page).map(record => record.value))
}

describe('reading from a broker that demands a login', function () {
  this.timeout(90_000)

  it('logs in over TLS, and tells a wrong password without repeating it', async () => {
    const broker = await secureBroker()
    const bench = await new Bench(broker.plaintext).open()
    const topic = await bench.topic()
    await bench.send(topic, 0, ['secret things'])
    await bench.close()
    const logged: string[] = []
    const write = (message: string) => void logged.push(message)
    const readerWith = (password: string) =>
      createReader({
        workerPath,
        config: {
          bootstrapServers: [broker.saslSsl],
          clientId: 'test-reader',
          tls: { ca: broker.certificates.ca },
          sasl: { mechanism: 'SCRAM-SHA-512', username: 'alice', password },
        },
        log: { trace: write, debug: write, info: write, warn: write, error: write },
      })
    const right = readerWith(broker.passwords.alice)
    assert.deepEqual(values(await readAll(right, { topic })), ['secret things'])
    await right.close()
    const wrong = readerWith('not-the-password')
    await assert.rejects(readAll(wrong, { topic }), (error: unknown) => {
      assert.ok(error instanceof ProblemError)
      assert.equal(error.problem.code, 'wrong-password')
      assert.ok(!JSON.stringify(error.problem).includes('not-the-password'))
      return true
    })
    await wrong.close()
    assert.ok(logged.length > 0)
    for (const secret of [broker.passwords.alice, 'not-the-password', 'secret things']) {
      assert.ok(logged.every(line => !line.includes(secret)))
    }
  })
})

describe('reading from a broker that creates topics and compacts', function () {
  this.timeout(120_000)
  let broker: RunningBroker
  let bench: Bench

  before(async () => {
    broker = await ownBroker({
      properties: {
        'auto.create.topics.enable': 'true',
        'log.cleaner.backoff.ms': '100',
        'log.cleaner.dedupe.buffer.size': '2097152',
      },
    })
    bench = await new Bench(broker.bootstrapServers).open()
  })
  after(async () => {
    await bench.close()
    await broker.stop()
  })

  it('creates no topic by asking for it', async () => {
    const topic = `missing-${randomUUID()}`
    await assert.rejects(readAll(bench.reader, { topic }), (error: unknown) => {
      assert.ok(error instanceof ProblemError)
      assert.equal(error.problem.code, 'UNKNOWN_TOPIC_OR_PARTITION')
      assert.match(error.problem.message, new RegExp(topic))
      return true
    })
    assert.ok(!(await bench.admin.listTopics()).includes(topic))
  })

  it('finds the last records of a compacted topic', async () => {
    const topic = await bench.topic(1, {
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'min.cleanable.dirty.ratio': '0.01',
      'min.compaction.lag.ms': '0',
      'max.compaction.lag.ms': '200',
      'delete.retention.ms': '0',
    })
    const put = (key: string, value: string) =>
      bench.producer.send({ topic, messages: [{ key, value }] })
    for (const round of numbers(0, 30)) {
      await bench.producer.send({
        topic,
        messages: numbers(0, 20).map(key => ({ key: `k${key}`, value: `${key}/${round}` })),
      })
    }
    // Only closed segments are compacted: the records below close the others' segment.
    const compacted = await eventually(async () => {
      await put('last', 'last')
      const read = await readAll(bench.reader, { topic })
      const rest = read.records.filter(record => record.key !== 'last')
      return rest.length === 20 ? read : undefined
    }, 60_000)
    const end = compacted.last.progress[0]?.endOffset
    assert.ok(end !== undefined && compacted.records.length < Number(end) / 2, 'there are gaps')
    for (const count of [1, 5, 21, 1_000]) {
      await eventually(async () => {
        const before = await offsetsFrom({ kind: 'earliest' })
        const last = await offsetsFrom(tail(count))
        // What is compacted in between says nothing about the reader.
        const after = await offsetsFrom({ kind: 'earliest' })
        if (before.join() !== after.join()) return undefined
        assert.deepEqual(last, before.slice(-count), `the last ${count}`)
        return true
      })
    }

    async function offsetsFrom(position: Position): Promise<bigint[]> {
      const { records } = await readAll(bench.reader, { topic, from: at(position) })
      return records.map(record => record.offset)
    }
  })
})

describe('reading while brokers fail', function () {
  this.timeout(180_000)
  let brokers: RunningBroker
  let bench: Bench

  before(async () => {
    brokers = await threeNodes()
    bench = await new Bench(brokers.bootstrapServers).open()
  })
  after(async () => {
    await bench.close()
    await brokers.stop()
  })

  it('goes on with the new leader, and loses and repeats nothing', async () => {
    const topic = await bench.topic(3, {}, 3)
    const stop = new AbortController()
    const seen: ReadUpdate[] = []
    const request = { topic, from: at({ kind: 'earliest' }) } as const
    const reading = collect(bench.reader.read(request, { signal: stop.signal }), seen)
    for (const partition of [0, 1, 2]) await bench.send(topic, partition, [`${partition} before`])
    await eventually(() => (valuesOf(seen).length === 3 ? true : undefined))
    const killed = brokers.nodes.find(node => node.id === 2)
    assert.ok(killed)
    await killed.kill()
    for (const partition of [0, 1, 2]) {
      await eventually(async () => {
        try {
          await bench.send(topic, partition, [`${partition} after`])
          return true
        } catch {
          return undefined
        }
      }, 60_000)
    }
    const wanted = ['0 after', '0 before', '1 after', '1 before', '2 after', '2 before']
    await eventually(() => (new Set(valuesOf(seen)).size === 6 ? true : undefined), 60_000)
    await killed.start()
    stop.abort()
    await reading
    const places = seen
      .flatMap(update => update.pages)
      .flatMap(page => recordsOf(page).map(record => `${page.partition}/${record.offset}`))
    assert.equal(new Set(places).size, places.length)
    assert.deepEqual([...new Set(valuesOf(seen))].sort(), wanted)
  })

  it('reads the other partitions when one has no leader, and that one when it is back', async () => {
    const topic = await bench.topic(3, {}, 1)
    for (const partition of [0, 1, 2]) await bench.send(topic, partition, [`${partition} before`])
    const lost = await bench.leaderOf(topic, 1)
    const node = brokers.nodes.find(({ id }) => id === lost)
    assert.ok(node)
    await node.kill()
    await eventually(
      async () => ((await bench.leaderOf(topic, 1)) === -1 ? true : undefined),
      60_000,
    )
    const stop = new AbortController()
    const seen: ReadUpdate[] = []
    const request = { topic, from: at({ kind: 'earliest' }) } as const
    const reading = collect(bench.reader.read(request, { signal: stop.signal }), seen)
    await eventually(() => (valuesOf(seen).length === 2 ? true : undefined))
    const problem = await eventually(
      () => seen.at(-1)?.progress.find(({ partition }) => partition === 1)?.problem,
    )
    assert.equal(problem.code, 'LEADER_NOT_AVAILABLE')
    assert.deepEqual(valuesOf(seen).sort(), ['0 before', '2 before'])
    await node.start()
    await eventually(() => valuesOf(seen).find(value => value === '1 before'), 60_000)
    await eventually(() =>
      seen.at(-1)?.progress.every(progress => progress.problem === undefined) ? true : undefined,
    )
    stop.abort()
    await reading
  })
})
