import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Kafka, logLevel, type Message, type Producer } from 'kafkajs'
import { silentLog } from '../../src/base/log.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { AUTO } from '../../src/kafka/format.ts'
import type { ReadRequest } from '../../src/kafka/reading.ts'
import type { RecordView, ViewState } from '../../src/kafka/recordView.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { harden } from '../../src/kafkajs/harden.ts'
import { createReader, type Reader } from '../../src/reading/reader.ts'
import { secureBroker, sharedBroker } from './broker.ts'
import { eventually } from './eventually.ts'

harden()

const workerPath = new URL('../../src/reading/worker.ts', import.meta.url)
const formats = { key: AUTO, value: AUTO }
const BUDGET = 64 * 1024 * 1024
const TIME = Date.UTC(2026, 0, 1)

describe('a view of a topic', function () {
  this.timeout(180_000)
  let kafka: Kafka
  let producer: Producer
  let reader: Reader
  let cluster: Cluster
  let views: RecordView[]

  before(async () => {
    const { bootstrapServers } = await sharedBroker()
    kafka = new Kafka({
      brokers: [bootstrapServers],
      clientId: 'view-test',
      logLevel: logLevel.NOTHING,
    })
    producer = kafka.producer()
    await producer.connect()
    const config = { bootstrapServers: [bootstrapServers], clientId: 'view-test' }
    reader = createReader({ workerPath, config, log: silentLog })
    cluster = await createCluster(config, {
      log: silentLog,
      reader: (request, ask) => reader.read(request, ask),
      view: request => reader.view(request),
      onClose: () => reader.close(),
    })
  })
  after(() => Promise.all([cluster.close(), producer.disconnect()]))
  beforeEach(() => {
    views = []
  })
  afterEach(() => {
    for (const view of views) view.dispose()
  })

  async function newTopic(partitions: number, configs: Record<string, string> = {}) {
    const name = `view-${randomUUID()}`
    const [made] = await cluster.createTopics([{ name, partitions, configs }])
    assert.equal(made?.problem, undefined)
    return name
  }

  function open(topic: string, more: Partial<ReadRequest> = {}, budgetBytes = BUDGET): RecordView {
    const request: ReadRequest = { topic, from: { all: { kind: 'earliest' } }, ...more }
    const view = cluster.view({ topic, source: { kind: 'read', request }, formats, budgetBytes })
    views.push(view)
    return view
  }

  const whole = { to: { all: { kind: 'latest' } } } as const

  function reaches(view: RecordView, phase: ViewState['phase']): Promise<ViewState> {
    return new Promise((resolve, reject) => {
      const look = (state: ViewState) => {
        if (state.phase === phase) resolve(state)
        else if (state.phase === 'failed') reject(new Error(state.problem?.message))
      }
      view.onDidChange(look)
      look(view.state)
    })
  }

  const send = (topic: string, messages: Message[]) => producer.send({ topic, messages })

  describe('with a million records', () => {
    const PARTITIONS = 3
    const COUNT = 1_000_000
    const textOf = (number: number) => `{"n":${number},"text":"${'abcdefgh'.repeat(9)}"}`
    let topic: string

    before(async () => {
      // Their times are long ago.
      topic = await newTopic(PARTITIONS, { 'retention.ms': '-1' })
      for (let from = 0; from < COUNT; from += 20_000) {
        const messages = Array.from({ length: 20_000 }, (_, index): Message => {
          const number = from + index
          const timestamp = `${TIME + number}`
          return { value: textOf(number), partition: number % PARTITIONS, timestamp }
        })
        await send(topic, messages)
      }
    })

    /** The record that was sent as this row's. */
    const numberOf = (row: { partition: number; offset: string }) =>
      Number(row.offset) * PARTITIONS + row.partition

    it('holds what fits, tells what it dropped, and answers while it reads', async () => {
      const view = open(topic, whole)
      let most = 0
      view.onDidChange(({ memoryBytes }) => (most = Math.max(most, memoryBytes)))
      const done = reaches(view, 'done')
      let answers = 0
      while (view.state.phase !== 'done') {
        const { dropped, rows } = view.state
        const page = await view.rows({ from: dropped + Math.floor(rows / 2), count: 50 })
        let last = -Infinity
        for (const row of page.rows) {
          assert.ok(row.kind === 'record' && row.timestamp !== undefined)
          assert.equal(row.timestamp, TIME + numberOf(row))
          assert.ok(row.value.kind === 'json')
          assert.ok(row.value.text.startsWith(`{"n":${numberOf(row)},`))
          assert.ok(last <= row.timestamp)
          last = row.timestamp
        }
        answers++
        await new Promise(resolve => setImmediate(resolve))
      }
      const state = await done
      assert.ok(answers > 3)
      assert.ok(most <= BUDGET, `${most} bytes`)
      assert.equal(state.recordsRead, COUNT)
      assert.equal(state.dropped + state.rows, COUNT)
      assert.ok(state.rows > 300_000 && state.dropped > 0, `${state.rows} rows`)
      assert.deepEqual(state.fields, ['value.n', 'value.text'])
      for (const from of [COUNT - 200_000, COUNT - 77_777, COUNT - 100]) {
        const { rows } = await view.rows({ from, count: 100 })
        assert.deepEqual(
          rows.map(numberOf),
          Array.from({ length: 100 }, (_, index) => from + index),
        )
      }
      assert.equal((await view.rows({ from: 0, count: 10 })).rows.length, 0)
      const newest = COUNT - 1
      const name = {
        partition: newest % PARTITIONS,
        offset: `${Math.floor(newest / PARTITIONS)}`,
      }
      assert.equal(await view.locate(name), newest)
      assert.equal(await view.locate({ timestamp: TIME + newest - 5 }), newest - 5)
      const { read, matched } = await view.timeline(200)
      const sum = (bins: readonly number[]) => bins.reduce((total, count) => total + count, 0)
      assert.deepEqual([sum(read), sum(matched)], [COUNT, COUNT])
    })

    it('holds what a filter leaves, and counts the rest over time', async () => {
      const text = { text: '"n":77', ignoreCase: false }
      const view = open(topic, { ...whole, filter: { text, formats } })
      const { recordsRead, recordsMatched, rows, dropped } = await reaches(view, 'done')
      // 77, 77x, 77xx, … up to 77xxxx.
      assert.deepEqual([recordsRead, recordsMatched, rows, dropped], [COUNT, 11_111, 11_111, 0])
      const { rows: first } = await view.rows({ from: 0, count: 3 })
      assert.deepEqual(first.map(numberOf), [77, 770, 771])
      const { read, matched } = await view.timeline(1000)
      assert.equal(matched.filter(count => count > 0).length < read.length, true)
      assert.ok(view.state.memoryBytes < 8 * 1024 * 1024)
    })

    it('drops a range of time from sight, and brings it back', async () => {
      const view = open(topic, { ...whole, from: { all: { kind: 'tail', count: 10_000 } } })
      await reaches(view, 'done')
      const range = { from: TIME + COUNT - 500, to: TIME + COUNT - 400 }
      view.show({ range, notes: true, backwards: false, duplicates: false })
      const { rows } = await view.rows({ from: 0, count: 200 })
      assert.deepEqual(
        rows.map(numberOf),
        Array.from({ length: 100 }, (_, index) => COUNT - 500 + index),
      )
      view.show({ notes: true, backwards: false, duplicates: true })
      await view.locate({ timestamp: 0 })
      const { recordsShown, recordsHeld } = view.state
      assert.deepEqual([recordsShown, recordsHeld], [30_000, 30_000])
    })
  })

  it('follows: what is sent is there a moment later, at the end', async () => {
    const topic = await newTopic(2, { 'retention.ms': '-1' })
    await send(topic, [{ value: 'first', partition: 0 }])
    const view = open(topic)
    await reaches(view, 'following')
    await send(topic, [{ value: 'old', partition: 1, timestamp: '1000' }])
    await eventually('the second row', () => Promise.resolve(view.state.rows === 2))
    const { rows } = await view.rows({ from: 0, count: 9 })
    assert.deepEqual(
      rows.map(row => row.kind === 'record' && row.value),
      [
        { kind: 'text', text: 'first' },
        { kind: 'text', text: 'old' },
      ],
    )
    view.pause()
    await reaches(view, 'paused')
    view.resume()
    await reaches(view, 'following')
    await send(topic, [{ value: 'third', partition: 0 }])
    await eventually('the third row', () => Promise.resolve(view.state.rows === 3))
    view.stop()
    assert.equal((await reaches(view, 'stopped')).rows, 3)
  })

  it('reads again what is large, and says so where it is gone', async () => {
    const topic = await newTopic(1)
    const large = JSON.stringify({ text: 'x'.repeat(600_000) })
    await send(topic, [{ value: 'small' }, { key: 'k', value: large, headers: { h: 'v' } }])
    const view = open(topic, whole)
    const { memoryBytes } = await reaches(view, 'done')
    assert.ok(memoryBytes < 300_000)
    const name = { partition: 0, offset: '1' }
    const detail = await view.detail(name)
    assert.deepEqual(
      [detail.value.format, detail.value.bytes, detail.value.cut, detail.headers.length],
      ['json', large.length, false, 1],
    )
    assert.deepEqual(detail.value.cell, { kind: 'json', text: large })
    const record = await view.record(name)
    assert.equal(Buffer.from(record.value ?? []).toString(), large)
    const hex = await view.hex({ name, part: 'value', from: large.length - 2, count: 16 })
    assert.deepEqual(hex, { from: large.length - 2, hex: '227d', total: large.length })
    const both = await view.records({ from: 0, count: 10 })
    assert.deepEqual(
      both.map(({ value }) => value?.length),
      [5, large.length],
    )
    const admin = kafka.admin()
    await admin.connect()
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '2' }] })
    await admin.disconnect()
    const other = open(topic, whole)
    await reaches(other, 'done')
    await assert.rejects(other.record(name), /Offset 1 of partition 0 is no longer in the topic/)
  })

  it('tells what an aborted transaction left, or leaves it out', async () => {
    const topic = await newTopic(1)
    const transactional = kafka.producer({
      transactionalId: randomUUID(),
      maxInFlightRequests: 1,
      idempotent: true,
    })
    await transactional.connect()
    await send(topic, [{ value: 'before' }])
    const transaction = await transactional.transaction()
    await transaction.send({ topic, messages: [{ value: 'never' }, { value: 'was' }] })
    await transaction.abort()
    // The broker answers before it has written the marker.
    await eventually('the marker', async () => {
      const [ended] = await cluster.openTransactions([{ topic, partition: 0 }])
      return ended?.producers.length === 0
    })
    await transactional.disconnect()
    await send(topic, [{ value: 'after' }])
    const view = open(topic, whole)
    const { notes, recordsHeld } = await reaches(view, 'done')
    assert.deepEqual([notes.aborted, notes.abortedRecords, notes.markers], [1, 2, 1])
    assert.equal(recordsHeld, 2)
    const shown = async () =>
      (await view.rows({ from: 0, count: 9 })).rows.map(({ kind, offset }) => `${offset} ${kind}`)
    assert.deepEqual(await shown(), ['0 record', '1 aborted', '4 record'])
    view.show({ notes: true, markers: true, backwards: false, duplicates: false })
    assert.deepEqual(await shown(), ['0 record', '1 aborted', '3 marker', '4 record'])
    view.show({ notes: false, backwards: false, duplicates: false })
    assert.deepEqual(await shown(), ['0 record', '4 record'])
    const all = open(topic, { ...whole, isolation: 'read_uncommitted' })
    assert.equal((await reaches(all, 'done')).recordsHeld, 4)
  })

  it('fails where there is nothing to read, and where the filter makes no sense', async () => {
    const missing = open(`missing-${randomUUID()}`, whole)
    await assert.rejects(reaches(missing, 'done'))
    assert.equal(missing.state.problem?.code, 'UNKNOWN_TOPIC_OR_PARTITION')
    const bad = open(await newTopic(1), { ...whole, filter: { expressions: ['value.('], formats } })
    await assert.rejects(reaches(bad, 'done'))
  })

  it('is fed by a member of a group', async () => {
    const topic = await newTopic(1, { 'retention.ms': '-1' })
    await send(topic, [{ key: 'k', value: 'v', headers: { a: 'b' }, timestamp: `${TIME}` }])
    const view = cluster.view({ topic, source: { kind: 'fed' }, formats, budgetBytes: BUDGET })
    views.push(view)
    const leave = new AbortController()
    const request = { groupId: randomUUID(), topic, fallback: 'earliest' } as const
    for await (const update of cluster.join(request, { signal: leave.signal })) {
      if (update.kind !== 'records') continue
      view.feed(update.records)
      if (update.records.length > 0) leave.abort()
    }
    await eventually('the row', () => Promise.resolve(view.state.rows === 1))
    const { rows } = await view.rows({ from: 0, count: 1 })
    assert.deepEqual(rows, [
      {
        kind: 'record',
        partition: 0,
        offset: '0',
        timestamp: TIME,
        key: { kind: 'text', text: 'k' },
        value: { kind: 'text', text: 'v' },
        headers: 1,
        headerText: 'a: b',
        size: 4,
      },
    ])
  })

  describe('open transactions', () => {
    it('are told with their producers, until they end', async () => {
      const topic = await newTopic(2)
      const transactional = kafka.producer({
        transactionalId: randomUUID(),
        maxInFlightRequests: 1,
        idempotent: true,
      })
      await transactional.connect()
      const both = [0, 1].map(partition => ({ topic, partition }))
      try {
        await send(topic, [{ value: 'before', partition: 1 }])
        const transaction = await transactional.transaction()
        await transaction.send({ topic, messages: [{ value: 'held', partition: 1 }] })
        const [none, open] = await cluster.openTransactions(both)
        assert.deepEqual(none, { topic, partition: 0, producers: [] })
        assert.equal(open?.problem, undefined)
        assert.ok(open)
        assert.equal(open.producers.length, 1)
        const [held] = open.producers
        assert.ok(held?.lastTimestamp)
        assert.equal(held.startOffset, 1n)
        assert.ok(Math.abs(held.lastTimestamp - Date.now()) < 60_000)
        assert.ok(held.producerId >= 0n)
        await transaction.abort()
        await eventually('no open transaction', async () => {
          const [, ended] = await cluster.openTransactions(both)
          return ended?.producers.length === 0
        })
      } finally {
        await transactional.disconnect()
      }
    })

    it('are a problem of each partition that cannot be asked', async () => {
      const topic = await newTopic(1)
      const [there, missing] = await cluster.openTransactions([
        { topic, partition: 0 },
        { topic, partition: 7 },
      ])
      assert.equal(there?.problem, undefined)
      assert.ok(missing)
      assert.deepEqual(missing.producers, [])
      assert.equal(missing.problem?.code, 'UNKNOWN_TOPIC_OR_PARTITION')
      const { saslPlain, passwords } = await secureBroker()
      const stranger = await createCluster(
        {
          bootstrapServers: [saslPlain],
          clientId: 'view-test',
          sasl: { mechanism: 'PLAIN', username: 'bob', password: passwords.bob },
        },
        { log: silentLog, reader: () => assert.fail() },
      )
      const [refused] = await stranger.openTransactions([{ topic: 'secret', partition: 0 }])
      await stranger.close()
      assert.equal(refused?.problem?.code, 'TOPIC_AUTHORIZATION_FAILED')
    })
  })
})
