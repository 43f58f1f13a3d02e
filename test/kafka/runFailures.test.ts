import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Kafka, logLevel, type Admin } from 'kafkajs'
import { harden } from '../../src/kafkajs/harden.ts'
import type { BlockDocument } from '../../src/report/json.ts'
import { junitProblems } from '../report/junitSchema.ts'
import { ownBroker, secureBroker, sharedBroker } from './broker.ts'
import { Bundle } from './bundle.ts'
import { eventually } from './eventually.ts'
import { kcat, needsKcat } from './kcat.ts'
import { runFolder, type RunFolder } from './runFolder.ts'

harden()

describe('kafkafile run, when things go wrong', function () {
  this.timeout(120_000)
  let bundle: Bundle
  let folder: RunFolder
  let brokers = ''
  let admin: Admin

  before(async () => {
    bundle = await Bundle.make()
    brokers = (await sharedBroker()).bootstrapServers
    admin = clientOf(brokers)
    await admin.connect()
  })

  after(async () => {
    await admin.disconnect()
    await bundle.remove()
  })

  beforeEach(async () => {
    folder = await runFolder(bundle)
  })

  afterEach(() => folder.remove())

  async function newTopic(numPartitions = 1): Promise<string> {
    const topic = `wrong-${randomUUID()}`
    await admin.createTopics({ topics: [{ topic, numPartitions }] })
    return topic
  }

  const clientOf = (servers: string) =>
    new Kafka({ brokers: [servers], clientId: 'wrong', logLevel: logLevel.NOTHING }).admin()

  async function countOf(topic: string, client = admin): Promise<number> {
    const offsets = await client.fetchTopicOffsets(topic)
    return offsets.reduce((sum, { high }) => sum + Number(high), 0)
  }

  /** What is told of the blocks, without the head and the sum. */
  const told = (out: string) =>
    out
      .split('\n')
      .slice(1, -2)
      .map(line => line.trim())

  async function blocks(): Promise<readonly BlockDocument[]> {
    return (await folder.document('r.json')).files[0]?.blocks ?? []
  }

  it('tells what a broker that is killed has acknowledged, as its log has it afterwards', async function () {
    needsKcat(this)
    const own = await ownBroker()
    const [node] = own.nodes
    const lines = Array.from({ length: 200_000 }, (_, i) => `${i}\n`).join('')
    await folder.put({
      'rows.txt': lines,
      'a.kafka': `TOPIC
topic: lost
###
PRODUCER import
topic: lost
records-from: file(./rows.txt)
rate: 2000/s
idempotent: true
###
EXPECT
topic: lost
from: earliest
within: 2s
match: value == 199999
`,
    })
    const at = own.bootstrapServers
    const started = folder.start(
      `a.kafka --brokers ${at} --report json=r.json --report junit=r.xml`,
    )
    const client = clientOf(at)
    await client.connect()
    await eventually('some records', async () => (await countOf('lost', client)) > 100)
    await client.disconnect()
    await node?.kill()
    assert.equal(await started.ended, 3, started.out)
    await node?.start()
    const written = await kcat(['-b', at, '-t', 'lost', '-C', '-e', '-q', '-f', '%s\\n'])
    await own.stop()

    const all = await blocks()
    assert.deepEqual(
      all.map(({ status }) => status),
      ['passed', 'failed', 'failed'],
      started.out,
    )
    const { details } = all[1] ?? {}
    assert.ok(details?.kind === 'produced')
    const { sent, acknowledged, failed = 0, last } = details
    assert.ok(acknowledged > 100 && sent < 200_000, started.out)
    assert.equal(acknowledged + failed, sent)
    assert.equal(last?.offset, String(acknowledged - 1))
    // What was on its way may have been written or not; nothing is twice, and nothing is missing.
    assert.ok(written.length >= acknowledged && written.length <= sent)
    assert.deepEqual(
      written,
      Array.from({ length: written.length }, (_, i) => String(i)),
    )
    const shown = (n: number) => n.toLocaleString('en-US')
    assert.ok(
      started.out.includes(
        `${shown(acknowledged)} of ${shown(sent)} records acknowledged · last partition 0 · offset ${acknowledged - 1}`,
      ),
      started.out,
    )
    assert.deepEqual(junitProblems(await folder.read('r.xml')), [])
  })

  it('has committed what a CONSUMER printed when Ctrl-C ends it', async () => {
    const topic = await newTopic()
    const group = `group-${topic}`
    await folder.put({
      'a.kafka': `PRODUCER
topic: ${topic}
record-count: 500
{{$index}}
###
CONSUMER ${group}
topic: ${topic}
from: earliest
commit: true
idle-timeout: 60s
output: raw
`,
    })
    const offsets = () => admin.fetchOffsets({ groupId: group, topics: [topic] })
    // The first group of a broker waits until there is a topic for offsets.
    await eventually('a coordinator', offsets)
    const reports = '--report json=r.json --report junit=r.xml --report tap=r.tap'
    const started = folder.start(`a.kafka --brokers ${brokers} --quiet ${reports}`)
    // At least once: a group that is balanced anew reads again what was not committed.
    const all = () => Promise.resolve(new Set(started.lines).size === 500)
    const printed = eventually('all', all)
    assert.equal(await Promise.race([printed, started.ended]), true, started.errors)
    started.child.kill('SIGINT')
    assert.equal(await started.ended, 130, started.errors)
    const [committed] = await offsets()
    assert.deepEqual(
      committed?.partitions.map(({ offset }) => offset),
      ['500'],
    )
    assert.deepEqual(
      (await blocks()).map(({ status }) => status),
      ['passed', 'stopped'],
    )
    assert.deepEqual(junitProblems(await folder.read('r.xml')), [])
    assert.match(await folder.read('r.tap'), /^TAP version 14\n1\.\.2\nnot ok 1 - /)
  })

  it('sends one record every 999 hours: the first at once, until Ctrl-C', async () => {
    const topic = await newTopic()
    await folder.put({ 'a.kafka': `PRODUCER\ntopic: ${topic}\nevery: 999h\n{{$index}}\n` })
    const started = folder.start(`a.kafka --brokers ${brokers} --report json=r.json`)
    await eventually('the record', async () => (await countOf(topic)) > 0)
    started.child.kill('SIGINT')
    assert.equal(await started.ended, 130)
    assert.equal(await countOf(topic), 1)
    const [block] = await blocks()
    assert.ok(block?.details?.kind === 'produced')
    assert.deepEqual([block.status, block.details.acknowledged], ['stopped', 1])
  })

  interface Unreachable {
    readonly args: () => Promise<string>
    readonly lines: readonly string[]
  }
  const unreachable: Readonly<Record<string, Unreachable>> = {
    'a host that nobody knows': {
      args: () => Promise.resolve('--brokers no-such-host.invalid:9092'),
      lines: [
        'The host of no-such-host.invalid:9092 is not known.',
        'Check the spelling, and whether this computer needs a VPN or a DNS entry to see it.',
        'Connection error: getaddrinfo ENOTFOUND no-such-host.invalid',
      ],
    },
    'a wrong password': {
      args: async () =>
        `--brokers ${(await secureBroker()).saslPlain} --username alice --security sasl-plaintext`,
      lines: [
        'localhost:PORT refuses user alice with this password by PLAIN.',
        'Check user and password, and whether the user exists for this mechanism.',
        'SASL PLAIN authentication failed: Authentication failed: Invalid username or password',
      ],
    },
    'TLS where there is none': {
      args: async () => `--brokers ${(await secureBroker()).plaintext} --security ssl`,
      lines: [
        'localhost:PORT does not speak TLS.',
        'Turn TLS off, or use the port that speaks it.',
        'Connection error: Client network socket disconnected before secure TLS connection was established',
      ],
    },
    'no TLS where there is some': {
      args: async () => `--brokers ${(await secureBroker()).ssl}`,
      lines: ['localhost:PORT speaks TLS only.', 'Turn TLS on.', 'Closed connection'],
    },
  }
  for (const [name, { args, lines }] of Object.entries(unreachable)) {
    it(`says in which way the cluster is not reached: ${name}`, async () => {
      await folder.put({ 'a.kafka': 'PRODUCER\ntopic: a\nx\n' })
      const all = `a.kafka ${await args()} --verbose --report json=r.json --report junit=r.xml`
      const { exit, out, errors } = await folder.run(all, { KAFKA_PASSWORD: 'canary-password' })
      assert.equal(exit, 3, out)
      const [head = '', ...rest] = told(out.replaceAll(/localhost:\d+/g, 'localhost:PORT'))
      assert.deepEqual([head.replace('✗ a.kafka:1:1  PRODUCER — ', ''), ...rest], lines)
      for (const text of [out, errors, await folder.read('r.json'), await folder.read('r.xml')])
        assert.ok(!text.includes('canary'), text)
    })
  }

  it('tells that the broker takes no line of 10 MB, and what it took', async () => {
    const topic = await newTopic()
    await folder.put({
      'rows.txt': `first\n${'x'.repeat(10_000_000)}\nlast\n`,
      'a.kafka': `PRODUCER\ntopic: ${topic}\n${'y'.repeat(10_000_000)}\n`,
      'b.kafka': `PRODUCER\ntopic: ${topic}\nrecords-from: file(./rows.txt)\n`,
    })
    const { exit, out } = await folder.run(`. --brokers ${brokers}`)
    assert.equal(exit, 3)
    const why = `Partition ${topic}-0: the record is larger than the broker takes.`
    const tooLarge = [
      'Make it smaller, or raise max.message.bytes of the topic.',
      'MESSAGE_TOO_LARGE (10)',
    ]
    const lines = out.split('\n').map(line => line.trim().replace(/ · \d+ ms$/, ''))
    assert.deepEqual(lines.slice(0, -2), [
      ...['a.kafka', `✗ a.kafka:1:1  PRODUCER — ${why}`, ...tooLarge],
      ...['0 of 1 record acknowledged'],
      ...['b.kafka', `✗ b.kafka:1:1  PRODUCER — ${why}`, ...tooLarge],
      '1 of 3 records acknowledged · last partition 0 · offset 0',
      `Partition ${topic}-0: not sent, because an earlier record failed.`,
    ])
    assert.equal(await countOf(topic), 1)
  })

  it('sends what stands there: behind a byte order mark, with line ends of CR alone, with NUL', async function () {
    needsKcat(this)
    const topic = await newTopic()
    const lone = '\ud800'
    await folder.put({
      'a.kafka': `\ufeffPRODUCER\rtopic: ${topic}\rone\rtwo\r\r###\rPRODUCER\rtopic: ${topic}\rthree\r`,
      'b.kafka': `PRODUCER\ntopic: ${topic}\nn\0ul\n`,
      // Written as UTF-8 it is the sign for what is none.
      'c.kafka': `PRODUCER\ntopic: ${topic}\n${lone}\n`,
    })
    const { exit, out } = await folder.run(`. --brokers ${brokers}`)
    assert.equal(exit, 0, out)
    const args = ['-b', brokers, '-t', topic, '-C', '-e', '-q', '-f', '%s|\\n']
    assert.deepEqual(await kcat(args), ['one\rtwo|', 'three|', 'n\0ul|', '\ufffd|'])
  })

  it('reaches no file outside or missing, whatever names it, and sends nothing then', async () => {
    const topic = await newTopic()
    await symlink('/etc', join(folder.path, 'etc'))
    const producer = `PRODUCER\ntopic: ${topic}\n`
    const ways = ['value-from: file(F)', 'records-from: file(F)', '{{$file F}}']
    const outside = `is outside the workspace ${folder.path}.`
    const names = {
      '../outside.txt': outside,
      '/etc/hostname': outside,
      'etc/hostname': outside,
      'none.txt': 'cannot be read: there is no such file.',
    }
    const files = Object.entries(names).flatMap(([name, why], n) =>
      ways.map(
        (way, w) =>
          [`${n}${w}.kafka`, `${producer}${way.replace('F', name)}\n`, `"${name}" ${why}`] as const,
      ),
    )
    await folder.put({
      '.git/x': '',
      ...Object.fromEntries(files.map(([file, text]) => [file, text])),
    })
    const { exit, out } = await folder.run(`. --brokers ${brokers} --report json=r.json`)
    assert.equal(exit, 2, out)
    const document = await folder.document('r.json')
    assert.deepEqual(
      document.files.map(({ file, blocks: [block] }) => [
        file,
        block?.status,
        block?.problem?.message,
      ]),
      files.map(([file, , why]) => [file, 'refused', why]),
    )
    assert.equal(await countOf(topic), 0)
  })
})
