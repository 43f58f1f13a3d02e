import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Frame } from 'playwright-core'
import { copyExamples } from '../../scripts/editor/examples.ts'
import { startSampleKafka, type SampleKafka } from '../../scripts/editor/sampleKafka.ts'
import { lookAround } from './pictures.ts'
import { until, Workbench } from './workbench.ts'

/** A record's row; rows that tell of gaps have none of these. */
const ROW = '[role=row][aria-rowindex]:not(.note)'

const SELECTED = '[role=row][aria-selected=true]'

/** The view of messages inside the workbench, from opening it to coming back after a reload. */
describe('a view of messages in the workbench', function () {
  this.timeout(180_000)
  let kafka: SampleKafka
  let workbench: Workbench
  let folder: string
  let failed = false

  before(async () => {
    kafka = await startSampleKafka()
    folder = await copyExamples('messages')
    workbench = await Workbench.open({
      folder,
      settings: {
        'kafkaWorkbench.clusters': [
          { id: 'local', name: 'Local', bootstrapServers: [kafka.bootstrapServers] },
        ],
      },
    })
  })

  after(async () => {
    await workbench.dispose()
    await kafka.stop()
  })

  beforeEach(function () {
    if (failed) this.skip()
  })

  afterEach(async function () {
    failed ||= this.currentTest?.state === 'failed'
    if (this.currentTest?.state === 'failed') await workbench.screenshot('messages-failure')
  })

  const view = (): Promise<Frame> => workbench.webview(/Following/)

  /** Chooses from the menu of the selected row, with keys: it takes no click in its first moments. */
  async function choose(frame: Frame, ...entries: readonly string[]): Promise<void> {
    await frame.locator(SELECTED).click({ button: 'right' })
    await workbench.page.locator('.monaco-menu').first().waitFor()
    for (const [index, entry] of entries.entries()) {
      await until(`${entry} in the menu`, async () => {
        await workbench.press('ArrowDown')
        return (await focusedEntry()).includes(entry)
      })
      await workbench.press(index < entries.length - 1 ? 'ArrowRight' : 'Enter')
    }
    await workbench.page.locator('.monaco-menu').first().waitFor({ state: 'detached' })
  }

  /** A submenu stands inside of its entry: the innermost one counts. */
  async function focusedEntry(): Promise<string> {
    const focused = workbench.page.locator('.monaco-menu .action-item.focused')
    return (await focused.allInnerTexts()).at(-1) ?? ''
  }

  async function clipboard(): Promise<string> {
    return workbench.page.evaluate(() => navigator.clipboard.readText())
  }

  it('opens from the command palette, and follows the topic', async () => {
    await workbench.command('Kafka: Show Messages…')
    await workbench.pick('orders')
    const frame = await view()
    await frame.locator(ROW).nth(3).waitFor()
    await lookAround(workbench, 'messages-1-open')
  })

  it('jumps to an offset of a partition, reading it anew', async () => {
    await workbench.command('Kafka: Jump to Offset or Time…')
    await workbench.waitForQuickInput('a partition and an offset')
    await workbench.answer('0:5')
    await workbench.webview(/offset 5/)
    const frame = await view()
    const selected = frame.locator(SELECTED)
    await until('offset 5', async () => /\b0\s+5\s/.test(await selected.innerText()))
  })

  it('copies a record for a file and for a shell', async () => {
    const frame = await view()
    await choose(frame, 'Copy As', 'Copy as PRODUCER')
    await until('the PRODUCER', async () => (await clipboard()).startsWith('PRODUCER\n'))
    assert.match(await clipboard(), /topic: orders\nkey: /)
    await choose(frame, 'Copy As', 'Copy as kcat')
    await until('the command', async () => (await clipboard()).includes('kcat -P'))
  })

  it('sends a record again after a preview, and shows where it is now', async () => {
    await choose(await view(), 'Send Again')
    await workbench.waitForQuickInput('Send to orders on Local', '1 record')
    await lookAround(workbench, 'messages-2-send')
    await workbench.acceptQuickInput()
    await workbench.waitForNotification('Sent 1 record to orders')
    await workbench.clickButton('Show in Messages')
    await view()
    await workbench.tidy()
  })

  it('exports the whole topic to a file', async () => {
    await workbench.command('Kafka: Export All Messages of Topic…')
    await workbench.pick('JSON Lines')
    const file = workbench.page.locator('.quick-input-widget .input').first()
    await until('a file to write to', async () =>
      (await file.inputValue()).includes('orders.jsonl'),
    )
    await workbench.clickButton('OK')
    await workbench.waitForNotification('Wrote ')
    const lines = (await readFile(join(folder, 'orders.jsonl'), 'utf8')).trimEnd().split('\n')
    assert.ok(lines.length > 1000, String(lines.length))
    const records = lines.map(line => JSON.parse(line) as { partition: number; offset: number })
    const last = new Map<number, number>()
    for (const { partition, offset } of records) {
      assert.equal(offset, (last.get(partition) ?? offset - 1) + 1)
      last.set(partition, offset)
    }
    await workbench.tidy()
  })

  it('asks for another topic, and goes on asking where the view takes the focus', async () => {
    const frame = await view()
    await workbench.command('Kafka: Show Messages of Another Topic…')
    await workbench.waitForQuickInput('Topics of Local')
    const list = workbench.page.locator('.quick-input-widget')
    await list.locator('.monaco-list-row').first().waitFor()
    await frame.locator('[role=grid]').focus()
    await until('the focus in the view', () => frame.evaluate(() => document.hasFocus()))
    assert.ok(await list.isVisible())
    await list.locator('.input').first().click()
    await workbench.press('Escape')
    await list.waitFor({ state: 'hidden' })
  })

  it('reads anew with a filter that is typed', async () => {
    await workbench.command('Kafka: Choose Where to Read Messages From…')
    await workbench.pick('Earliest')
    const frame = await workbench.webview(/earliest/)
    await workbench.command('Kafka: Filter Messages')
    // What is typed before the field has the focus would go to the rows.
    await frame.locator('input[role=combobox]:focus').waitFor()
    await workbench.page.keyboard.type('value.total > 100')
    await workbench.page.keyboard.press('Enter')
    await workbench.webview(/matched/)
  })

  it('comes back after a reload as it was chosen last, and reads on', async () => {
    // The workbench in a browser writes a little later, and nothing that it is asked to when it goes.
    await until('the choice is written', () => workbench.isStored('value.total > 100'))
    await workbench.reload()
    const frame = await workbench.webview(/Following/, 40_000)
    await frame.locator(ROW).nth(3).waitFor()
    const text = await frame.locator('body').innerText()
    assert.match(text, /orders/)
    assert.match(text, /earliest/)
    assert.equal(await frame.locator('input[role=combobox]').inputValue(), 'value.total > 100')
    await lookAround(workbench, 'messages-3-reloaded')
  })
})
