import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { copyExamples } from '../../scripts/editor/examples.ts'
import { ROOT } from '../../scripts/editor/places.ts'
import { startSampleKafka, type SampleKafka } from '../../scripts/editor/sampleKafka.ts'
import { lookAround } from './pictures.ts'
import { until, Workbench } from './workbench.ts'

/** The first `.kafka` file of a document, as a reader copies it. */
async function firstFile(document: string): Promise<string> {
  const text = await readFile(join(ROOT, document), 'utf8')
  const block = /^```kafka\n([^]*?)^```$/m.exec(text)?.[1]
  assert.ok(block, `there is no .kafka file in ${document}`)
  return block
}

/** Expects a status that the record does not have, and does not wait for long. */
function broken(text: string): string {
  const expected = text.lastIndexOf('"NEW"')
  assert.ok(expected > text.indexOf('EXPECT arrives\n'))
  return `${text.slice(0, expected)}"PAID"${text.slice(expected + '"NEW"'.length)}`.replace(
    'EXPECT arrives\n',
    'EXPECT arrives\nwithin: 2s\n',
  )
}

const PLACE = String.raw`partition \d · offset [\d,]+`
const SENT = new RegExp(`^✓ ${PLACE} · \\d+\\u00a0ms$`)
const CAME = new RegExp(`^✓ ${PLACE} · [\\d.]+ m?s$`)
const DIFFERS = /^✗ no matching record within 2s · closest: status expected .*PAID.* got .*NEW.*$/

/** From the first file of the README to a test that fails and passes again. */
describe('the story of a test in a file', function () {
  this.timeout(180_000)
  let kafka: SampleKafka
  let workbench: Workbench
  let folder: string
  let failed = false

  before(async () => {
    kafka = await startSampleKafka()
    folder = await copyExamples('files')
    const text = await firstFile('README.md')
    await writeFile(join(folder, 'readme.kafka'), text)
    await writeFile(join(folder, 'broken.kafka'), broken(text))
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

  // Not mocha's own `bail`, which also counts the failures of other files.
  beforeEach(function () {
    if (failed) this.skip()
  })

  afterEach(async function () {
    failed ||= this.currentTest?.state === 'failed'
    if (this.currentTest?.state === 'failed') await workbench.screenshot('files-failure')
  })

  /** Waits until just these results stand beside the blocks in sight. */
  async function results(...expected: readonly RegExp[]): Promise<void> {
    await until(`the results ${expected.join(', ')}`, async () => {
      const shown = await workbench.afterTexts()
      return (
        shown.length === expected.length && expected.every((one, i) => one.test(shown[i] ?? ''))
      )
    })
  }

  /** The tests of a file in the Testing view, with what became of each. */
  async function tests(file: string): Promise<readonly string[]> {
    const rows = workbench.page.locator('.test-explorer .monaco-list-row')
    const labels = await rows.evaluateAll(found =>
      found.map(row => row.getAttribute('aria-label') ?? ''),
    )
    const first = labels.findIndex(label => label.startsWith(file))
    const after = labels.slice(first + 1)
    const end = after.findIndex(label => label.includes('.kafka'))
    return first < 0 ? [] : after.slice(0, end < 0 ? undefined : end)
  }

  it('is the same in README, walkthrough and examples', async () => {
    const text = await firstFile('README.md')
    assert.equal(await firstFile('media/walkthrough/requests.md'), text)
    const example = await readFile(join(ROOT, 'examples/1-hello.kafka'), 'utf8')
    assert.ok(example.includes(text), 'examples/1-hello.kafka holds it too')
  })

  it('runs from its first block to its last, and passes', async () => {
    await workbench.openFile('readme.kafka')
    await workbench.clickCodeLens('Run file')
    await results(SENT, CAME)
    await lookAround(workbench, 'files-1-passed')
  })

  it('fails when something else is expected, and tells what came closest', async () => {
    await workbench.openFile('broken.kafka')
    await workbench.waitForText('"PAID"')
    await workbench.goToLine(16)
    await workbench.press('Control+Shift+Enter')
    await results(SENT, DIFFERS)
    await lookAround(workbench, 'files-2-failed')
  })

  it('shows that in high contrast too, where many colours of themes are not defined', async () => {
    await workbench.theme('high-contrast')
    const colors = await workbench.page.locator('.view-lines span').evaluateAll(spans =>
      spans
        .map(span => getComputedStyle(span, '::after'))
        .filter(({ content }) => /^"[✓✗]/.test(content))
        .map(({ color }) => color),
    )
    assert.equal(colors.length, 2)
    assert.ok(!colors.includes('rgba(0, 0, 0, 0)'), colors.join())
    await workbench.theme('dark')
  })

  it('goes to what failed, and shows the whole of it', async () => {
    await workbench.goToLine(1)
    await workbench.page.locator('.statusbar-item').filter({ hasText: '1 failed' }).click()
    await workbench.page.locator('.statusbar-item').filter({ hasText: 'Ln 16,' }).waitFor()
    await workbench.press('Alt+Enter')
    const hover = workbench.page.locator('.monaco-hover:not(.hidden)')
    await hover.filter({ hasText: 'expected "PAID"' }).first().waitFor()
    const text = await hover.first().innerText()
    assert.match(text, /broken\.kafka:\d+:1\s+EXPECT arrives — no matching record within 2s/)
    assert.match(text, /closest: partition \d offset \d+, key /)
    await workbench.screenshot('files-3-whole')
    await workbench.press('Escape')
  })

  it('stands in the Testing view, and fails there at its line', async () => {
    await workbench.openView('Testing')
    const file = workbench.page
      .locator('.test-explorer .monaco-list-row')
      .filter({ hasText: 'broken.kafka' })
    await file.locator('.monaco-tl-twistie').click()
    await workbench.command('Test: Run Tests in Current File')
    await until('the failed test', async () =>
      (await tests('broken.kafka')).some(label => /^arrives.*failed/i.test(label)),
    )
    const message = workbench.page.locator('.test-error-content-widget')
    await message.filter({ hasText: 'status: "NEW" != status: "PAID"' }).waitFor()
    await workbench.screenshot('files-4-tests')
  })

  it('passes once it is mended and run again with those that failed', async () => {
    await writeFile(join(folder, 'broken.kafka'), await firstFile('README.md'))
    await workbench.command('Test: Rerun Failed Tests')
    await until('the passed test', async () =>
      (await tests('broken.kafka')).some(label => /^arrives.*passed/i.test(label)),
    )
    await results(SENT, CAME)
    assert.doesNotMatch(await workbench.statusBar(), /failed/)
  })

  it('begins the same way in a new file for a topic', async () => {
    await workbench.closeAllEditors()
    await workbench.command('Kafka: New .kafka File for Topic…')
    await workbench.pick('orders')
    await workbench.clickCodeLens('Run file')
    await results(SENT, CAME, /^– skipped · It has no end/)
    await workbench.command('File: Revert File')
  })
})
