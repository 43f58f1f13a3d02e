import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { silentLog } from '../../src/base/log.ts'
import { recordKcat } from '../../src/formats/records/kcat.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { recordAt } from '../../src/kafka/page.ts'
import type { KafkaRecord } from '../../src/kafka/record.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import type { Reader } from '../../src/reading/reader.ts'
import { sharedBroker } from './broker.ts'
import { needsKcat } from './kcat.ts'
import { readerFor, readPages } from './readRecords.ts'

const execute = promisify(execFile)

const every = Uint8Array.from({ length: 256 }, (_, code) => code)
const notZero = every.subarray(1)

type Part = string | Uint8Array | null

/** Key, value, headers. */
const RECORDS: readonly (readonly [key: Part, value: Part, headers: readonly [string, Part][]])[] =
  [
    [
      'o-17',
      '{"id": 7}',
      [
        ['trace-id', 'a'],
        ['trace-id', 'b'],
        ['none', null],
        ['empty', ''],
      ],
    ],
    ['tombstone', null, []],
    ['empty value', '', []],
    ['', null, []],
    ['', '', []],
    ['', 'empty key', []],
    [null, null, []],
    [null, 'no key', []],
    ["it's", "it's '' $HOME `id` $(id) \\ \\n 100% %s !! \"q\" | <1>", [['q', "'a' $x `y` 50%"]]],
    ['-k', '-n', [['dash', '-Z']]],
    ['äöü 😀', 'äöü 😀\u00a0', [['ä', 'ü']]],
    ['two\nlines', '{\n  "a": 1\n}\n\n', [['lines', '\na\n\n']]],
    ['|', 'a|b\n<1>\n<2>|', []],
    ['a|<1', '|<1>', []],
    [
      every,
      every,
      [
        ['bytes', notZero],
        ['ends', Uint8Array.of(255, 10, 10)],
      ],
    ],
    [Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7), Uint8Array.of(0), []],
    ['\t', '\r\n', []],
    ['tombstone of bytes', null, [['b', Uint8Array.of(255, 33, 45, 37)]]],
    [Uint8Array.of(0xff), null, []],
    ['long', 'x'.repeat(300_000), []],
  ]

const bytes = (part: Part) => (typeof part === 'string' ? Buffer.from(part) : part)

describe('the command line for kcat', function () {
  this.timeout(60_000)
  const topic = `kcat-command-${randomUUID()}`
  const records = RECORDS.map(([key, value, headers], index): KafkaRecord => ({
    ...{ topic, partition: index % 3, offset: 0n, timestamp: 0 },
    key: bytes(key),
    value: bytes(value),
    headers: headers.map(([name, part]) => [name, bytes(part)]),
  }))
  let brokers: string
  let cluster: Cluster
  let reader: Reader

  before(async function () {
    needsKcat(this)
    brokers = (await sharedBroker()).bootstrapServers
    const config = { bootstrapServers: brokers.split(','), clientId: 'kcat-command-test' }
    cluster = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
    reader = readerFor(config)
  })

  after(async () => {
    // Absent where the suite was skipped.
    await (reader as Reader | undefined)?.close()
    await (cluster as Cluster | undefined)?.close()
  })

  const shells = ['sh', 'bash', 'zsh'].filter(shell => !spawnSync(shell, ['-c', ':']).error)
  for (const shell of shells) {
    it(`has ${shell} send the same again`, async () => {
      const copy = `${topic}-${shell}`
      await cluster.createTopics([{ name: copy, partitions: 3 }])
      for (const record of records) await run(shell, record, copy, true)
      const arrived = await arrivedIn(copy)
      const expected = [0, 1, 2].flatMap(number =>
        records.filter(({ partition }) => partition === number),
      )
      assert.deepEqual(arrived.map(contentOf), expected.map(contentOf))
    })
  }

  it('sends to the partition that a Java client would choose', async () => {
    const copy = `${topic}-keys`
    await cluster.createTopics([{ name: copy, partitions: 12 }])
    const keyed = ['o-17', '', 'ä', 'customer-1', 'customer-2'].map(key => ({
      ...records[0]!,
      key: Buffer.from(key),
    }))
    const outcomes = await cluster.produce({ topic: copy, records: keyed.map(withoutPartition) })
    for (const record of keyed) await run('sh', record, copy, false)
    const arrived = await arrivedIn(copy)
    assert.deepEqual(
      keyed.map(({ key }) => partitionsOf(arrived, key)),
      outcomes.map(({ partition }) => [partition, partition]),
    )
  })

  async function run(
    shell: string,
    record: KafkaRecord,
    to: string,
    keepPartition: boolean,
  ): Promise<void> {
    const result = recordKcat(record, { brokers, topic: to, keepPartition })
    assert.ok('command' in result, JSON.stringify(result))
    const running = execute(shell, ['-s'], { timeout: 20_000 })
    running.child.stdin?.end(`${result.command}\n`)
    const { stderr } = await running
    assert.equal(stderr, '', result.command.slice(0, 500))
  }

  async function arrivedIn(copy: string): Promise<readonly KafkaRecord[]> {
    const pages = await readPages(reader, { topic: copy })
    return pages
      .flatMap(page => Array.from({ length: page.count }, (_, index) => recordAt(page, index)))
      .sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset))
  }
})

function withoutPartition({ key, value, headers }: KafkaRecord) {
  return { key, value, headers }
}

function partitionsOf(records: readonly KafkaRecord[], key: Uint8Array | null): number[] {
  const wanted = key && Buffer.from(key).toString('hex')
  return records
    .filter(record => record.key && Buffer.from(record.key).toString('hex') === wanted)
    .map(({ partition }) => partition)
}

function contentOf({ partition, key, value, headers }: KafkaRecord): unknown {
  const shown = (part: Uint8Array | null) => part && Buffer.from(part).toString('latin1')
  return [partition, shown(key), shown(value), headers.map(([name, value]) => [name, shown(value)])]
}
