/**
 * Takes the README's pictures anew, by hand: `node test/e2e/readmePictures.ts [name…]`. The real
 * workbench with sample Kafka; all take five minutes, because a chart needs history for a shape.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { copyExamples } from '../../scripts/editor/examples.ts'
import { startSampleKafka } from '../../scripts/editor/sampleKafka.ts'
import { KAFKA_PORT } from '../../src/local/ports.ts'
import { packageExtension } from '../../scripts/package.ts'
import { root } from '../../scripts/stages.ts'
import { until, Workbench } from './workbench.ts'

const HISTORY_MS = 190_000
const folder = join(root, 'media', 'pictures')
const wanted = process.argv.slice(2)
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name)

await mkdir(folder, { recursive: true })
await packageExtension()
const kafka = await startSampleKafka(KAFKA_PORT)
try {
  const bootstrapServers = [kafka.bootstrapServers]
  const examples = await copyExamples('pictures')
  const workbench = await Workbench.open({
    folder: examples,
    width: 1280,
    height: 800,
    settings: {
      'kafkaWorkbench.clusters': [
        { id: 'local', name: 'Local', bootstrapServers, disposable: true },
      ],
      'editor.minimap.enabled': false,
      'workbench.layoutControl.enabled': false,
      'window.commandCenter': false,
    },
  })
  try {
    await takeAll(workbench, examples)
  } finally {
    await workbench.dispose()
  }
} finally {
  await kafka.stop()
}

async function takeAll(workbench: Workbench, examples: string): Promise<void> {
  await workbench.openView('Kafka')
  await workbench.expand('Local')
  if (isWanted('lag')) await takeLag(workbench)
  if (isWanted('workbench')) await takeWorkbench(workbench)
  if (isWanted('messages')) await takeMessages(workbench)
  if (isWanted('debug')) await takeDebug(workbench, examples)
}

async function takeLag(workbench: Workbench): Promise<void> {
  await workbench.command('Kafka: Open Lag Panel…')
  await workbench.pick('shipping')
  await workbench.webview(/Produced and consumed/)
  // The panel keeps its history while it is open.
  await sleep(HISTORY_MS)
  await take(workbench, 'lag')
  await workbench.closeAllEditors()
}

async function takeWorkbench(workbench: Workbench): Promise<void> {
  await workbench.expand('Topics')
  await workbench.expand('Consumer Groups')
  await workbench.openFile('1-hello.kafka')
  await workbench.clickCodeLens('Run file')
  await until('the results', async () =>
    (await workbench.afterTexts()).find(text => /^✓ partition .* m?s$/.test(text)),
  )
  await workbench.goToLine(1)
  await take(workbench, 'workbench')
  await workbench.closeAllEditors()
}

/** Filtered, with a part of the time chosen and a record open. */
async function takeMessages(workbench: Workbench): Promise<void> {
  await workbench.command('Kafka: Show Messages…')
  await workbench.pick('orders')
  await workbench.webview(/Following/)
  await workbench.command('Kafka: Choose Where to Stop Reading Messages…')
  await workbench.pick('End as of Now')
  const frame = await workbench.webview(/Done/)
  await workbench.command('View: Toggle Primary Side Bar Visibility')
  const field = frame.getByRole('combobox')
  await field.fill('value.status != "NEW" && value.total > 250')
  await field.press('Enter')
  await until('what matches', async () =>
    /Done[^]*matched/.test(await frame.locator('.status').innerText()),
  )
  const box = await until('the timeline over the whole width', async () => {
    const shown = await frame.locator('.timeline canvas').boundingBox()
    return shown && shown.width > 1100 ? shown : undefined
  })
  const { mouse } = workbench.page
  await mouse.move(box.x + box.width * 0.45, box.y + 20)
  await mouse.down()
  await mouse.move(box.x + box.width * 0.6, box.y + 20, { steps: 3 })
  await mouse.move(box.x + box.width * 0.75, box.y + 20)
  await mouse.up()
  await until('a part of them', async () =>
    /\d of \d+ matches/.test(await frame.locator('.timeline .head').innerText()),
  )
  await frame.locator('[role=row][aria-rowindex]:not(.note)').nth(5).click()
  await frame.locator('.detail').getByText('customer').first().waitFor()
  await take(workbench, 'messages')
  await workbench.command('View: Toggle Primary Side Bar Visibility')
  await workbench.closeAllEditors()
}

async function takeDebug(workbench: Workbench, examples: string): Promise<void> {
  await workbench.openFile('consumer.js')
  await until('the lens', async () =>
    (await workbench.codeLenses()).find(text => text.startsWith('examples-consumer · ')),
  )
  const lines = (await readFile(join(examples, 'consumer/consumer.js'), 'utf8')).split('\n')
  await workbench.toggleBreakpoint(lines.findIndex(line => line.includes('console.log(shown)')) + 1)
  await workbench.openView('Run and Debug')
  await workbench.waitForText('Debug the example consumer')
  await workbench.press('F5')
  for (const shown of [/^lag [\d,]+/, /produced/, /committed/]) {
    await until(
      `inline lag like ${shown.source}`,
      async () => (await workbench.afterTexts()).find(text => shown.test(text)),
      60_000,
    )
    if (shown.source !== 'committed') await workbench.continueDebugging()
  }
  await take(workbench, 'debug')
  await workbench.press('Shift+F5')
}

async function take(workbench: Workbench, name: string): Promise<void> {
  await workbench.tidy()
  // Whatever still fades in or out has done so by then.
  await sleep(1500)
  const path = join(folder, `${name}.webp`)
  const picture = await workbench.page.screenshot({ type: 'png' })
  await writeFile(path, await webpOf(workbench.page, picture))
  process.stdout.write(`${path}\n`)
}

/** A third smaller than JPEG where the picture is text. A blank page has no policy against it. */
async function webpOf(page: Page, png: Buffer): Promise<Buffer> {
  const blank = await page.context().browser()?.newPage()
  if (!blank) throw new Error('The browser is gone.')
  const base64 = await blank.evaluate(async source => {
    const image = new Image()
    image.src = `data:image/png;base64,${source}`
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    canvas.getContext('2d')?.drawImage(image, 0, 0)
    return canvas.toDataURL('image/webp', 0.5).replace(/^[^,]*,/, '')
  }, png.toString('base64'))
  await blank.close()
  return Buffer.from(base64, 'base64')
}
