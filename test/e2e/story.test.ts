import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { copyExamples } from '../../scripts/editor/examples.ts'
import { startSampleKafka, type SampleKafka } from '../../scripts/editor/sampleKafka.ts'
import { lookAround } from './pictures.ts'
import { until, Workbench } from './workbench.ts'

const EXAMPLE = 'Debug the example consumer'

/** By itself, or behind a warning that the group is about to drop the consumer, or has. */
const LAG = /\blag [\d,]+/

/** The example's key; no other record of the sample has such. */
const UUID = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/

/** What a newcomer does first, each step on what the one before has left. */
describe('the story of a newcomer', function () {
  this.timeout(180_000)
  let kafka: SampleKafka
  let workbench: Workbench
  let folder: string
  let failed = false

  before(async () => {
    kafka = await startSampleKafka()
    folder = await copyExamples('story')
    workbench = await Workbench.open({ folder })
  })

  after(async () => {
    await workbench.dispose()
    await kafka.stop()
  })

  // Not mocha's own `bail`, which also counts the failures of other files.
  beforeEach(function () {
    if (failed) this.skip()
  })

  afterEach(async function () {
    failed ||= this.currentTest?.state === 'failed'
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

  it('consumes, and finds that record among the others', async () => {
    await workbench.clickCodeLens('Start consumer')
    await workbench.webview(/Following/)
    await workbench.clickCodeLens('Stop consumer')
    await until('the stopped list', async () =>
      (await workbench.codeLenses()).some(text => text.includes('Start consumer')),
    )
    // Many have come after it; the list stands still now.
    await until('the record', async () => {
      const texts = (await workbench.webviews()).map(({ content }) => content)
      if (texts.some(text => UUID.test(text))) return true
      await workbench.page.mouse.move(1160, 400)
      await workbench.page.mouse.wheel(0, -300)
      return false
    })
    await lookAround(workbench, 'story-4-consumed')
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
    await until(
      'rates and verdicts',
      async () => !(await panelText(workbench)).includes('too few looks'),
      60_000,
    )
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

  it('sees it in every editor of the file, and again in one that comes back', async () => {
    const shown = async (): Promise<number> =>
      (await workbench.afterTexts()).filter(text => LAG.test(text)).length
    await workbench.command('View: Split Editor Right')
    await until('the lag in both editors', async () => (await shown()) === 2)
    await workbench.openFile('1-hello.kafka')
    await until('the lag in one editor', async () => (await shown()) === 1)
    await workbench.command('View: Close Editor')
    await until('the lag in both editors again', async () => (await shown()) === 2)
    await workbench.command('View: Close Editor')
  })

  it('is told when the group has dropped the consumer, which joins again as it goes on', async () => {
    await inlineLag(workbench, /^evicted · lag [\d,]+/)
    await workbench.screenshot('story-7-evicted')
    await until(
      'a stop as a member',
      async () => {
        const [text = ''] = (await workbench.afterTexts()).filter(one => LAG.test(one))
        if (text.startsWith('lag ')) return true
        if (text.startsWith('evicted ')) await workbench.continueDebugging()
        return false
      },
      60_000,
    )
  })

  it('sees nothing beside the code once the program is stopped', async () => {
    await workbench.press('Shift+F5')
    await until('the end of the text', async () =>
      (await workbench.afterTexts()).every(text => !LAG.test(text)),
    )
    const [lens] = await workbench.codeLenses()
    assert.match(lens ?? '', /^examples-consumer · lag/)
  })
})

/** The number under "Total lag", or whatever the panel has of that name. */
async function totalLag(workbench: Workbench): Promise<string> {
  return until('the total lag', async () => {
    return /total lag\s*([\d,]+)/i.exec(await panelText(workbench))?.[1]
  })
}

async function panelText(workbench: Workbench): Promise<string> {
  const frame = await workbench.webview(/shipping/)
  return frame.locator('body').innerText()
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
