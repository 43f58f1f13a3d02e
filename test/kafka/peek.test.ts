import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { Kafka, logLevel, type Admin, type Message, type Producer } from 'kafkajs'
import { hostOptions } from '../../scripts/build.ts'
import { root } from '../../scripts/stages.ts'
import { harden } from '../../src/kafkajs/harden.ts'
import { secureBroker, sharedBroker } from './broker.ts'
import { eventually } from './eventually.ts'

harden()

/** One run of the bundled command line, in a process of its own. */
class Run {
  readonly child: ChildProcess
  out = ''
  errors = ''
  readonly ended: Promise<number | NodeJS.Signals | null>

  constructor(bundle: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const file = join(bundle, 'kafkafile.js')
    this.child = spawn(process.execPath, [file, 'peek', ...args], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text))
    this.ended = once(this.child, 'close').then(
      ([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null,
    )
  }

  get lines(): string[] {
    return this.out.split('\n').filter(line => line !== '')
  }

  get records(): Line[] {
    return this.lines.map(line => JSON.parse(line) as Line)
  }
}

interface Line {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly key: unknown
  readonly value: unknown
  readonly headers: unknown
  readonly error?: string
}

describe('kafkafile peek', function () {
  this.timeout(120_000)
  let bundle = ''
  let brokers = ''
  let admin: Admin
  let producer: Producer
  const running = new Set<Run>()

  before(async () => {
    bundle = await mkdtemp(join(root, '.cache', 'peek-'))
    const entries = { kafkafile: 'src/cli/kafkafile.ts', reader: 'src/reading/worker.ts' }
    await build({ absWorkingDir: root, ...hostOptions(entries, bundle) })
    brokers = (await sharedBroker()).bootstrapServers
    const kafka = new Kafka({
      brokers: [brokers],
      clientId: 'peek-test',
      logLevel: logLevel.NOTHING,
    })
    admin = kafka.admin()
    producer = kafka.producer()
    await Promise.all([admin.connect(), producer.connect()])
  })

  after(async () => {
    await Promise.all([admin.disconnect(), producer.disconnect()])
    await rm(bundle, { recursive: true, force: true })
  })

  afterEach(async () => {
    for (const run of running) {
      run.child.kill('SIGKILL')
      await run.ended
    }
    running.clear()
  })

  function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Run {
    const run = new Run(bundle, args, environment)
    running.add(run)
    return run
  }

  async function peek(topic: string, ...args: string[]): Promise<Run> {
    const run = start([topic, '--brokers', brokers, ...args])
    await run.ended
    return run
  }

  async function topicWith(partitions: number, messages: readonly Message[]): Promise<string> {
    const topic = `peek-${randomUUID()}`
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: partitions }],
    })
    if (messages.length > 0) await producer.send({ topic, messages: [...messages] })
    return topic
  }

  const orders = Array.from({ length: 20 }, (_, index): Message => ({
    partition: index % 2,
    timestamp: `${1_700_000_000_000 + index}`,
    key: `o-${index}`,
    value: JSON.stringify({
      id: index,
      status: index % 5 === 0 ? 'FAILED' : 'OK',
      total: index * 10,
    }),
    headers: { 'trace-id': `t-${index}` },
  }))

  it('prints a topic as JSON lines, in the order of offsets, and leaves no group behind', async () => {
    const topic = await topicWith(2, orders)
    const run = await peek(topic)
    assert.equal(run.errors, '')
    assert.equal(await run.ended, 0)
    for (const partition of [0, 1]) {
      const found = run.records.filter(record => record.partition === partition)
      assert.deepEqual(
        found.map(({ offset }) => offset),
        Array.from({ length: 10 }, (_, index) => index),
      )
    }
    const line = run.lines.find(text => text.includes('"o-5"'))
    assert.equal(
      line,
      `{"topic":"${topic}","partition":1,"offset":2,"timestamp":1700000000005,"key":"o-5","value":{"id":5,"status":"FAILED","total":50},"headers":[["trace-id","t-5"]]}`,
    )
    const { groups } = await admin.listGroups()
    assert.ok(!groups.some(({ groupId }) => groupId.includes('kafkafile')))
  })

  it('prints only what the filters let through', async () => {
    const topic = await topicWith(2, orders)
    const keysOf = (run: Run) => run.records.map(({ key }) => key).sort()
    const status = await peek(topic, '--filter', 'value.status == "FAILED" && value.total >= 100')
    assert.deepEqual(keysOf(status), ['o-10', 'o-15'])
    const both = await peek(
      topic,
      '--text',
      'T-1',
      '--filter',
      'value.id < 12',
      '--filter',
      'partition == 1',
    )
    assert.deepEqual(keysOf(both), ['o-1', 'o-11'])
    const exact = await peek(topic, '--text', '"T-1"')
    assert.deepEqual(exact.lines, [])
    const failing = await peek(topic, '--filter', 'value.missing == 1')
    assert.deepEqual(failing.lines, [])
    assert.equal(
      failing.errors,
      'kafkafile: 20 records could not be filtered and did not match: There is no "missing".\n',
    )
    assert.equal(await failing.ended, 0)
  })

  it('reads between positions, from some partitions, up to a limit', async () => {
    const topic = await topicWith(2, orders)
    const placesOf = (run: Run) =>
      run.records.map(({ partition, offset }) => `${partition}:${offset}`).sort()
    assert.deepEqual(placesOf(await peek(topic, '--from', '-2')), ['0:8', '0:9', '1:8', '1:9'])
    assert.deepEqual(placesOf(await peek(topic, '--partitions', '1', '--from', '3', '--to', '5')), [
      '1:3',
      '1:4',
    ])
    assert.deepEqual(placesOf(await peek(topic, '--from', 'epoch(1700000000018)', '--to', 'now')), [
      '0:9',
      '1:9',
    ])
    assert.equal((await peek(topic, '--limit', '3')).lines.length, 3)
    assert.deepEqual((await peek(topic, '--from', 'latest')).lines, [])
  })

  it('prints tables, CSV and values as they are', async () => {
    const topic = await topicWith(1, [
      { key: 'a', value: 'one, "two"', timestamp: '1700000000000' },
      { key: null, value: null, timestamp: '1700000000001' },
    ])
    const csv = await peek(topic, '--output', 'csv')
    assert.deepEqual(csv.out.split('\r\n'), [
      'topic,partition,offset,timestamp,key,value,headers,error',
      `${topic},0,0,2023-11-14T22:13:20.000Z,a,"one, ""two""",[],`,
      `${topic},0,1,2023-11-14T22:13:20.001Z,,,[],`,
      '',
    ])
    assert.equal((await peek(topic, '--output', 'raw')).out, 'one, "two"\n')
    const table = await peek(topic, '--output', 'table')
    assert.deepEqual(
      table.lines.map(line => line.trim().split(/ {2,}/)),
      [
        ['partition', 'offset time', 'key', 'value'],
        ['0', '0 2023-11-14T22:13:20.000Z a', 'one, "two"'],
        ['0', '1 2023-11-14T22:13:20.001Z null', 'null'],
      ],
    )
  })

  it('decodes as it is told, and goes on behind what cannot be decoded', async () => {
    const long = Buffer.alloc(8)
    long.writeBigInt64BE(9_007_199_254_740_993n)
    const topic = await topicWith(1, [
      { key: long, value: 'a' },
      { key: 'x', value: 'b' },
    ])
    const run = await peek(topic, '--key-format', 'long', '--value-format', 'bytes(hex)')
    const [first, second] = run.lines
    assert.match(first ?? '', /"key":9007199254740993,"value":"61"/)
    assert.match(second ?? '', /"value":"62".*"error":"/)
    const filtered = await peek(
      topic,
      '--key-format',
      'long',
      '--filter',
      'key == 9007199254740993',
    )
    assert.equal(filtered.lines.length, 1)
  })

  it('follows until Ctrl-C, and ends with 130', async () => {
    const topic = await topicWith(1, [{ value: 'before' }])
    const run = start([topic, '--brokers', brokers, '--follow', '--from', 'earliest'])
    await eventually('the first record', () => Promise.resolve(run.lines.length === 1))
    await producer.send({ topic, messages: [{ value: 'after' }] })
    await eventually('the next record', () => Promise.resolve(run.lines.length === 2))
    run.child.kill('SIGINT')
    assert.equal(await run.ended, 130)
    assert.deepEqual(
      run.records.map(({ value }) => value),
      ['before', 'after'],
    )
    assert.equal(run.errors, '')
  })

  describe('a large topic', () => {
    const COUNT = 200_000
    let topic = ''

    before(async () => {
      topic = await topicWith(1, [])
      const messages = Array.from({ length: 500 }, () => ({ value: 'x'.repeat(1000) }))
      for (let sent = 0; sent < COUNT; sent += messages.length) {
        await producer.send({ topic, messages })
      }
    })

    it('ends quietly when its reader has seen enough', async () => {
      const run = start([topic, '--brokers', brokers])
      await once(run.child.stdout!, 'data')
      run.child.stdout?.destroy()
      assert.equal(await run.ended, 0)
      assert.equal(run.errors, '')
    })

    it('is held back by a slow reader, takes no memory for what waits, and hears Ctrl-C', async () => {
      const run = start([topic, '--brokers', brokers])
      await once(run.child.stdout!, 'data')
      run.child.stdout?.pause()
      let [size, still] = [0, 0]
      await eventually('memory that grows no more', async () => {
        const now = await residentBytes(run.child.pid)
        still = now - size < 1e6 ? still + 1 : 0
        size = now
        return still > 20
      })
      assert.ok(size < 300e6, `${size} bytes`)
      const exit = once(run.child, 'exit')
      run.child.kill('SIGINT')
      assert.deepEqual(await exit, [130, null])
      run.child.stdout?.resume()
    })
  })

  describe('says what is wrong', () => {
    it('a start behind the end, which is no record', async () => {
      const topic = `peek-beyond-${randomUUID()}`
      await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
      const run = await peek(topic, '--from', '100', '--to', 'latest')
      assert.deepEqual([await run.ended, run.out], [0, ''])
      assert.equal(run.errors, 'kafkafile: Partition 0 ends at offset 0, before offset 100.\n')
    })

    it('an unknown topic', async () => {
      const topic = `peek-none-${randomUUID()}`
      const run = await peek(topic)
      assert.equal(await run.ended, 3)
      assert.equal(run.out, '')
      assert.ok(run.errors.startsWith(`kafkafile: `) && run.errors.includes(topic), run.errors)
      assert.ok(!(await admin.listTopics()).includes(topic))
    })

    it('no such partition', async () => {
      const topic = await topicWith(2, [])
      const run = await peek(topic, '--partitions', '0-3')
      assert.equal(await run.ended, 3)
      assert.equal(
        run.errors,
        `kafkafile: Partition 2 does not exist: topic "${topic}" has partitions 0-1.\n`,
      )
    })

    it('a position that is none, and an expression that is none', async () => {
      const position = await peek('t', '--from', 'yesterday')
      assert.equal(await position.ended, 1)
      assert.match(position.errors, /"yesterday" is not a start position/)
      const expression = await peek('t', '--filter', 'value.x = 1')
      assert.equal(await expression.ended, 1)
      assert.match(expression.errors, /Compare with "=="/)
    })

    it('a broker that is not there', async () => {
      const run = start(['t', '--brokers', 'localhost:1'])
      assert.equal(await run.ended, 3)
      assert.match(run.errors, /^kafkafile: Nothing listens at localhost:1\./)
    })

    it('a port that answers nothing', async () => {
      const server = await silentServer()
      try {
        const address = server.address()
        assert.ok(address && typeof address === 'object')
        const run = start(['t', '--brokers', `localhost:${address.port}`])
        assert.equal(await run.ended, 3)
        assert.match(run.errors, /^kafkafile: \S/)
      } finally {
        server.close()
      }
    })
  })

  it('logs in with a password from the environment', async () => {
    const secure = await secureBroker()
    const args = [
      'nothing-here',
      '--brokers',
      secure.saslPlain,
      '--security',
      'sasl-plaintext',
      '--username',
      'alice',
      '--mechanism',
      'scram-sha-512',
    ]
    const right = start(args, { KAFKA_PASSWORD: secure.passwords.alice })
    assert.equal(await right.ended, 3)
    assert.match(right.errors, /nothing-here/)
    const wrong = start(args, { KAFKA_PASSWORD: 'not-the-password' })
    assert.equal(await wrong.ended, 3)
    assert.ok(!wrong.errors.includes('nothing-here'))
    assert.ok(!wrong.errors.includes('not-the-password'))
  })
})

/** What a process holds in memory, where the system tells; else 0. */
async function residentBytes(pid: number | undefined): Promise<number> {
  if (process.platform !== 'linux') return 0
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
}

async function silentServer(): Promise<Server> {
  const server = createServer(socket => {
    socket.on('error', () => socket.destroy())
  })
  server.listen(0, 'localhost')
  await once(server, 'listening')
  return server
}
