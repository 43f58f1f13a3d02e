import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import { harden, headersOf, markAborted } from '../../src/kafkajs/harden.ts'
import { checkTargets } from '../../src/kafkajs/hardenConnections.ts'
import { writeBatch } from '../../src/kafkajs/recordBatch.ts'
import { ignoreUnrefWhenGone, openSocket, tellCloseAsEnd } from '../../src/kafkajs/sockets.ts'

const load = createRequire(import.meta.url)

interface Queue {
  throttleCheckTimeoutId: unknown
  push(request: object): void
  fulfillRequest(answer: object): void
}

describe('what is patched in kafkajs', () => {
  before(() => harden())

  it('is refused when it is not there', () => {
    const targets = [
      { of: { there: () => 1 }, method: 'there' },
      { of: { renamed: () => 1 }, method: 'gone' },
      { of: { other: 1 }, method: 'other' },
    ]
    assert.throws(() => checkTargets(targets), /not kafkajs 2\.2\.4: gone, other cannot be patched/)
  })

  it('a connection without waiting requests has no timer', () => {
    const RequestQueue = load('kafkajs/src/network/requestQueue/index.js') as new (
      options: object,
    ) => Queue
    const logger = { debug: () => undefined, warn: () => undefined }
    const queue = new RequestQueue({ maxInFlightRequests: null, requestTimeout: 1000, logger })
    const entry = { correlationId: 1, resolve: () => undefined, reject: () => undefined }
    queue.push({ entry, expectResponse: true, sendRequest: () => undefined })
    queue.fulfillRequest({ correlationId: 1, payload: Buffer.alloc(0), size: 0 })
    assert.equal(queue.throttleCheckTimeoutId, null)
  })

  it('a request that waits, with nothing throttled, is looked at again without a negative delay', () => {
    const RequestQueue = load('kafkajs/src/network/requestQueue/index.js') as new (
      options: object,
    ) => Queue & { destroy(): void }
    const logger = { debug: () => undefined, warn: () => undefined }
    const queue = new RequestQueue({ maxInFlightRequests: 1, requestTimeout: 1000, logger })
    const original = globalThis.setTimeout
    const delays: (number | undefined)[] = []
    globalThis.setTimeout = Object.assign((work: () => void, delay?: number) => {
      delays.push(delay)
      return original(work, delay)
    }, original)
    try {
      for (const correlationId of [1, 2]) {
        const entry = { correlationId, resolve: () => undefined, reject: () => undefined }
        queue.push({ entry, expectResponse: true, sendRequest: () => undefined })
      }
    } finally {
      globalThis.setTimeout = original
      queue.destroy()
    }
    assert.equal(delays.length, 1)
    assert.ok((delays[0] ?? -1) >= 0)
  })

  it('a partition without a leader leaves the metadata whole; a topic of its own error does not', async () => {
    for (const version of ['v4', 'v5', 'v6']) {
      const metadata = load(`kafkajs/src/protocol/requests/metadata/${version}/response.js`) as {
        parse(data: object): Promise<unknown>
      }
      const leaderless = { partitionErrorCode: 5, leader: -1 }
      const data = { topicMetadata: [{ topicErrorCode: 0, partitionMetadata: [leaderless] }] }
      assert.equal(await metadata.parse(data), data)
      const missing = { topicMetadata: [{ topicErrorCode: 3, partitionMetadata: [] }] }
      await assert.rejects(metadata.parse(missing), { type: 'UNKNOWN_TOPIC_OR_PARTITION' })
    }
  })

  it("headers come out of the consumer's decoder in order, with duplicates and null", async () => {
    const bytes = (text: string) => Buffer.from(text)
    const headers = [
      ['b', bytes('1')],
      ['2', null],
      ['b', bytes('')],
      ['1', bytes('x')],
    ] as const
    const batch = await writeBatch([{ key: null, value: bytes('v'), headers, timestamp: 5 }], {
      codec: 0,
      compress: plain => plain,
    })
    const Decoder = load('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => object
    const decode = load('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (
      decoder: object,
    ) => Promise<{ readonly records: readonly { readonly headers: object }[] }>
    const { records } = await decode(new Decoder(batch))
    const [record] = records
    assert.ok(record)
    const found = headersOf(record).map(([name, value]) => [name, value?.toString() ?? null])
    assert.deepEqual(found, [
      ['b', '1'],
      ['2', null],
      ['b', ''],
      ['1', 'x'],
    ])
  })
})

interface Row {
  readonly offset: number
  readonly producer: number
  /** Of a transaction unless told otherwise; markers end one. */
  readonly is?: 'abort' | 'commit' | 'plain'
  readonly key?: Buffer
}

/** The offsets that a reader of committed records gets, as kafkajs leaves control records out. */
function committed(
  rows: readonly Row[],
  aborted: readonly (readonly [number, number])[],
): number[] {
  const marker = (type: number) => Buffer.from([0, 0, 0, type])
  const messages = rows.map(({ offset, producer, is, key }) => ({
    offset: String(offset),
    key: is === 'abort' ? marker(0) : is === 'commit' ? marker(1) : (key ?? null),
    isControlRecord: is === 'abort' || is === 'commit',
    batchContext: { producerId: String(producer), inTransaction: is !== 'plain' },
  }))
  const abortedTransactions = aborted.map(([producer, firstOffset]) => ({
    producerId: String(producer),
    firstOffset: String(firstOffset),
  }))
  const partition = { messages, abortedTransactions }
  markAborted(partition)
  assert.deepEqual(partition.abortedTransactions, [])
  return messages.filter(({ isControlRecord }) => !isControlRecord).map(({ offset }) => +offset)
}

describe('records of aborted transactions', () => {
  const data = (producer: number, ...offsets: number[]): Row[] =>
    offsets.map(offset => ({ offset, producer }))
  const end = (offset: number, producer: number, is: 'abort' | 'commit'): Row => ({
    offset,
    producer,
    is,
  })
  const CASES: readonly (readonly [
    name: string,
    rows: readonly Row[],
    aborted: readonly (readonly [number, number])[],
    left: readonly number[],
  ])[] = [
    ['none is aborted', [...data(1, 0, 1), end(2, 1, 'commit')], [], [0, 1]],
    ['one is aborted', [...data(1, 0, 1), end(2, 1, 'abort'), ...data(1, 3)], [[1, 0]], [3]],
    [
      'the list is not in the order of offsets',
      [...data(1, 0), ...data(2, 1), end(2, 2, 'abort'), end(3, 1, 'abort'), ...data(3, 4)],
      [
        [2, 1],
        [1, 0],
      ],
      [4],
    ],
    [
      'two begin before the first record that was kept by compaction',
      [...data(1, 5), ...data(2, 6), end(7, 1, 'abort'), end(8, 2, 'abort')],
      [
        [1, 2],
        [2, 3],
      ],
      [],
    ],
    [
      'a key of four zero bytes is no marker',
      [{ offset: 0, producer: 1, key: Buffer.alloc(4) }, ...data(1, 1), end(2, 1, 'abort')],
      [[1, 0]],
      [],
    ],
    [
      'records outside of transactions stay',
      [{ offset: 0, producer: 1, is: 'plain' }, ...data(1, 1), end(2, 1, 'abort')],
      [[1, 0]],
      [0],
    ],
    [
      'the same producer commits after it aborted',
      [...data(1, 0), end(1, 1, 'abort'), ...data(1, 2), end(3, 1, 'commit')],
      [[1, 0]],
      [2],
    ],
  ]
  for (const [name, rows, aborted, left] of CASES) {
    it(`are left out: ${name}`, () => assert.deepEqual(committed(rows, aborted), left))
  }
})

describe('sockets', () => {
  it('tell a close as an end, once', () => {
    for (const events of [['close'], ['end', 'close']]) {
      const socket = new EventEmitter()
      let ends = 0
      socket.on('end', () => ends++)
      tellCloseAsEnd(socket)
      for (const event of events) socket.emit(event)
      assert.equal(ends, 1, events.join())
    }
  })

  it('that could not be opened gather no listeners, whoever unrefs them', async () => {
    const socket = openSocket({ host: '127.0.0.1', port: 9, onConnect: () => undefined })
    socket.on('error', () => undefined)
    await new Promise(resolve => socket.once('close', resolve))
    const before = socket.listenerCount('connect')
    for (let i = 0; i < 20; i++) socket.unref()
    assert.equal(socket.listenerCount('connect'), before)
  })

  it('that are gone gather no listeners', () => {
    const socket = new Socket()
    ignoreUnrefWhenGone(socket)
    socket.destroy()
    for (let i = 0; i < 20; i++) socket.unref()
    assert.equal(socket.listenerCount('connect'), 0)
  })
})
