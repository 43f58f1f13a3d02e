import assert from 'node:assert/strict'
import { silentLog } from '../../src/base/log.ts'
import { ProblemError, problemOf } from '../../src/base/problem.ts'
import { openClient, type Client } from '../../src/kafkajs/client.ts'
import { testConnection } from '../../src/kafkajs/diagnose.ts'
import { joinGroup } from '../../src/kafkajs/join.ts'
import { produce } from '../../src/kafkajs/produce.ts'
import { ProducerIds } from '../../src/kafkajs/producerIds.ts'
import { Coordinators, Leaders } from '../../src/kafkajs/routing.ts'
import { FindCoordinatorOne, ListGroups } from '../../src/kafkajs/protocol/groups.ts'
import { Metadata } from '../../src/kafkajs/protocol/metadata.ts'
import { Writer } from '../../src/kafkajs/protocol/wire.ts'
import {
  fakeBroker,
  metadataAnswer,
  producedAnswer,
  versionsAnswer,
  type FakeBroker,
  type FakeRequest,
  type Reaction,
} from './fakeBroker.ts'

const API_VERSIONS = 18
const NO_GROUPS = Buffer.from('000000000000', 'hex')
/** What a fake broker knows: Metadata 4, ListGroups 0, ApiVersions 0. */
const KNOWN = [
  [3, 0, 4],
  [16, 0, 0],
  [18, 0, 0],
] as const

describe('the client', () => {
  const brokers: FakeBroker[] = []
  const clients: Client[] = []

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close()
    await Promise.all(brokers.splice(0).map(broker => broker.close()))
  })

  /** Answers versions and metadata by itself; the rest is the test's. */
  async function start(react: (request: FakeRequest) => Reaction): Promise<FakeBroker> {
    const broker = await fakeBroker(request => {
      if (request.key === API_VERSIONS) {
        return versionsAnswer(KNOWN, request.version === 0 ? 0 : 35)
      }
      if (request.key === Metadata.key) return metadataAnswer([[1, '127.0.0.1', broker.port]])
      return react(request)
    })
    brokers.push(broker)
    return broker
  }

  function clientOf(port: number, connectTimeout = 5_000): Client {
    const config = { bootstrapServers: [`127.0.0.1:${port}`], clientId: 'test' }
    const client = openClient(config, silentLog, { connectTimeout })
    clients.push(client)
    return client
  }

  it('asks an old broker for its versions again in a version that it knows', async () => {
    const broker = await start(() => 'hang up')
    const { ranges } = await clientOf(broker.port).connection('any')
    assert.deepEqual([...ranges.keys()], [3, 16, 18])
    assert.deepEqual(
      broker.requests.map(({ version }) => version),
      [4, 0],
    )
  })

  it('never asks for a topic to be created', async () => {
    const broker = await start(() => 'hang up')
    await clientOf(broker.port).metadata(['orders'])
    const metadata = broker.requests.find(({ key }) => key === Metadata.key)
    assert.equal(metadata?.body.at(-1), 0)
  })

  it('refuses a request that the broker does not know', async () => {
    const broker = await start(() => 'hang up')
    const quorum = { ...ListGroups, pick: () => undefined }
    await assert.rejects(
      clientOf(broker.port).send('any', quorum, {}),
      isProblem('unsupported-request'),
    )
  })

  it('shares one connection, and has one more for each lane', async () => {
    const broker = await start(() => NO_GROUPS)
    const client = clientOf(broker.port)
    await Promise.all([1, 2, 3].map(() => client.send(1, ListGroups, {})))
    await Promise.all([1, 2].map(() => client.send(1, ListGroups, {}, { lane: 'fetch' })))
    assert.equal(broker.connections, 2)
  })

  it('sends more before the first answer is there', async () => {
    const broker = await start(() => 'silence')
    const client = clientOf(broker.port)
    const answers = [client.send(1, ListGroups, {}), client.send(1, ListGroups, {})]
    await until(() => broker.requests.filter(({ key }) => key === 16).length === 2)
    broker.release(NO_GROUPS)
    broker.release(NO_GROUPS)
    assert.equal((await Promise.all(answers)).length, 2)
  })

  it('drops the answer of an aborted request and goes on with the connection', async () => {
    const broker = await start(() => (broker.requests.length < 4 ? 'silence' : NO_GROUPS))
    const client = clientOf(broker.port)
    await client.metadata([])
    const abort = new AbortController()
    const first = client.send(1, ListGroups, {}, { signal: abort.signal })
    await until(() => broker.requests.length === 4)
    abort.abort(new Error('enough'))
    await assert.rejects(first, /enough/)
    broker.release(NO_GROUPS)
    assert.deepEqual((await client.send(1, ListGroups, {})).groups, [])
    assert.equal(broker.connections, 1)
  })

  it('gives up on a broker that does not answer, and starts afresh the next time', async () => {
    let silent = true
    const broker = await start(() => (silent ? 'silence' : NO_GROUPS))
    const client = clientOf(broker.port)
    await assert.rejects(client.send(1, ListGroups, {}, { timeout: 20 }), isProblem('no-answer'))
    silent = false
    await client.send(1, ListGroups, {})
    assert.equal(broker.connections, 2)
  })

  it('asks once more when the connection breaks under a question', async () => {
    let breaks = 1
    const broker = await start(() => (breaks-- > 0 ? 'hang up' : NO_GROUPS))
    assert.deepEqual((await clientOf(broker.port).send(1, ListGroups, {})).groups, [])
    assert.equal(broker.connections, 2)
  })

  it('does not ask once more for something that changes the cluster', async () => {
    const broker = await start(() => 'hang up')
    const produce = { ...ListGroups, key: 0 }
    await assert.rejects(clientOf(broker.port).send(1, produce, {}), isProblem('connection-lost'))
    assert.equal(broker.requests.filter(({ key }) => key === 0).length, 1)
  })

  it('never sends a record a second time that the broker may have written', async () => {
    const broker: FakeBroker = await fakeBroker(({ key, version }) => {
      if (key === API_VERSIONS) {
        return versionsAnswer([...KNOWN, [0, 3, 3]], version === 0 ? 0 : 35)
      }
      if (key !== Metadata.key) return 'hang up'
      return metadataAnswer([[1, '127.0.0.1', broker.port]], ['orders'])
    })
    brokers.push(broker)
    const client = clientOf(broker.port)
    const records = [{ key: null, value: null, headers: [] }]
    const context = {
      client,
      leaders: new Leaders(client),
      producerIds: new ProducerIds(client),
    }
    const [outcome] = await produce(context, { topic: 'orders', records })
    assert.equal(outcome?.problem?.code, 'maybe-written')
    assert.equal(broker.requests.filter(({ key }) => key === 0).length, 1)
  })

  const ANSWERS: readonly (readonly [
    name: string,
    answers: readonly (readonly [errorCode: number, baseOffset: bigint])[],
    outcome: bigint | string,
  ])[] = [
    [
      'sends a record again to a broker that did not know its topic or lead it yet',
      [
        [3, -1n],
        [6, -1n],
        [0, 5n],
      ],
      5n,
    ],
    ['sends no record again that a leader of before has taken', [[6, 7n]], 'maybe-written'],
    ['sends no record again that is refused for good', [[10, -1n]], 'MESSAGE_TOO_LARGE'],
  ]
  for (const [name, answers, expected] of ANSWERS) {
    it(name, async () => {
      const left = [...answers]
      const broker: FakeBroker = await fakeBroker(({ key, version }) => {
        if (key === API_VERSIONS) {
          return versionsAnswer([...KNOWN, [0, 3, 3]], version === 0 ? 0 : 35)
        }
        if (key === Metadata.key) {
          return metadataAnswer([[1, '127.0.0.1', broker.port]], ['orders'])
        }
        const next = left.shift()
        return next ? producedAnswer('orders', ...next) : 'hang up'
      })
      brokers.push(broker)
      const client = clientOf(broker.port)
      const records = [{ key: null, value: null, headers: [] }]
      const context = {
        client,
        leaders: new Leaders(client),
        producerIds: new ProducerIds(client),
      }
      const [outcome] = await produce(context, { topic: 'orders', records })
      assert.equal(outcome?.problem?.code ?? outcome?.offset, expected)
      assert.deepEqual(left, [])
    })
  }

  it('waits a moment for a topic that the broker does not know yet', async () => {
    let asked = 0
    const broker: FakeBroker = await fakeBroker(({ key, version }) => {
      if (key === API_VERSIONS) {
        return versionsAnswer([...KNOWN, [0, 3, 3]], version === 0 ? 0 : 35)
      }
      const known = asked++ > 0 ? ['orders'] : []
      if (key === Metadata.key) return metadataAnswer([[1, '127.0.0.1', broker.port]], known)
      return producedAnswer('orders', 0, 0n)
    })
    brokers.push(broker)
    const client = clientOf(broker.port)
    const context = {
      client,
      leaders: new Leaders(client),
      producerIds: new ProducerIds(client),
    }
    const records = [{ key: null, value: null, headers: [] }]
    const [outcome] = await produce(context, { topic: 'orders', records })
    assert.equal(outcome?.offset, 0n)
  })

  it('a member waits for the coordinator of the first group', async () => {
    const texts = (writer: Writer, ...values: readonly string[]) => {
      for (const value of values) {
        writer.int16(value.length)
        writer.raw(Buffer.from(value))
      }
    }
    const coordinator = (errorCode: number, port: number) => {
      const writer = new Writer()
      writer.int32(0)
      writer.int16(errorCode)
      writer.int16(-1)
      writer.int32(1)
      texts(writer, '127.0.0.1')
      writer.int32(port)
      return writer.bytes()
    }
    let left = 5
    const abort = new AbortController()
    const broker: FakeBroker = await fakeBroker(({ key, version }) => {
      if (key === API_VERSIONS) {
        const ranges = [...KNOWN, [FindCoordinatorOne.key, 1, 1], [15, 0, 0]] as const
        return versionsAnswer(ranges, version === 0 ? 0 : 35)
      }
      if (key === Metadata.key) {
        return metadataAnswer([[1, '127.0.0.1', broker.port]], ['orders'])
      }
      if (key === FindCoordinatorOne.key && left-- > 0) return coordinator(15, broker.port)
      abort.abort()
      return 'hang up'
    })
    brokers.push(broker)
    const client = clientOf(broker.port)
    const context = {
      client,
      leaders: new Leaders(client),
      coordinators: new Coordinators(client),
      leaving: new Set<Promise<void>>(),
    }
    const updates = []
    const request = { groupId: 'first', topic: 'orders', fallback: 'latest' } as const
    for await (const update of joinGroup(context, request, abort.signal)) updates.push(update)
    assert.deepEqual(updates, [])
    assert.equal(left, -1)
  })

  it('says that an answer cannot be read', async () => {
    const broker = await start(() => Buffer.from('00007fffffff', 'hex'))
    await assert.rejects(clientOf(broker.port).send(1, ListGroups, {}), isProblem('bad-answer'))
  })

  it('ends what is pending when it is closed', async () => {
    const broker = await start(() => 'silence')
    const client = clientOf(broker.port)
    const pending = client.send(1, ListGroups, {})
    await until(() => broker.requests.some(({ key }) => key === 16))
    client.close()
    await assert.rejects(pending, isProblem('closed'))
    await assert.rejects(client.send(1, ListGroups, {}), isProblem('closed'))
  })

  it('says which broker is not part of the cluster', async () => {
    const broker = await start(() => NO_GROUPS)
    await assert.rejects(clientOf(broker.port).send(7, ListGroups, {}), isProblem('broker-gone'))
  })

  it('says that a server accepts and stays silent', async () => {
    const broker = await fakeBroker(() => 'silence')
    brokers.push(broker)
    const config = { bootstrapServers: [`127.0.0.1:${broker.port}`], clientId: 'test' }
    const test = await testConnection(config, { connectTimeout: 20 })
    assert.ok(!test.ok)
    assert.equal(test.problem.code, 'no-answer')
  })

  it('knows the port of a controller', async () => {
    const broker = await fakeBroker(({ version }) =>
      versionsAnswer([[18, 0, 0]], version === 0 ? 0 : 35),
    )
    brokers.push(broker)
    await assert.rejects(clientOf(broker.port).metadata([]), isProblem('controller-port'))
  })

  it('tests each advertised broker, and tells of the one that cannot be used', async () => {
    const broker: FakeBroker = await fakeBroker(({ key, version }) =>
      key === API_VERSIONS
        ? versionsAnswer(KNOWN, version === 0 ? 0 : 35)
        : metadataAnswer([
            [1, '127.0.0.1', broker.port],
            [2, '127.0.0.1', 9],
          ]),
    )
    brokers.push(broker)
    const config = { bootstrapServers: [`127.0.0.1:${broker.port}`], clientId: 'test' }
    const test = await testConnection(config)
    assert.ok(test.ok)
    assert.deepEqual(
      test.brokers.map(({ id }) => id),
      [1, 2],
    )
    assert.match(test.problems[0]?.message ?? '', /^Broker 2 advertises 127\.0\.0\.1:9, which/)
  })
})

function isProblem(code: string) {
  return (error: unknown) => {
    assert.ok(error instanceof ProblemError, String(error))
    assert.equal(problemOf(error).code, code, error.message)
    return true
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 5_000; !condition();) {
    assert.ok(Date.now() < end, 'waited too long')
    await new Promise(resolve => setImmediate(resolve))
  }
}
