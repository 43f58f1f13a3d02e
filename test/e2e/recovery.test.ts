import assert from 'node:assert/strict'
import { Kafka, logLevel, type Admin } from 'kafkajs'
import type { Frame } from 'playwright-core'
import { copyExamples } from '../../scripts/editor/examples.ts'
import { ownBroker, type RunningBroker, type RunningNode } from '../kafka/broker.ts'
import { until, Workbench } from './workbench.ts'

/** A broker that comes back is found by the next try, which may be this far off, ms. */
const NEXT_TRY_MS = 45_000

describe('a cluster that goes away and comes back', function () {
  this.timeout(180_000)
  let broker: RunningBroker
  let admin: Admin
  let workbench: Workbench
  let failed = false

  before(async () => {
    broker = await ownBroker()
    const bootstrapServers = [broker.bootstrapServers]
    const kafka = new Kafka({ brokers: bootstrapServers, logLevel: logLevel.NOTHING })
    admin = kafka.admin()
    await admin.connect()
    await admin.createTopics({
      waitForLeaders: true,
      topics: [
        { topic: 'orders', numPartitions: 2 },
        { topic: 'doomed', numPartitions: 1 },
      ],
    })
    const at = (partition: number) => ({ partition, offset: '0' })
    for (const [topic, partitions] of [
      ['orders', [at(0), at(1)]],
      ['doomed', [at(0)]],
    ] as const)
      await admin.setOffsets({ groupId: 'shipping', topic, partitions: [...partitions] })
    workbench = await Workbench.open({
      folder: await copyExamples('recovery'),
      settings: { 'kafkaWorkbench.clusters': [{ id: 'local', name: 'Local', bootstrapServers }] },
    })
  })

  after(async () => {
    await workbench.dispose()
    await admin.disconnect()
    await broker.stop()
  })

  beforeEach(function () {
    if (failed) this.skip()
  })
  afterEach(async function () {
    failed ||= this.currentTest?.state === 'failed'
    if (this.currentTest?.state === 'failed') await workbench.screenshot('recovery-failure')
  })

  const panel = () => workbench.webview(/Produced and consumed/)
  const rows = (frame: Frame) => frame.locator('tbody tr').allInnerTexts()
  const alert = async () => (await panel()).locator('[role=alert]').allInnerTexts()
  const tree = () => workbench.page.locator('.part.sidebar .monaco-list').first().innerText()
  function node(): RunningNode {
    const [first] = broker.nodes
    assert.ok(first)
    return first
  }

  it('is shown while it is there', async () => {
    await workbench.openView('Kafka')
    await workbench.expand('Local')
    await workbench.expand('Topics')
    await workbench.waitForTreeItem('doomed')
    await workbench.command('Kafka: Open Lag Panel…')
    await workbench.pick('shipping')
    const frame = await panel()
    await until('a row per partition', async () => (await rows(frame)).length === 3)
  })

  it('keeps its numbers and says so when it is gone', async () => {
    await node().stop()
    await until('the banner', async () => (await alert()).join().includes('Next try in'))
    assert.equal((await rows(await panel())).length, 3)
    await until('the tree to say it', async () => {
      await workbench.command('Kafka: Refresh')
      return /does not answer|refused|nothing listens|not reach/i.test(await tree())
    })
  })

  it('is there again in tree and panel once it answers', async () => {
    await node().start()
    await until('the banner to go', async () => (await alert()).length === 0, NEXT_TRY_MS)
    const frame = await panel()
    assert.equal((await rows(frame)).length, 3)
    assert.match(await frame.locator('.asof').first().innerText(), /^as of [\d:]+$/)
    await until(
      'the topics in the tree',
      async () => {
        await workbench.command('Kafka: Refresh')
        return (await tree()).includes('doomed')
      },
      NEXT_TRY_MS,
    )
  })

  it('shows that a topic was deleted while its lag was on screen', async () => {
    await admin.deleteTopics({ topics: ['doomed'] })
    const frame = await panel()
    // The broker forgets the group's offsets of a deleted topic, sooner or later.
    await until(
      'the end of the topic',
      async () => {
        const shown = (await rows(frame)).filter(row => row.includes('doomed-0'))
        return shown.every(row => row.includes('Topic deleted'))
      },
      NEXT_TRY_MS,
    )
    const left = await rows(frame)
    assert.equal(left.filter(row => row.includes('orders-')).length, 2)
    assert.deepEqual(await alert(), [])
  })
})
