import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ensureKafkaJars } from '../../scripts/setup-kafka.ts'
import { silentLog } from '../../src/base/log.ts'
import { exporter } from '../../src/formats/records/exporter.ts'
import { AUTO, type Format } from '../../src/kafka/format.ts'
import type { ReadRequest } from '../../src/kafka/reading.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import type { Reader } from '../../src/reading/reader.ts'
import { sharedBroker } from './broker.ts'
import { readerFor, readPages } from './readRecords.ts'

const execute = promisify(execFile)

const LONG: Format = { name: 'long', parameters: [] }
const HEX: Format = { name: 'bytes', parameters: ['hex'] }
const BASE64: Format = { name: 'bytes', parameters: ['base64'] }

describe('JSON lines, compared with those of a Java consumer', function () {
  this.timeout(60_000)
  const topic = `peek-java-${randomUUID()}`
  const numbers = `${topic}-numbers`
  let brokers: string
  let reader: Reader

  before(async () => {
    brokers = (await sharedBroker()).bootstrapServers
    const config = { bootstrapServers: brokers.split(','), clientId: 'peek-java-test' }
    const cluster = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
    await cluster.createTopics([
      { name: topic, partitions: 6 },
      { name: numbers, partitions: 1 },
    ])
    await cluster.close()
    reader = readerFor(config)
    await java('WriteRecords.java', [brokers, topic, numbers])
  })

  after(() => reader.close())

  it('are the same, byte for byte', async () => {
    const theirs = await java('PeekLines.java', [
      brokers,
      ...[topic, 'read_committed', 'auto', 'auto'],
      ...[topic, 'read_uncommitted', 'bytes(hex)', 'bytes(base64)'],
      ...[numbers, 'read_committed', 'long', 'long'],
    ])
    const ours = [
      ...(await lines(topic, 'read_committed', AUTO, AUTO)),
      ...(await lines(topic, 'read_uncommitted', HEX, BASE64)),
      ...(await lines(numbers, 'read_committed', LONG, LONG)),
    ]
    const theirLines = theirs.toString('latin1').split('\n')
    const ourLines = Buffer.concat(ours).toString('latin1').split('\n')
    const different = ourLines.findIndex((line, index) => line !== theirLines[index])
    assert.equal(ourLines[different]?.slice(0, 2000), theirLines[different]?.slice(0, 2000))
    assert.equal(ourLines.length, theirLines.length)
    // Nothing was left out by both.
    assert.ok(theirLines.length > 6000, `${theirLines.length} lines`)
    assert.equal(theirLines.filter(line => line.includes('"aborted ')).length, 0)
    assert.equal(theirLines.filter(line => line.includes('"committed ')).length, 80)
  })

  async function lines(
    name: string,
    isolation: ReadRequest['isolation'] & string,
    key: Format,
    value: Format,
  ): Promise<readonly Uint8Array[]> {
    const pages = await readPages(reader, { topic: name, isolation })
    const writing = exporter('jsonl', { topic: name, formats: { key, value } })
    return pages.toSorted((a, b) => a.partition - b.partition).map(page => writing.chunk(page))
  }
})

/** Compiles and runs a program beside this test; what it prints. */
async function java(source: string, args: readonly string[]): Promise<Buffer> {
  const { jars, java } = await ensureKafkaJars()
  const file = join(import.meta.dirname, 'java', source)
  const { stdout } = await execute(
    java.command,
    ['-XX:TieredStopAtLevel=1', '-cp', jars.classPath, file, ...args],
    { encoding: 'buffer', maxBuffer: 1 << 28, timeout: 40_000 },
  )
  return stdout
}
