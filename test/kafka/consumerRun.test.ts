import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Consumer } from '@platformatic/kafka'
import { silentLog } from '../../src/base/log.ts'
import type { Cluster, JoinUpdate } from '../../src/kafka/cluster.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { runMain, type Outcome } from '../cli/run.ts'
import { sharedBroker } from './broker.ts'
import { eventually } from './eventually.ts'
import { kcat, needsKcat } from './kcat.ts'

/** The CONSUMERs of files, as the command line runs them. */
describe('a CONSUMER in a run', function () {
  this.timeout(120_000)
  let brokers = ''
  let cluster: Cluster
  let folder = ''
  let topic = ''

  before(async () => {
    brokers = (await sharedBroker()).bootstrapServers
    const config = { bootstrapServers: brokers.split(','), clientId: 'consumer-run' }
    cluster = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
  })

  after(() => cluster.close())

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consumer-run-'))
    topic = await newTopic(1)
  })

  afterEach(() => rm(folder, { recursive: true, force: true }))

  async function newTopic(partitions: number): Promise<string> {
    const name = `consumer-run-${randomUUID()}`
    await cluster.createTopics([{ name, partitions }])
    return name
  }

  /** Records 1 to `count`, one minute of their own each. */
  async function fill(count: number): Promise<void> {
    const outcomes = await cluster.produce({
      topic,
      records: Array.from({ length: count }, (_, index) => ({
        partition: 0,
        key: Buffer.from(`k${index + 1}`),
        value: Buffer.from(`{"id":${index + 1}}`),
        headers: [],
        timestamp: Date.UTC(2026, 0, 1, 12, index + 1),
      })),
    })
    assert.ok(outcomes.every(({ problem }) => !problem))
  }

  async function run(text: string): Promise<Outcome> {
    await writeFile(join(folder, 'a.kafka'), text)
    return runMain(['run', 'a.kafka', '--brokers', brokers, '--quiet'], { folder })
  }

  async function told(text: string): Promise<string> {
    await writeFile(join(folder, 'a.kafka'), text)
    const { out, errors } = await runMain(['run', 'a.kafka', '--brokers', brokers], { folder })
    return out + errors
  }

  async function printed(properties: string, group = ''): Promise<string> {
    const { exit, out, errors } = await run(`CONSUMER ${group}\ntopic: ${topic}\n${properties}\n`)
    assert.deepEqual([exit, errors], [0, ''])
    return out
  }

  const ids = async (properties: string, group?: string) =>
    (await printed(`${properties}\noutput: csv\nselect: value.id as id`, group))
      .split('\r\n')
      .slice(1, -1)
      .join(' ')

  async function committed(group: string): Promise<readonly (bigint | undefined)[]> {
    const [found] = await cluster.committedOffsets([group])
    return (found?.offsets ?? []).map(({ committedOffset }) => committedOffset)
  }

  const BROWSED: readonly (readonly [properties: string, ids: string])[] = [
    ['from: earliest\nto: now', '1 2 3 4 5'],
    ['from: earliest\nto: latest', '1 2 3 4 5'],
    ['from: earliest\nidle-timeout: 300ms', '1 2 3 4 5'],
    ['from: earliest\nlimit: 2', '1 2'],
    ['from: -2\nto: latest', '4 5'],
    ['from: tail(3)\nlimit: 1', '3'],
    ['from: 1\nto: 3', '2 3'],
    ['from: 0:4\nto: latest', '5'],
    ['from: 2026-01-01T12:03Z\nto: 2026-01-01T12:05Z', '3 4'],
    ['from: epoch(1767269040000)\nto: latest', '4 5'],
    ['from: latest\nidle-timeout: 300ms', ''],
    ['from: earliest\nto: latest\nfilter: value.id > 1\nfilter: value.id < 4', '2 3'],
    ['from: earliest\nlimit: 2\nfilter: value.id > 2', '3 4'],
    ['partitions: 0\nfrom: earliest\nto: 1', '1'],
  ]
  for (const [properties, expected] of BROWSED) {
    it(`reads ${properties.replaceAll('\n', ', ')}`, async () => {
      await fill(5)
      assert.equal(await ids(properties), expected)
    })
  }

  it('goes wrong where the topic is not there, which is no error of the file', async () => {
    const { exit, errors } = await run(`CONSUMER\ntopic: ${topic}-none\nto: latest\n`)
    assert.equal(exit, 3)
    assert.match(errors, /it does not exist, or you may not see it\./)
  })

  it('has no line for what is not there, and says where it starts instead', async () => {
    await fill(2)
    const text = `CONSUMER\ntopic: ${topic}\nfrom: 100\nto: latest\n`
    assert.equal((await run(`${text}output: jsonl\nselect: partition, offset`)).out, '')
    assert.match(await told(text), /Partition 0 ends at offset 2, before offset 100\./)
    const expected = `EXPECT\ntopic: ${topic}\nfrom: 100\nto: latest\nwithin: 2s\nkey: k1\n`
    assert.doesNotMatch(await told(expected), /undecodable/)
  })

  it('prints in each form, and writes a file', async () => {
    await fill(2)
    const whole = 'from: earliest\nto: latest\n'
    assert.match(
      await printed(`${whole}output: table`),
      /^partition offset .*\n0 +0 +2026-.*\n0 +1 /,
    )
    const lines = await printed(`${whole}output: jsonl`)
    const records = lines.split('\n').slice(0, -1)
    assert.deepEqual(
      records.map(line => (JSON.parse(line) as { value: unknown }).value),
      [{ id: 1 }, { id: 2 }],
    )
    const list: unknown = JSON.parse(await printed(`${whole}output: json`))
    assert.deepEqual(
      list,
      records.map((line): unknown => JSON.parse(line)),
    )
    assert.equal(await printed(`${whole}output: raw`), '{"id":1}\n{"id":2}\n')
    assert.match(await printed(`${whole}output: csv`), /^[^\r]*offset[^\r]*\r\n.*\r\n.*\r\n$/)
    assert.equal(await printed(`${whole}output: raw\noutput-to: file(./out/r.txt)`), '')
    assert.equal(await readFile(join(folder, 'out/r.txt'), 'utf8'), '{"id":1}\n{"id":2}\n')
  })

  it('gives what it captures to the blocks below', async () => {
    await fill(3)
    const { exit, errors } = await run(
      `CONSUMER\ntopic: ${topic}\nfrom: earliest\nlimit: 2\ncapture: id = value.id\n###\n` +
        `EXPECT\ntopic: ${topic}\nfrom: earliest\nto: latest\nmatch: value.id == {{id}} && offset == 1\n`,
    )
    assert.deepEqual([exit, errors], [0, ''])
  })

  it('joins a group, and commits behind the last record that its limit counted', async () => {
    await fill(9)
    const group = `${topic}-group`
    const properties = 'from: earliest\nlimit: 2\nfilter: value.id % 3 == 0'
    assert.equal(await ids(properties, group), '3 6')
    assert.deepEqual(await committed(group), [6n])
    assert.equal(await ids('limit: 1', group), '7')
    assert.equal(await ids('idle-timeout: 1s', group), '8 9')
    assert.deepEqual(await committed(group), [9n])
  })

  it('leaves a group where it is when it is told so, and joins it up to an end', async () => {
    await fill(3)
    const group = `${topic}-group`
    assert.equal(await ids('limit: 1\nfrom: earliest', group), '1')
    assert.equal(await ids('limit: 1\ncommit: false', group), '2')
    assert.deepEqual(await committed(group), [1n])
    assert.equal(await ids('to: latest', group), '2 3')
    assert.deepEqual(await committed(group), [3n])
  })

  it('reads beside a group that others are in, and joins it when it must', async () => {
    await fill(3)
    const group = `${topic}-group`
    assert.equal(await ids('limit: 1\nfrom: earliest', group), '1')
    const stop = new AbortController()
    const joining = { groupId: group, topic, fallback: 'latest', partitions: [] } as const
    const member = cluster.join(joining, { signal: stop.signal })[Symbol.asyncIterator]()
    try {
      const first: IteratorResult<JoinUpdate, unknown> = await member.next()
      assert.equal((first.value as JoinUpdate).kind, 'joined')
      const beside = `CONSUMER ${group}\ntopic: ${topic}\nlimit: 2\n`
      assert.match(
        await told(beside),
        /1 active member\. Reading from its committed offsets without joining; "commit: true" joins\./,
      )
      assert.equal(await ids('limit: 2', group), '2 3')
      assert.deepEqual(await committed(group), [1n])
    } finally {
      stop.abort()
      await member.next()
    }
  })

  it('reads from the commits of a KIP-848 group, and never joins it', async () => {
    await fill(3)
    const group = `${topic}-848`
    const member = new Consumer({
      groupId: group,
      clientId: 'platformatic',
      bootstrapBrokers: brokers.split(','),
      groupProtocol: 'consumer',
    })
    const mode = { mode: 'committed', fallbackMode: 'earliest' } as const
    const stream = await member.consume({ topics: [topic], autocommit: 50, ...mode })
    stream.on('data', () => undefined)
    await eventually('all is committed', async () => (await committed(group))[0] === 3n)
    await member.close(true)
    await fill(1)
    const text = `CONSUMER ${group}\ntopic: ${topic}\nto: latest\n`
    assert.match(await told(text), new RegExp(`Group "${group}" is a KIP-848 consumer group\\.`))
    assert.equal(await ids('to: latest', group), '1')
    const forced = await run(`CONSUMER ${group}\ntopic: ${topic}\nlimit: 1\ncommit: true\n`)
    assert.equal(forced.exit, 3)
    assert.match(forced.errors, /KIP-848 consumer group: joining it .* would break it/)
    const [found] = await cluster.describeGroups([{ groupId: group, type: 'unknown' }])
    assert.equal(found?.type, 'consumer')
  })

  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd']) {
    it(`reads what kcat compressed with ${codec}, in EXPECT, browsing and in a group`, async function () {
      needsKcat(this)
      const values = Array.from(
        { length: 20 },
        (_, id) => `{"id":${id},"text":"${'x'.repeat(50)}"}`,
      )
      await kcat(['-P', '-b', brokers, '-t', topic, '-z', codec], values.join('\n'))
      const all = values.map((_, id) => id).join(' ')
      assert.equal(await ids('from: earliest\nto: latest'), all)
      assert.equal(await ids('from: earliest\nlimit: 20', `${topic}-group`), all)
      const sent = `PRODUCER\ntopic: ${topic}\ncompression: ${codec}\n{"id":"${'y'.repeat(99)}"}\n###\n`
      const expect = `EXPECT\ntopic: ${topic}\nfrom: earliest\nmatch: value.id == 19\n###\n`
      const own = `EXPECT\ntopic: ${topic}\nmatch: value.id.startsWith("yy")\n`
      const { exit, errors } = await run(sent + expect + own)
      assert.deepEqual([exit, errors], [0, ''])
    })
  }
})
