import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import type { Frame, Locator } from 'playwright-core'
import { copyExamples } from '../../scripts/editor/examples.ts'
import { startSampleKafka, type SampleKafka } from '../../scripts/editor/sampleKafka.ts'
import { harden } from '../../src/kafkajs/harden.ts'
import { parse } from '../../src/language/parse.ts'
import { kcat, needsKcat } from '../kafka/kcat.ts'
import { until, Workbench } from './workbench.ts'

harden()

const TOPIC = 'parcels'
const COUNT = 240
const STATUSES = ['NEW', 'SENT', 'LOST']
const START = Date.UTC(2026, 0, 1)

/** A record's row; rows that tell of gaps have none of these. */
const ROW = '[role=row][aria-rowindex]:not(.note)'

const CONSUMER = `CONSUMER
topic: ${TOPIC}
from: earliest
to: latest
`

/** The viewer from opening a topic to a reload, and what it says compared with what kcat reads. */
describe('looking for records', function () {
  this.timeout(90_000)
  let kafka: SampleKafka
  let workbench: Workbench
  let folder: string
  let failed = false
  let stopped = false

  before(async function () {
    needsKcat(this)
    kafka = await startSampleKafka()
    await fill(kafka.bootstrapServers)
    folder = await copyExamples('messageStory')
    await writeFile(join(folder, 'parcels.kafka'), CONSUMER)
    workbench = await Workbench.open({
      folder,
      settings: {
        'kafkaWorkbench.clusters': [
          { id: 'local', name: 'Local', bootstrapServers: [kafka.bootstrapServers] },
        ],
        'kafkaWorkbench.cluster': 'local',
      },
    })
  })

  after(async () => {
    await workbench.dispose()
    await stopKafka()
  })

  async function stopKafka(): Promise<void> {
    if (!stopped) await kafka.stop()
    stopped = true
  }

  beforeEach(function () {
    if (failed) this.skip()
  })

  afterEach(async function () {
    failed ||= this.currentTest?.state === 'failed'
    if (this.currentTest?.state === 'failed') await workbench.screenshot('messageStory-failure')
  })

  const view = (text: string | RegExp = /records/): Promise<Frame> => workbench.webview(text)
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await workbench.press(key)
  }

  async function untilStatus(text: RegExp): Promise<string> {
    return until(`${String(text)} in the status line`, async () => {
      const shown = await (await view()).locator('.status').innerText()
      return text.test(shown.replace(/\s+/g, ' ')) && shown
    })
  }

  /** Takes the place of what stands in the field, and runs it. */
  async function filter(frame: Frame, text: string): Promise<void> {
    await frame.getByRole('combobox').fill(text)
    await frame.getByRole('combobox').press('Enter')
  }

  const read = (...args: string[]): Promise<readonly string[]> =>
    kcat(['-b', kafka.bootstrapServers, '-C', '-t', TOPIC, '-e', '-q', ...args])

  it('opens a topic from the tree', async () => {
    await workbench.openView('Kafka')
    await workbench.expand('Local')
    await workbench.expand('Topics')
    await workbench.waitForTreeItem(TOPIC)
    await workbench.treeItem(TOPIC).hover()
    await workbench.treeItem(TOPIC).getByRole('button', { name: 'Show Messages' }).click()
    const frame = await view(/Following/)
    await frame.locator(ROW).nth(3).waitFor()
  })

  it('reads all of it, up to its end as of now', async () => {
    await workbench.command('Kafka: Choose Where to Stop Reading Messages…')
    await workbench.pick('End as of Now')
    await untilStatus(/^Done/)
    await workbench.command('Kafka: Choose Where to Read Messages From…')
    await workbench.pick('Earliest')
    await untilStatus(/^Done in .* 240 records/)
  })

  it('finds as many by text and by expression as another client does', async () => {
    const frame = await view()
    const values = (await read('-f', '%s\n')).map(
      line => JSON.parse(line) as { status: string; amount: number },
    )
    const lost = values.filter(({ status }) => status === 'LOST').length
    await filter(frame, 'lost')
    await untilStatus(new RegExp(`^Done .* 240 records.* ${lost} matched`))
    const large = values.filter(({ status, amount }) => status === 'NEW' && amount > 100).length
    await filter(frame, 'value.status == "NEW" && value.amount > 100')
    await untilStatus(new RegExp(`^Done .* 240 records.* ${large} matched`))
    assert.equal(await frame.locator('[role=grid]').getAttribute('aria-rowcount'), `${large + 1}`)
  })

  it('says below the field what is wrong with an expression, and goes on showing the rows', async () => {
    const frame = await view()
    const rows = await frame.locator('[role=grid]').getAttribute('aria-rowcount')
    await filter(frame, 'value.amount > (')
    const note = frame.locator('.filter-note.bad')
    await note.waitFor()
    assert.match(await note.innerText(), /\S+ \S+/)
    assert.equal(await frame.locator('[role=grid]').getAttribute('aria-rowcount'), rows)
    await filter(frame, '')
    await untilStatus(/^Done .* 240 records(?!.*matched)/)
  })

  it('shows what lies in a part of the time', async () => {
    const frame = await view()
    const box = await boxOf(frame.locator('.timeline canvas'))
    const { mouse } = workbench.page
    await mouse.move(box.x + box.width * 0.25, box.y + 20)
    await mouse.down()
    await mouse.move(box.x + box.width * 0.4, box.y + 20, { steps: 3 })
    await mouse.move(box.x + box.width * 0.5, box.y + 20)
    await mouse.up()
    const shown = await until('a part of the records', async () => {
      const text = await frame.locator('.timeline .head').innerText()
      const shown = Number(/(\d+) of 240 records/.exec(text)?.[1] ?? COUNT)
      return shown < COUNT && shown
    })
    assert.ok(shown > 20 && shown < 100, String(shown))
    await frame.locator('.timeline').getByRole('button', { name: 'Clear' }).click()
    await until('all of them', async () =>
      /\d, 240 records/.test(await frame.locator('.timeline .head').innerText()),
    )
  })

  it('shows a record as a tree and as bytes', async () => {
    const frame = await view()
    await frame.locator(ROW).nth(2).click()
    const detail = frame.locator('.detail')
    await until('its fields', async () => {
      const text = await detail.innerText()
      return /parcels-\d @ \d+/.test(text) && /"p-\d+"/.test(text) && text.includes('amount')
    })
    await detail.getByRole('tab', { name: 'Hex' }).click()
    await until('its bytes', async () => /7b\s*22\s*69\s*64/.test(await detail.innerText()))
    await detail.getByRole('tab', { name: 'Tree' }).click()
  })

  it('compares two', async () => {
    const frame = await view()
    await frame
      .locator(ROW)
      .nth(5)
      .click({ modifiers: ['Control'] })
    const compared = frame.locator('.cmp')
    await until('what differs', async () =>
      /\d of \d fields differ/.test(await compared.innerText()),
    )
    await press('Escape', 'Escape')
    await compared.waitFor({ state: 'detached' })
  })

  it('jumps to an offset', async () => {
    await workbench.command('Kafka: Jump to Offset or Time…')
    await workbench.waitForQuickInput('a partition and an offset')
    await workbench.answer('1:42')
    await until('offset 42', async () => {
      const selected = (await view()).locator('[role=row][aria-selected=true]')
      return /\s1\s+42\s/.test(await selected.innerText())
    })
  })

  it('copies a record as a block that is right', async () => {
    await workbench.command('Kafka: Copy as PRODUCER of a .kafka File')
    const copied = await until('the block', async () => {
      const text = await workbench.page.evaluate(() => navigator.clipboard.readText())
      return text.startsWith('PRODUCER') && text
    })
    const { file, problems } = parse(copied)
    assert.deepEqual(problems, [])
    assert.equal(file.blocks.length, 1)
    assert.match(copied, /topic: parcels\n/)
    const [value] = await read('-p', '1', '-o', '42', '-c', '1', '-f', '%s\n')
    assert.deepEqual(JSON.parse(copied.slice(copied.indexOf('{'))), JSON.parse(value ?? ''))
  })

  it('writes the whole topic to a file, as another client reads it', async () => {
    await workbench.command('Kafka: Export All Messages of Topic…')
    await workbench.pick('JSON Lines')
    const path = workbench.page.locator('.quick-input-widget .input').first()
    await until('a file to write to', async () =>
      (await path.inputValue()).includes('parcels.jsonl'),
    )
    await workbench.clickButton('OK')
    await workbench.waitForNotification('Wrote ')
    await workbench.tidy()
    const lines = (await readFile(join(folder, 'parcels.jsonl'), 'utf8')).trimEnd().split('\n')
    const theirs = await read('-f', '%p %o %k %s\n')
    assert.equal(lines.length, theirs.length)
    const ours = lines.map(line => {
      const { partition, offset, key, value } = JSON.parse(line) as Exported
      return `${partition} ${offset} ${key} ${JSON.stringify(value)}`
    })
    assert.deepEqual(ours.toSorted(), [...theirs].sort())
  })

  it('follows what another client produces', async () => {
    await workbench.command('Kafka: Choose Where to Stop Reading Messages…')
    await workbench.pick('Never')
    await untilStatus(/^Following/)
    const args = ['-b', kafka.bootstrapServers, '-P', '-t', TOPIC, '-p', '2', '-k', 'p-late']
    await kcat(args, '{"id":"p-late","status":"NEW","amount":1}\n')
    await until('the record', async () =>
      (await (await view()).locator('[role=grid]').innerText()).includes('p-late'),
    )
  })

  it('can be used with keys alone', async () => {
    const frame = await view()
    const focus = (): Promise<string> =>
      frame.evaluate(() => {
        const at = document.activeElement
        return at?.getAttribute('role') ?? at?.tagName.toLowerCase() ?? ''
      })
    await workbench.command('Kafka: Filter Messages')
    await until('the field', async () => (await focus()) === 'combobox')
    await press('Control+A')
    await workbench.page.keyboard.type('p-late')
    await press('Enter')
    await untilStatus(/^Following .* 1 matched/)
    const parts: string[] = []
    await until('the rows', async () => {
      if ((await focus()) === 'grid') return true
      await press('Tab')
      parts.push(await focus())
      assert.ok(parts.length < 12, parts.join())
      return parts.at(-1) === 'grid'
    })
    await press('ArrowDown', 'Enter')
    await until('the record', async () =>
      (await frame.locator('.detail').innerText()).includes('"p-late"'),
    )
    await press('Enter')
    await until('the way into it', async () =>
      frame.evaluate(() => document.activeElement?.closest('.detail') !== null),
    )
    await press('Escape')
    await until('the way back', async () => (await focus()) === 'grid')
  })

  it('reads on where it was after a reload, with its filter', async () => {
    // A reload by the browser does not always write what was chosen a moment ago.
    const gone = workbench.page.waitForEvent('domcontentloaded')
    await workbench.command('Developer: Reload Window')
    await gone
    await until(
      'the view with its filter',
      async () => {
        const frame = await view(/matched/)
        const shown = await frame.locator('body').innerText()
        const filtered = await frame.getByRole('combobox').inputValue()
        return shown.includes('earliest') && /\b1\s+matched/.test(shown) && filtered === 'p-late'
      },
      60_000,
    )
  })

  it('is what a CONSUMER of a file opens, too', async () => {
    await workbench.closeAllEditors()
    await workbench.openFile('parcels.kafka')
    await workbench.clickCodeLens('Start consumer')
    const frame = await view(/Done/)
    await until('all of them', async () => {
      const status = await frame.locator('.status').innerText()
      return /241\s+records/.test(status)
    })
    assert.equal(await frame.locator('.toolbar .pick').count(), 0)
    assert.equal(await frame.locator('.toolbar h1').innerText(), TOPIC)
  })

  it('keeps its rows when the broker is gone, and says since when they are old', async () => {
    await workbench.closeAllEditors()
    await workbench.command('Kafka: Show Messages…')
    await workbench.pick(TOPIC)
    await untilStatus(/^Following/)
    const frame = await view()
    await stopKafka()
    await until('the banner', async () =>
      /(Next try in|Trying again)/.test(await frame.locator('[role=alert]').innerText()),
    )
    await untilStatus(/^As of [\d:]+, .+ old/)
    await frame.locator(ROW).nth(3).waitFor()
  })
})

interface Exported {
  readonly partition: number
  readonly offset: number
  readonly key: string
  readonly value: unknown
}

async function boxOf(element: Locator) {
  const box = await element.boundingBox()
  assert.ok(box)
  return box
}

/** A topic to which nobody else writes. */
async function fill(bootstrapServers: string): Promise<void> {
  const kafka = new Kafka({ brokers: [bootstrapServers], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  const producer = kafka.producer()
  await Promise.all([admin.connect(), producer.connect()])
  const configEntries = [{ name: 'retention.ms', value: '-1' }]
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic: TOPIC, numPartitions: 3, configEntries }],
  })
  const messages = Array.from({ length: COUNT }, (_, i) => ({
    key: `p-${i}`,
    value: JSON.stringify({ id: `p-${i}`, status: STATUSES[i % 3], amount: i }),
    partition: i % 3,
    timestamp: String(START + i * 1000),
    headers: { trace: `t-${i}` },
  }))
  await producer.send({ topic: TOPIC, messages })
  await Promise.all([admin.disconnect(), producer.disconnect()])
}
