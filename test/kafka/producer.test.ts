import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ensureKafkaJars } from '../../scripts/setup-kafka.ts'
import { silentLog } from '../../src/base/log.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { parse } from '../../src/language/parse.ts'
import type { Ended, ProduceEvent } from '../../src/run/events.ts'
import { loadFaker } from '../../src/run/fakerLocales.ts'
import { producerPlan } from '../../src/run/producerPlan.ts'
import { produce } from '../../src/run/producing.ts'
import { recordMaker } from '../../src/run/recordMaker.ts'
import { recordSource } from '../../src/run/records/source.ts'
import { transactional } from '../../src/run/transactional.ts'
import { ownBroker, sharedBroker } from './broker.ts'
import { kcat } from './kcat.ts'

const execute = promisify(execFile)

/** Runs the first block of a text; files are in the folder. */
async function runOn(
  cluster: Cluster,
  folder: string,
  text: string,
  stop = new AbortController().signal,
  tell: (event: ProduceEvent) => void = () => undefined,
): Promise<Ended> {
  const { file } = parse(text)
  const [block] = file.blocks
  assert.ok(block)
  const planned = producerPlan(file, block)
  assert.ok('plan' in planned, JSON.stringify(planned))
  const { plan } = planned
  const maker = await recordMaker(file, plan, {
    now: Date.now,
    random: Math.random,
    uuid: () => 'uuid',
    cluster: 'local',
    loadFaker,
    fakerLocale: 'en',
    readFile: () => Promise.reject(new Error('no file')),
    readBytes: () => Promise.reject(new Error('no file')),
  })
  assert.ok('make' in maker, JSON.stringify(maker))
  const source = recordSource(plan, maker.make, {
    evaluateRow: maker.evaluateRow,
    stream: (path, signal) => createReadStream(join(folder, path), { signal }),
  })
  const clock = {
    now: () => Date.now(),
    sleep: async (ms: number, signal?: AbortSignal) => {
      await sleep(ms, undefined, signal ? { signal } : {})
    },
  }
  let ended: Ended | undefined
  const events = transactional(plan.transactionalId, { cluster, clock, signal: stop }, own =>
    produce(plan, source, own),
  )
  for await (const event of events) {
    tell(event)
    if (event.kind === 'ended') ended = event
  }
  assert.ok(ended)
  return ended
}

/** Blocks of the language as other clients see their records. */
describe('a PRODUCER of a file', function () {
  this.timeout(60_000)
  let cluster: Cluster
  let servers: string
  let folder: string
  const prefix = `producer-${process.pid}`

  before(async () => {
    servers = (await sharedBroker()).bootstrapServers
    folder = await mkdtemp(join(tmpdir(), 'producer-'))
    const config = { bootstrapServers: servers.split(','), clientId: 'producer-test' }
    cluster = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
  })

  after(async () => {
    await cluster.close()
    await rm(folder, { recursive: true })
  })

  async function topic(name: string, partitions = 1): Promise<string> {
    const own = `${prefix}-${name}`
    const configs = { 'retention.ms': '-1' }
    const [made] = await cluster.createTopics([{ name: own, partitions, configs }])
    assert.equal(made?.problem, undefined)
    return own
  }

  const run = (text: string, stop?: AbortSignal) => runOn(cluster, folder, text, stop)

  async function done(text: string): Promise<Ended> {
    const ended = await run(text)
    assert.deepEqual([ended.reason, ended.problem], ['done', undefined])
    return ended
  }

  /** What librdkafka's client reads. */
  function seen(from: string, format: string, ...more: string[]): Promise<readonly string[]> {
    return kcat(['-b', servers, '-t', from, '-C', '-e', '-q', '-f', `${format}\\n`, ...more])
  }

  async function java(main: string, args: readonly string[], input = ''): Promise<string> {
    const { jars, java: command } = await ensureKafkaJars()
    const running = execute(
      command.command,
      [
        '-XX:TieredStopAtLevel=1',
        '-cp',
        jars.classPath,
        main,
        '--bootstrap-server',
        servers,
        ...args,
      ],
      { timeout: 40_000 },
    )
    running.child.stdin?.end(input)
    return (await running).stdout
  }

  it('is read by the Java console consumer as it is written', async () => {
    const own = await topic('java')
    await done(
      `PRODUCER\ntopic: ${own}\nkey: 9007199254740993\nkey-format: long\nheader: a = 1,2=3\nheader: b = null\nheader: a =\nheader: a = ß\nrecord-timestamp: epoch(1700000000123)\n{ "id": 1 }`,
    )
    await done(
      `PRODUCER\ntopic: ${own}\nkey: 9007199254740993\nkey-format: long\nvalue-format: null`,
    )
    const out = await java('org.apache.kafka.tools.consumer.ConsoleConsumer', [
      ...['--topic', own, '--from-beginning', '--max-messages', '2', '--timeout-ms', '30000'],
      ...['key', 'headers', 'timestamp', 'offset'].flatMap(what => [
        '--property',
        `print.${what}=true`,
      ]),
      ...['--property', 'key.deserializer=org.apache.kafka.common.serialization.LongDeserializer'],
      ...['--property', 'key.separator=|', '--property', 'null.literal=NULL'],
    ])
    const lines = out.split('\n').filter(line => line.startsWith('CreateTime'))
    assert.equal(
      lines[0],
      'CreateTime:1700000000123|Offset:0|a:1,2=3,b:NULL,a:,a:ß|9007199254740993|{ "id": 1 }',
    )
    assert.match(lines[1] ?? '', /\|Offset:1\|NO_HEADERS\|9007199254740993\|NULL$/)
  })

  it('puts keys where the Java producer puts them', async () => {
    const own = await topic('partitions', 7)
    const keys = Array.from({ length: 60 }, (_, i) => `schlüssel-${i}-${'x'.repeat(i % 5)}`)
    await writeFile(join(folder, 'keys.csv'), `id\r\n${keys.join('\r\n')}\r\n`)
    await done(`PRODUCER\ntopic: ${own}\nrecords-from: file(keys.csv)\nkey-from: value.id`)
    await java(
      'org.apache.kafka.tools.ConsoleProducer',
      ['--topic', own, '--property', 'parse.key=true', '--property', 'key.separator=:'],
      keys.map(key => `${key}:java\n`).join(''),
    )
    const placed = (lines: readonly string[]) => lines.toSorted()
    const lines = await seen(own, '%k %p %s')
    const ours = lines.filter(line => line.endsWith('}')).map(line => line.replace(/ \{.*/, ''))
    const theirs = lines.filter(line => line.endsWith(' java')).map(line => line.slice(0, -5))
    assert.equal(theirs.length, keys.length)
    assert.deepEqual(placed(ours), placed(theirs))
  })

  it('streams a table of thousands of rows, and names those that are none', async () => {
    const own = await topic('table', 3)
    const rows = Array.from({ length: 20_000 }, (_, i) =>
      i === 1201 ? 'too,few,or,many' : `${i},"Name, ""${i}""",ß\r\n`.trimEnd(),
    )
    await writeFile(join(folder, 'customers.csv'), `\ufeffid,name,city\r\n${rows.join('\r\n')}\r\n`)
    const ended = await run(
      `PRODUCER\ntopic: ${own}\nrecords-from: file(./customers.csv)\nkey: c-{{id}}\nheader: city = {{city}}\ncompression: zstd\nidempotent: true`,
    )
    assert.deepEqual(
      [ended.reason, ended.problem?.message],
      ['failed', 'customers.csv:1203: 4 fields, but there are 3 columns.'],
    )
    assert.deepEqual([ended.totals?.acknowledged, ended.totals?.failed], [19_999, 1])
    const lines = await seen(own, '%k|%h|%s')
    assert.equal(lines.length, 19_999)
    assert.ok(lines.includes('c-7|city=ß|{"id":"7","name":"Name, \\"7\\"","city":"ß"}'))
  })

  for (const compression of ['none', 'gzip', 'zstd'])
    it(`sends lines with compression ${compression} in their order`, async () => {
      const own = await topic(`lines-${compression}`)
      const lines = Array.from({ length: 5000 }, (_, i) => `${i} ${'x'.repeat(i % 50)}`)
      await writeFile(join(folder, 'lines.txt'), lines.join('\n'))
      await done(
        `PRODUCER\ntopic: ${own}\nrecords-from: file(lines.txt)\ncompression: ${compression}`,
      )
      assert.deepEqual(await seen(own, '%s'), lines)
    })

  it('commits its transaction at its end, and drops it when a row is bad', async () => {
    const own = await topic('transaction')
    await writeFile(join(folder, 'good.jsonl'), '1\n2\n3\n')
    await writeFile(join(folder, 'bad.jsonl'), '4\n5\n{\n')
    const block = (file: string) =>
      `PRODUCER\ntopic: ${own}\ntransactional-id: ${prefix}\nrecords-from: file(${file}.jsonl)`
    await done(block('good'))
    const ended = await run(block('bad'))
    assert.deepEqual([ended.reason, ended.totals?.failed], ['failed', 1])
    await done(block('good'))
    const committed = () => seen(own, '%s', '-X', 'isolation.level=read_committed')
    for (const end = Date.now() + 10_000; (await committed()).length < 6 && Date.now() < end;)
      await sleep(100)
    assert.deepEqual(await committed(), ['1', '2', '3', '1', '2', '3'])
    assert.deepEqual((await seen(own, '%s', '-X', 'isolation.level=read_uncommitted')).length, 8)
  })

  it('sends one record and waits, and tells what it sent when it is stopped', async () => {
    const own = await topic('every')
    const stop = new AbortController()
    const running = run(`PRODUCER\ntopic: ${own}\nevery: 999h\nv`, stop.signal)
    for (const end = Date.now() + 10_000; (await seen(own, '%s')).length < 1 && Date.now() < end;)
      await sleep(50)
    stop.abort()
    const ended = await running
    assert.deepEqual([ended.reason, ended.totals?.acknowledged], ['stopped', 1])
    assert.deepEqual(await seen(own, '%s'), ['v'])
  })

  it('sends at a rate, each record once and in order', async () => {
    const own = await topic('rate')
    const ended = await done(`PRODUCER\ntopic: ${own}\nrate: 1000/s\nrecord-count: 300\n{{$index}}`)
    assert.equal(ended.totals?.acknowledged, 300)
    assert.deepEqual(
      await seen(own, '%s'),
      Array.from({ length: 300 }, (_, i) => String(i)),
    )
  })
})

describe('a PRODUCER whose broker is lost', function () {
  this.timeout(120_000)

  it('tells what was acknowledged and what was not', async () => {
    const broker = await ownBroker()
    const config = { bootstrapServers: [broker.bootstrapServers], clientId: 'lost-test' }
    const cluster = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
    try {
      await cluster.createTopics([{ name: 'lost', partitions: 1 }])
      let stopping: Promise<void> | undefined
      const ended = await runOn(
        cluster,
        '',
        'PRODUCER\ntopic: lost\nrate: 2000/s\nidempotent: true\nstop-after: 60s\n{{$index}}',
        undefined,
        event => {
          const acknowledged = event.kind === 'progress' ? event.totals.acknowledged : 0
          if (acknowledged > 500) stopping ??= broker.nodes[0]?.stop()
        },
      )
      await stopping
      assert.equal(ended.reason, 'failed')
      const { acknowledged = 0, failed = 0, sent = 0 } = ended.totals ?? {}
      assert.ok(acknowledged > 500 && failed > 0)
      assert.equal(acknowledged + failed, sent)
      await broker.nodes[0]?.start()
      const written = await kcat(['-b', broker.bootstrapServers, '-t', 'lost', '-C', '-e', '-q'])
      assert.ok(written.length >= acknowledged && written.length <= sent)
      assert.deepEqual(
        written,
        written.map((_, i) => String(i)),
      )
    } finally {
      await cluster.close()
      await broker.stop()
    }
  })
})
