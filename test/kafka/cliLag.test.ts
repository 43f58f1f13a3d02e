import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Kafka, logLevel, type Admin } from 'kafkajs'
import { harden } from '../../src/kafkajs/harden.ts'
import { runMain } from '../cli/run.ts'
import { sharedBroker } from './broker.ts'
import { Bundle } from './bundle.ts'
import { eventually } from './eventually.ts'

harden()

interface Line {
  readonly groupId: string
  readonly status: string
  readonly totalLag?: string
  readonly partitions?: readonly { readonly partition: number; readonly lag?: string }[]
}

describe('kafkafile lag', function () {
  this.timeout(120_000)
  const topic = `lag-${randomUUID()}`
  const [behind, idle] = [`behind-${randomUUID()}`, `idle-${randomUUID()}`]
  let brokers = ''
  let admin: Admin
  let bundle: Bundle

  before(async () => {
    bundle = await Bundle.make()
    brokers = (await sharedBroker()).bootstrapServers
    const kafka = new Kafka({ brokers: [brokers], clientId: 'lag', logLevel: logLevel.NOTHING })
    admin = kafka.admin()
    const producer = kafka.producer()
    await Promise.all([admin.connect(), producer.connect()])
    await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] })
    await producer.send({
      topic,
      messages: Array.from({ length: 30 }, (_, i) => ({ partition: i % 2, value: `${i}` })),
    })
    await producer.disconnect()
    const at = (offset: string) => [0, 1].map(partition => ({ partition, offset }))
    await admin.setOffsets({ groupId: behind, topic, partitions: at('5') })
    await admin.setOffsets({ groupId: idle, topic, partitions: at('15') })
  })

  after(async () => {
    await admin.disconnect()
    await bundle.remove()
  })

  it('tells of each group that is asked for, partition by partition', async () => {
    const { exit, out, errors } = await runMain(['lag', behind, idle, '--brokers', brokers])
    assert.equal(errors, '')
    assert.equal(exit, 0)
    const lines = out.split('\n')
    assert.ok(lines.includes('Total lag 20, members 0, state Empty'), out)
    assert.match(out, new RegExp(`^${topic}-1 +\\S+ owner? +5 +0 +15 +10 .*Stopped`, 'm'))
    assert.ok(out.indexOf(behind) < out.indexOf(idle))
  })

  it('prints one JSON object a group', async () => {
    const { exit, out } = await runMain(['lag', behind, idle, '--json', '--brokers', brokers])
    assert.equal(exit, 0)
    const told = out
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as Line)
    const shown = told.map(({ groupId, status, totalLag, partitions }) => [
      groupId,
      status,
      totalLag,
      partitions?.map(({ lag }) => lag),
    ])
    assert.deepEqual(shown, [
      [behind, 'measured', '20', ['10', '10']],
      [idle, 'measured', '0', ['0', '0']],
    ])
  })

  it('tells of all groups when none is named', async () => {
    const { exit, out } = await runMain(['lag', '--json', '--brokers', brokers])
    const groups = out
      .trimEnd()
      .split('\n')
      .map(line => (JSON.parse(line) as Line).groupId)
    assert.ok(groups.includes(behind) && groups.includes(idle))
    assert.deepEqual(groups, [...groups].sort())
    assert.ok(exit === 0 || exit === 3)
  })

  it('ends with 3 where a group is not there, and tells of the others', async () => {
    const none = `none-${randomUUID()}`
    const { exit, out } = await runMain(['lag', none, behind, '--brokers', brokers])
    assert.equal(exit, 3)
    assert.ok(out.startsWith(`There is no group "${none}" on ${brokers}.\n`), out)
    assert.match(out, /Total lag 20/)
  })

  it('goes on with --watch until Ctrl-C', async () => {
    const args = ['lag', behind, '--json', '--watch', '--interval', '100ms', '--brokers', brokers]
    const run = bundle.start(args)
    await eventually('three looks', () => Promise.resolve(run.lines.length >= 3 || undefined))
    run.child.kill('SIGINT')
    assert.equal(await run.ended, 130)
    assert.equal(run.errors, '')
  })

  it('ends with 3 within its deadline where nobody listens', async () => {
    const { exit, errors } = await runMain(['lag', 'g', '--brokers', '127.0.0.1:1'])
    assert.equal(exit, 3)
    assert.match(errors, /^kafkafile: .*127\.0\.0\.1:1/)
  })

  it('ends with 1 and a hint where the options are wrong', async () => {
    for (const args of [['--nope'], ['g'], ['g', '--brokers', brokers, '--interval', '5']]) {
      const { exit, errors } = await runMain(['lag', ...args])
      assert.equal(exit, 1, args.join(' '))
      assert.match(errors, /See kafkafile lag --help\.\n$/)
    }
  })
})
