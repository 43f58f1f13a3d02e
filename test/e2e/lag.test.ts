import assert from 'node:assert/strict'
import type { Frame } from 'playwright-core'
import { copyExamples } from '../../scripts/editor/examples.ts'
import { startSampleKafka, type SampleKafka } from '../../scripts/editor/sampleKafka.ts'
import { lookAround } from './pictures.ts'
import { until, Workbench } from './workbench.ts'

describe('the lag panel', function () {
  this.timeout(120_000)
  this.bail(true)
  let kafka: SampleKafka
  let workbench: Workbench
  let stopped = false

  before(async () => {
    kafka = await startSampleKafka()
    const bootstrapServers = [kafka.bootstrapServers]
    workbench = await Workbench.open({
      folder: await copyExamples('lag'),
      settings: { 'kafkaWorkbench.clusters': [{ id: 'local', name: 'Local', bootstrapServers }] },
    })
  })

  after(async () => {
    await workbench.dispose()
    if (!stopped) await kafka.stop()
  })

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot('lag-failure')
  })

  const panel = () => workbench.webview(/Produced and consumed/)
  const textOf = async (selector: string) => (await panel()).locator(selector).first().innerText()
  const rows = (frame: Frame) => frame.locator('tbody tr').allInnerTexts()

  it('shows each partition of a slow consumer, and its lag moving', async () => {
    await workbench.openView('Kafka')
    await workbench.command('Kafka: Open Lag Panel…')
    await workbench.pick('shipping')
    const frame = await panel()
    const first = await rows(frame)
    assert.equal(first.length, 6)
    assert.match(first.join('\n'), /orders-0/)
    await until('other numbers', async () => (await rows(frame)).join() !== first.join())
    await until('a rate', async () => /produced [\d,<]+\/s/.test(await frame.innerText('.chart')))
    await lookAround(workbench, 'lag-1')
  })

  it('stands still while paused, and goes on', async () => {
    const frame = await panel()
    await frame.locator('tbody tr').first().focus()
    await workbench.page.keyboard.press('Space')
    await until('paused', async () => (await textOf('.asof')).startsWith('paused'))
    const shown = await rows(frame)
    await new Promise(resolve => setTimeout(resolve, 4500))
    assert.deepEqual(await rows(frame), shown)
    await workbench.page.keyboard.press('Space')
    await until('other numbers', async () => (await rows(frame)).join() !== shown.join())
  })

  it('copies what it shows', async () => {
    await (await panel()).locator('button[aria-label="Copy as text"]').click()
    await until('text in the clipboard', async () => {
      const text = await workbench.page.evaluate(() => navigator.clipboard.readText())
      return text.startsWith('shipping on Local, classic group') && text.includes('orders-5')
    })
  })

  it('is there again after a reload of the window', async () => {
    await workbench.reload()
    assert.equal((await rows(await panel())).length, 6)
    assert.match(await textOf('.asof'), /^as of/)
  })

  it('says that the broker is gone and keeps its numbers', async () => {
    const before = (await rows(await panel())).length
    stopped = true
    await kafka.stop()
    const banner = await until('the banner', async () => {
      const text = await textOf('[role=alert]')
      return text.includes('Next try in') ? text : undefined
    })
    assert.match(banner, /Try now/)
    assert.match(await textOf('.verdict'), /Unknown: the broker does not answer/)
    assert.equal((await rows(await panel())).length, before)
    await lookAround(workbench, 'lag-2-broker-gone')
  })
})
