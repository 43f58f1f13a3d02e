import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Kafka, logLevel } from 'kafkajs'
import { ensureKafkaJars } from '../../scripts/setup-kafka.ts'
import { harden } from '../../src/kafkajs/harden.ts'
import { sharedBroker } from './broker.ts'
import { Bundle } from './bundle.ts'
import { kcat, needsKcat } from './kcat.ts'
import { runFolder, type RunFolder } from './runFolder.ts'

harden()

const execute = promisify(execFile)

/** Neither is exact as a double. */
const LONGS = [
  '9007199254740993',
  '-9007199254740993',
  '9223372036854775807',
  '-9223372036854775808',
]
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const BINARY = Buffer.from([0, 255, 10, 13, 0xed, 0xa0, 0x80])

describe('What kafkafile run sends, as other clients read it', function () {
  this.timeout(120_000)
  const id = randomUUID().slice(0, 8)
  let bundle: Bundle
  let folder: RunFolder
  let brokers = ''

  before(async function () {
    needsKcat(this)
    bundle = await Bundle.make()
    folder = await runFolder(bundle)
    brokers = (await sharedBroker()).bootstrapServers
    const kafka = new Kafka({ brokers: [brokers], clientId: id, logLevel: logLevel.NOTHING })
    const admin = kafka.admin()
    await admin.connect()
    const one = ['longs', 'headers', 'values', 'shapes', ...CODECS]
    await admin.createTopics({
      topics: [
        ...one.map(name => ({ topic: `${id}-${name}`, numPartitions: 1 })),
        ...['places', 'keys'].map(name => ({ topic: `${id}-${name}`, numPartitions: 7 })),
      ],
    })
    await admin.disconnect()
  })

  after(async () => {
    await folder.remove()
    await bundle.remove()
  })

  async function send(text: string): Promise<void> {
    await folder.put({ 'a.kafka': text })
    const { exit, out } = await folder.run(`a.kafka --brokers ${brokers}`)
    assert.equal(exit, 0, out)
  }

  /** What librdkafka reads. */
  function seen(topic: string, format: string, ...more: string[]): Promise<readonly string[]> {
    const args = ['-b', brokers, '-t', `${id}-${topic}`, '-C', '-e', '-q', '-f', `${format}\\n`]
    return kcat([...args, ...more])
  }

  /** What Kafka's own console consumer reads, a line a record. */
  async function java(
    topic: string,
    count: number,
    properties: readonly string[],
    option = 'topic',
  ) {
    const { jars, java } = await ensureKafkaJars()
    const { stdout } = await execute(
      java.command,
      [
        ...['-XX:TieredStopAtLevel=1', '-cp', jars.classPath],
        'org.apache.kafka.tools.consumer.ConsoleConsumer',
        ...['--bootstrap-server', brokers, `--${option}`, `${id}-${topic}`, '--from-beginning'],
        ...['--max-messages', String(count), '--timeout-ms', '30000'],
        ...properties.flatMap(property => ['--property', property]),
      ],
      { timeout: 40_000 },
    )
    return stdout.split('\n').filter(line => line.includes('|'))
  }

  const LONG = 'org.apache.kafka.common.serialization.LongDeserializer'
  const producer = (topic: string, rest: string) =>
    `PRODUCER\ntopic: ${id}-${topic}\n${rest}\n###\n`

  it('long is exact in keys and values', async () => {
    const formats = 'key-format: long\nvalue-format: long'
    await send(LONGS.map(n => producer('longs', `key: ${n}\n${formats}\n${n}`)).join(''))
    const expected = LONGS.map(n => `${n}|${n}`)
    assert.deepEqual(await seen('longs', '%k|%s', '-s', 'q'), expected)
    const properties = ['print.key=true', 'key.separator=|']
    const typed = [`key.deserializer=${LONG}`, `value.deserializer=${LONG}`]
    assert.deepEqual(await java('longs', LONGS.length, [...properties, ...typed]), expected)
  })

  it('headers keep their order, duplicates, nulls, commas and signs', async () => {
    const headers = ['a = 1,2,3', 'b = x=y=z', 'a =', 'n = null', 'a = 1,2,3', 'ü = é 😀']
    await send(producer('headers', `${headers.map(each => `header: ${each}`).join('\n')}\nv`))
    assert.deepEqual(await seen('headers', '%h|%s'), ['a=1,2,3,b=x=y=z,a=,n=NULL,a=1,2,3,ü=é 😀|v'])
    assert.deepEqual(
      await java('headers', 1, ['print.headers=true', 'key.separator=|', 'headers.separator=;']),
      ['a:1,2,3;b:x=y=z;a:;n:null;a:1,2,3;ü:é 😀|v'],
    )
  })

  it('a tombstone, its partition and its time', async () => {
    const time = 1_700_000_000_123
    await send(
      producer(
        'places',
        `key: c-42\nvalue-format: null\nrecord-partition: 3\nrecord-timestamp: epoch(${time})\nheader: reason = null`,
      ),
    )
    assert.deepEqual(await seen('places', '%p|%k|%S|%h|%T'), [`3|c-42|-1|reason=NULL|${time}`])
    const print = ['partition', 'timestamp', 'key', 'headers'].map(what => `print.${what}=true`)
    assert.deepEqual(await java('places', 1, [...print, 'key.separator=|', 'null.literal=NULL']), [
      `CreateTime:${time}|Partition:3|reason:NULL|c-42|NULL`,
    ])
  })

  it('a key goes where the Java producer and librdkafka send it', async () => {
    const keys = Array.from({ length: 60 }, (_, i) => `schlüssel-${i}-${'x'.repeat(i % 7)}`)
    await folder.put({ 'keys.txt': keys.join('\n') })
    await send(producer('keys', 'records-from: file(./keys.txt)\nkey-from: value'))
    const ours = (await seen('keys', '%k %p')).toSorted()
    const args = ['-b', brokers, '-t', `${id}-keys`, '-P', '-K', ':']
    const theirs = keys.map(key => `${key}:kcat\n`).join('')
    await kcat([...args, '-X', 'topic.partitioner=murmur2_random'], theirs)
    const { jars, java } = await ensureKafkaJars()
    const main = ['org.apache.kafka.tools.ConsoleProducer', '--bootstrap-server', brokers]
    const properties = ['--property', 'parse.key=true', '--property', 'key.separator=:']
    const running = execute(
      java.command,
      ['-cp', jars.classPath, ...main, '--topic', `${id}-keys`, ...properties],
      { timeout: 40_000 },
    )
    running.child.stdin?.end(keys.map(key => `${key}:java\n`).join(''))
    await running
    const all = await seen('keys', '%s %k %p')
    for (const client of ['kcat', 'java']) {
      const placed = all.filter(line => line.startsWith(`${client} `))
      assert.deepEqual(placed.map(line => line.slice(client.length + 1)).toSorted(), ours)
    }
  })

  it('every compression', async () => {
    const count = 50
    const value = '{ "n": {{$index}}, "x": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" }'
    const blocks = CODECS.map(codec =>
      producer(codec, `record-count: ${count}\nkey: ${codec}\ncompression: ${codec}\n${value}`),
    )
    await send(blocks.join(''))
    const expected = Array.from({ length: count }, (_, n) => value.replace('{{$index}}', String(n)))
    for (const codec of CODECS) {
      const args = ['-b', brokers, '-t', `${id}-${codec}`, '-C', '-e', '-d', 'fetch']
      const { stdout, stderr } = await execute('kcat', args, { timeout: 20_000 })
      assert.deepEqual(stdout.trimEnd().split('\n'), expected)
      const named = /aborted msgsets, (\w+)\)/.exec(stderr)?.[1]
      assert.equal(named, codec === 'none' ? 'uncompressed' : codec)
    }
    const all = await java(
      `(${CODECS.join('|')})`,
      CODECS.length * count,
      ['print.key=true', 'key.separator=|'],
      'include',
    )
    assert.deepEqual(
      all.toSorted(),
      CODECS.flatMap(codec => expected.map(each => `${codec}|${each}`)).toSorted(),
    )
  })

  it('rows of every shape, in the block and from a file', async () => {
    const shapes = {
      jsonl: '{"id":1,"n":9007199254740993}\n\n  {"id": 2}  \n',
      csv: 'id,name\r\n3,"a ""b"", c"\r\n4,"two\nlines"\r\n',
      lines: 'five\n six \n',
      envelope:
        '{"key":"seven","value":{"id":7},"headers":{"h":"x"},"timestamp":1700000000000}\n{"key":null,"value":null,"headers":[["d","1"],["d",null]]}\n',
    }
    const blocks = Object.entries(shapes).flatMap(([shape, text]) => [
      producer('shapes', `records: ${shape}\n${text}`),
      producer('shapes', `records: ${shape}\nrecords-from: file(./rows.${shape})`),
    ])
    await folder.put(
      Object.fromEntries(Object.entries(shapes).map(([shape, text]) => [`rows.${shape}`, text])),
    )
    await send(blocks.join(''))
    const twice = (lines: readonly string[]) => [...lines, ...lines]
    assert.deepEqual(await seen('shapes', '%k|%S|%s|%h'), [
      ...twice(['|29|{"id":1,"n":9007199254740993}|', '|9|{"id": 2}|']),
      ...twice(['|30|{"id":"3","name":"a \\"b\\", c"}|', '|30|{"id":"4","name":"two\\nlines"}|']),
      // The value of a block is trimmed as a whole, a file is not.
      ...['|4|five|', '|4| six|', '|4|five|', '|5| six |'],
      ...twice(['seven|8|{"id":7}|h=x', '|-1||d=1,d=NULL']),
    ])
    const times = await seen('shapes', '%k %T')
    assert.equal(times.filter(line => line === 'seven 1700000000000').length, 2)
  })

  it('a file as the value, byte by byte', async () => {
    await writeFile(join(folder.path, 'value.bin'), BINARY)
    await send(producer('values', 'value-from: file(./value.bin)'))
    const args = ['-b', brokers, '-t', `${id}-values`, '-C', '-e', '-q', '-D', '']
    const { stdout } = await execute('kcat', args, { timeout: 20_000, encoding: 'buffer' })
    assert.deepEqual(stdout, BINARY)
  })
})
