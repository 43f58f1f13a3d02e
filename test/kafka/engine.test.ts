import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { parse } from '../../src/language/parse.ts'
import type { Reader } from '../../src/reading/reader.ts'
import { runBlocks } from '../../src/run/engine.ts'
import type { RunPorts } from '../../src/run/ports.ts'
import type { BlockResult } from '../../src/run/results.ts'
import { newSession } from '../../src/run/session.ts'
import { sharedBroker, threeNodes } from './broker.ts'
import { eventually } from './eventually.ts'
import { readerFor } from './readRecords.ts'

const clock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal: signal } : {}),
}

function portsOf(cluster: Cluster): RunPorts {
  const unused = () => Promise.reject(new Error('not used in these tests'))
  return {
    clock,
    random: Math.random,
    uuid: randomUUID,
    toLocalEpoch: (year, month, ...rest) => new Date(year, month - 1, ...rest).getTime(),
    cluster: name =>
      Promise.resolve({ name: name ?? 'local', cluster, protected: false, disposable: true }),
    files: { text: unused, bytes: unused, stream: () => assert.fail(), write: unused },
    values: {
      given: new Map(),
      environment: () => undefined,
      dotenv: unused,
      secret: unused,
      prompt: unused,
    },
    loadFaker: unused,
    isOurs: () => false,
  }
}

async function runOn(cluster: Cluster, text: string): Promise<readonly BlockResult[]> {
  const { file } = parse(text)
  const results: BlockResult[] = []
  const options = { signal: AbortSignal.timeout(60_000) }
  const events = runBlocks(file, file.blocks, newSession(randomUUID()), portsOf(cluster), options)
  for await (const event of events) if (event.kind === 'block-ended') results.push(event.result)
  return results
}

describe('a file that is run', function () {
  this.timeout(120_000)
  let cluster: Cluster
  let reader: Reader
  const prefix = `engine-${process.pid}`

  before(async () => {
    const config = {
      bootstrapServers: (await sharedBroker()).bootstrapServers.split(','),
      clientId: 'engine-test',
    }
    reader = readerFor(config)
    cluster = await createCluster(config, {
      log: silentLog,
      reader: (request, ask) => reader.read(request, ask),
    })
    await cluster.createTopics([
      { name: `${prefix}-orders`, partitions: 3 },
      { name: `${prefix}-exact`, partitions: 1 },
      { name: `${prefix}-committed`, partitions: 1 },
    ])
  })

  after(async () => {
    await cluster.close()
    await reader.close()
  })

  const run = (text: string) => runOn(cluster, text)

  function toldBy(results: readonly BlockResult[]): readonly string[] {
    return results.map(({ status, problem, failure }) =>
      [status, failure?.message ?? problem?.message].filter(Boolean).join(': '),
    )
  }

  const roundTrip = `@id = {{$uuid}}
PRODUCER order
topic: ${prefix}-orders
key: {{id}}
header: trace-id = {{$run}}
{ "id": "{{id}}", "large": 9007199254740993 }
###
EXPECT
topic: ${prefix}-orders
within: 20s
key: {{id}}
match: headers["trace-id"] == "{{$run}}" && offset == {{order.offset}}
assert: value.large == 9007199254740993
{ "id": "{{id}}", "large": 9007199254740993 }
`

  it('finds what it sent, again and again', async () => {
    for (let time = 0; time < 20; time++)
      assert.deepEqual(toldBy(await run(roundTrip)), ['passed', 'passed'])
  })

  it('never finds what was sent before it began, nor what is only nearly the same', async () => {
    const same = `PRODUCER\ntopic: ${prefix}-exact\nkey: k\n{"n":9007199254740992}`
    assert.deepEqual(toldBy(await run(same)), ['passed'])
    const expect = `EXPECT\ntopic: ${prefix}-exact\nwithin: 2s\nkey: k`
    const old = await run(expect)
    assert.equal(old[0]?.failure?.message, 'no matching record within 2s')
    assert.match(
      old[0].failure.read,
      /^read 0 records from engine-\d+-exact \[0\] since \d\d:\d\d:\d\d\.\d\d\d \(run mark\)$/,
    )
    const altered = await run(`${same}\n###\n${expect}\n{"n":9007199254740993}`)
    assert.deepEqual(altered[1]?.failure?.closest?.differences, [
      { path: 'n', expected: '9007199254740993', actual: '9007199254740992' },
    ])
  })

  it('makes topics, and takes all that is in them for new', async () => {
    const fresh = `TOPIC\ntopic: ${prefix}-fresh\npartitions: 2\nif-exists: recreate\n###\n`
    const sent = `PRODUCER\ntopic: ${prefix}-fresh\nkey: a\nv\n###\nEXPECT\ntopic: ${prefix}-fresh\nkey: a\n###\n`
    assert.deepEqual(toldBy(await run(fresh + sent)), ['passed', 'passed', 'passed'])
    assert.deepEqual(toldBy(await run(fresh + sent)), ['passed', 'passed', 'passed'])
  })

  it('sees the records of a transaction when it is committed', async () => {
    const producer = (value: string) =>
      `PRODUCER\ntopic: ${prefix}-committed\ntransactional-id: ${prefix}\nkey: t\n${value}\n###\n`
    const expect = `EXPECT\ntopic: ${prefix}-committed\nkey: t\ncount: 2\n###\n`
    assert.deepEqual(toldBy(await run(producer('1') + producer('2') + expect)), [
      'passed',
      'passed',
      'passed',
    ])
  })

  it('waits for a group that reads to the end, and for none that never committed', async () => {
    const group = `EXPECT GROUP ${prefix}-group\ntopic: ${prefix}-orders\nwithin: 20s\nassert: lag == 0\n`
    const none = await run(group.replace('20s', '1s'))
    assert.match(none[0]?.failure?.read ?? '', /does not exist/)
    const stop = new AbortController()
    const reading = (async () => {
      const request = {
        groupId: `${prefix}-group`,
        topic: `${prefix}-orders`,
        fallback: 'earliest',
      } as const
      const joined = cluster.join(request, { signal: stop.signal })[Symbol.asyncIterator]()
      while (!(await joined.next()).done);
    })()
    try {
      assert.deepEqual(toldBy(await run(group)), ['passed'])
    } finally {
      stop.abort()
      await reading
    }
  })
})

describe('an EXPECT on a partition whose broker is gone', function () {
  this.timeout(120_000)
  const topic = `engine-gone-${process.pid}`

  it('is a run-time error that names the partition, unless what came is enough', async () => {
    const broker = await threeNodes()
    const config = { bootstrapServers: broker.bootstrapServers.split(','), clientId: 'engine-test' }
    const reader = readerFor(config)
    const cluster = await createCluster(config, {
      log: silentLog,
      reader: (request, ask) => reader.read(request, ask),
    })
    try {
      await cluster.createTopics([{ name: topic, partitions: 3, replicationFactor: 1 }])
      const led = async () => (await cluster.describeTopics([topic]))[0]?.partitions ?? []
      const partitions = await eventually('every partition has a leader', async () => {
        const found = await led()
        return found.length === 3 && found.every(({ leader }) => leader !== undefined) && found
      })
      const [lost] = partitions.filter(({ leader }) => leader !== 1)
      assert.ok(lost)
      const other = partitions.find(({ leader }) => leader !== lost.leader)?.partition ?? 0
      const record = { partition: other, key: Buffer.from('there'), value: null, headers: [] }
      await cluster.produce({ topic, records: [record] })
      await broker.nodes.find(({ id }) => id === lost.leader)?.kill()
      await eventually('its leader is gone', async () =>
        (await led()).some(
          ({ partition, leader }) => partition === lost.partition && leader === undefined,
        ),
      )
      const expect = (key: string) =>
        `EXPECT\ntopic: ${topic}\nfrom: earliest\nwithin: 3s\nkey: ${key}\n`
      const [missing] = await runOn(cluster, expect('missing'))
      assert.deepEqual([missing?.status, missing?.failure], ['failed', undefined])
      assert.match(
        missing?.problem?.message ?? '',
        new RegExp(`partition ${lost.partition} of "${topic}" cannot be read\\. .*leader`),
      )
      const [there] = await runOn(cluster, expect('there'))
      assert.equal(there?.status, 'passed')
    } finally {
      await cluster.close()
      await reader.close()
      await broker.stop()
    }
  })
})
