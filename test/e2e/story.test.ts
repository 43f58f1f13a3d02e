import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { copyExamples } from '../../scripts/editor/examples.ts'
import { startSampleKafka, type SampleKafka } from '../../scripts/editor/sampleKafka.ts'
import { lookAround } from './pictures.ts'
import { until, Workbench } from './workbench.ts'

const EXAMPLE = 'Debug the example consumer'

/** What a newcomer does first, each step on what the one before has left. */
describe('the story of a newcomer', function () {
  this.timeout(180_000)
  this.bail(true)
  let kafka: SampleKafka
  let workbench: Workbench
  let folder: string

  before(async () => {
    kafka = await startSampleKafka()
    folder = await copyExamples('story')
    workbench = await Workbench.open({ folder })
  })

  after(async () => {
    await workbench.dispose()
    await kafka.stop()
  })

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('story-failure')
  })

  it('adds a cluster, and hears that it answers', async () => {
    await workbench.openView('Kafka')
    await workbench.waitForText('Add Cluster')
    await workbench.screenshot('story-1-empty')
    await workbench.command('Kafka: Add Cluster…')
    await workbench.waitForQuickInput('A name for the cluster')
    await workbench.answer('Local')
    await workbench.waitForQuickInput('Bootstrap servers')
    await workbench.answer(kafka.bootstrapServers)
    await workbench.pick('None')
    await workbench.waitForQuickInput('disposable', 'protected')
    await workbench.acceptQuickInput()
    await workbench.acceptQuickInput('settings')
    await workbench.waitForNotification('Local answers: Kafka')
    const saved = await until('the cluster in the settings', async () => {
      const settings = await workbench.readSettings()
      return settings['kafkaWorkbench.clusters'] as { name: string }[] | undefined
    })
    assert.deepEqual(
      saved.map(({ name }) => name),
      ['Local'],
    )
  })

  it('opens the cluster, its topics, and one of them', async () => {
    await workbench.expand('Local')
    await workbench.expand('Topics')
    await workbench.expand('orders')
    await workbench.waitForTreeItem('Partition 0')
    await lookAround(workbench, 'story-2-tree')
  })

  it('produces a record, and sees where it went', async () => {
    await workbench.openFile('1-hello.kafka')
    await workbench.clickCodeLens('Produce record')
    await until('the result on the block', async () =>
      (await workbench.afterTexts()).find(text => /partition \d · offset [\d,]+/.test(text)),
    )
    await lookAround(workbench, 'story-3-produced')
  })

  it('consumes, and sees that record among the others', async () => {
    await workbench.clickCodeLens('Start consumer')
    await workbench.webview(/\bo-1\b/)
    await lookAround(workbench, 'story-4-consumed')
    await workbench.clickCodeLens('Stop')
  })

  it('watches the lag of a slow consumer', async () => {
    await workbench.closeAllEditors()
    await workbench.command('Kafka: Open Lag Panel…')
    await workbench.pick('shipping')
    const first = await totalLag(workbench)
    const second = await until('another lag', async () => {
      const now = await totalLag(workbench)
      return now === first ? undefined : now
    })
    assert.notEqual(second, first)
    await lookAround(workbench, 'story-5-lag')
  })

  it('debugs a consumer, and sees its lag beside the stopped line', async () => {
    await workbench.closeAllEditors()
    await workbench.openFile('consumer.js')
    await until('the lens', async () =>
      (await workbench.codeLenses()).find(text => text.startsWith('examples-consumer · ')),
    )
    await workbench.toggleBreakpoint(
      await lineOf(join(folder, 'consumer/consumer.js'), 'console.log(shown)'),
    )
    await workbench.openView('Run and Debug')
    await workbench.waitForText(EXAMPLE)
    await workbench.press('F5')
    await inlineLag(workbench, /^lag [\d,]+/)
  })

  it('sees at the next stops what was produced and committed', async () => {
    await workbench.continueDebugging()
    await inlineLag(workbench, /^lag [\d,]+ · \+?[\d,]+ produced/)
    await workbench.continueDebugging()
    await inlineLag(workbench, /^lag [\d,]+ · \+?[\d,]+ produced, \+[\d,]+ committed/)
    await lookAround(workbench, 'story-6-inline-lag')
  })

  it('sees nothing beside the code once the program is stopped', async () => {
    await workbench.press('Shift+F5')
    await until('the end of the text', async () =>
      (await workbench.afterTexts()).every(text => !text.startsWith('lag ')),
    )
    const [lens] = await workbench.codeLenses()
    assert.match(lens ?? '', /^examples-consumer · lag/)
  })
})

/** The number under "Total lag", or whatever the panel has of that name. */
async function totalLag(workbench: Workbench): Promise<string> {
  return until('the total lag', async () => {
    const frame = await workbench.webview(/shipping/)
    const text = await frame.locator('body').innerText()
    return /total lag\s*([\d,]+)/i.exec(text)?.[1]
  })
}

async function lineOf(file: string, code: string): Promise<number> {
  const lines = (await readFile(file, 'utf8')).split('\n')
  return lines.findIndex(line => line.includes(code)) + 1
}

async function inlineLag(workbench: Workbench, shown: RegExp): Promise<string> {
  return until(
    `inline lag like ${shown.source}`,
    async () => (await workbench.afterTexts()).find(text => shown.test(text)),
    60_000,
  )
}
