import assert from 'node:assert/strict'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { ensureBrowser, launchBrowser } from '../../scripts/editor/browser.ts'
import { ROOT } from '../../scripts/editor/places.ts'
import type { ComparePane } from '../../src/webview/messages/compare/compare.ts'
import type { DetailPane } from '../../src/webview/messages/detail/detail.ts'
import { until } from './workbench.ts'

/** What `test/webview/messages/page.ts` offers. */
interface TestPage {
  readonly pane: DetailPane
  readonly comparison: ComparePane
  readonly asked: readonly (readonly [name: string, params: unknown])[]
  readonly copied: readonly string[]
}

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'"

describe('a record in full, and two compared', function () {
  this.timeout(60_000)
  let browser: Browser
  let page: Page
  const files = new Map<string, string>()
  const complaints: string[] = []

  before(async () => {
    const { outputFiles } = await build({
      absWorkingDir: ROOT,
      entryPoints: {
        page: join('test', 'webview', 'messages', 'page.ts'),
        kit: join('src', 'webview', 'kit', 'kit.css'),
      },
      outdir: '/',
      bundle: true,
      format: 'iife',
      target: 'chrome134',
      write: false,
    })
    for (const { path, text } of outputFiles) files.set(path.split(/[\\/]/).at(-1) ?? '', text)
    browser = await launchBrowser(await ensureBrowser({ log: console.log }))
  })

  after(async () => {
    await browser.close()
  })

  afterEach(async () => {
    await page.close()
    assert.deepEqual(complaints.splice(0), [])
  })

  async function open(query: string, width = 440): Promise<void> {
    page = await browser.newPage({ viewport: { width, height: 600 } })
    page.on('pageerror', error => complaints.push(String(error)))
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    await page.addInitScript(() => {
      const copied: string[] = []
      Object.assign(window, { copied })
      navigator.clipboard.writeText = text => {
        copied.push(text)
        return Promise.resolve()
      }
    })
    await page.route('https://page.test/**', async route => {
      const name = new URL(route.request().url()).pathname.slice(1)
      const text = files.get(name)
      if (text === undefined)
        return route.fulfill({
          contentType: 'text/html',
          headers: { 'content-security-policy': POLICY },
          body: '<!doctype html><meta charset=utf-8><link rel=stylesheet href=kit.css><link rel=stylesheet href=page.css><body><script src=page.js></script>',
        })
      const contentType = name.endsWith('.css') ? 'text/css' : 'text/javascript'
      return route.fulfill({ contentType, body: text })
    })
    await page.goto(`https://page.test/?${query}`)
  }

  const inPage = <T>(run: (of: TestPage) => T) => page.evaluate<T>(`(${run.toString()})(window)`)
  const active = () =>
    page.evaluate(() => {
      const id = document.querySelector('.tree')?.getAttribute('aria-activedescendant')
      return document.getElementById(id ?? '')?.textContent
    })
  const asked = async (name: string) =>
    (await inPage(({ asked }) => asked)).filter(([each]) => each === name).map(([, of]) => of)

  it('is gone through by keys as a tree', async () => {
    await open('record=752511')
    await page.waitForSelector('.node')
    await inPage(({ pane }) => pane.focus())
    const seen: (string | null | undefined)[] = []
    for (const key of 'End ArrowRight ArrowRight ArrowLeft ArrowLeft ArrowLeft ArrowLeft Home c u s'.split(
      ' ',
    )) {
      await page.keyboard.press(key)
      seen.push(await active())
    }
    assert.deepEqual(seen, [
      '1: {3}',
      '1: {3}',
      'sku: "MS-220"',
      '1: {3}',
      '1: {3}',
      'items: [2]',
      'items: [2]',
      'id: "o-483632"',
      'currency: "EUR"',
      'currency: "EUR"',
      'customer: {2}',
    ])
    await page.keyboard.press('Enter')
    assert.equal(await page.locator('.node:has-text("city")').isVisible(), false)
  })

  it('copies a value, its path, and an expression that finds it', async () => {
    await open('record=752511')
    await page.locator('.node', { hasText: 'city' }).click()
    await page.keyboard.press('Control+c')
    for (const label of ['Copy Path', 'Copy as Expression']) {
      await page.locator('.node', { hasText: 'city' }).click({ button: 'right' })
      await page.getByRole('menuitem', { name: label }).click()
    }
    assert.deepEqual(await inPage(({ copied }) => copied), [
      'Graz',
      'value.customer.city',
      'value.customer.city == "Graz"',
    ])
  })

  it('has elements only for the rows in sight of 80,000', async () => {
    await open('record=108')
    await page.getByText('first 1.0 MiB of 10.2 MiB').waitFor()
    await page.locator('#tree-row-0').click()
    await page.locator('#tree-row-0').click({ modifiers: ['Alt'] })
    await inPage(({ pane }) => pane.focus())
    await page.keyboard.press('End')
    await until('the last row', async () => (await active()) === '1: {1…}')
    assert.ok((await page.locator('.tree').evaluate(tree => tree.clientHeight)) > 80_000 * 22)
    assert.ok((await page.locator('.node').count()) < 100)
    await page.keyboard.press('ArrowUp')
    assert.equal(await active(), 'ok: false')
  })

  it('shows a long string whole, and less again', async () => {
    await open('record=102')
    await page.getByText('show all').click()
    await page.getByText('show less').waitFor()
    assert.ok((await page.locator('.node .line').count()) > 10)
    await page.keyboard.press('ArrowLeft')
    await page.getByText('show all').waitFor()
    assert.equal(await page.locator('.node:visible .line').count(), 0)
  })

  it('never shows an answer under the name of another record', async () => {
    await open('record=752511&wait=30')
    await page.waitForSelector('.node')
    const mixed = await page.evaluate(async () => {
      const { pane } = window as unknown as TestPage
      const wrong: string[] = []
      for (let offset = 1000; offset < 1040; offset++) {
        pane.show({ partition: 2, offset: String(offset) })
        await new Promise(resolve => setTimeout(resolve, offset % 60))
        const title = document.querySelector('h1')?.textContent.replace(/\D/g, '').slice(1) ?? ''
        const id = document.querySelector('.node')?.textContent ?? ''
        if (title !== '752511' && id !== '' && !id.includes(`o-${title}`))
          wrong.push(`${title}: ${id}`)
      }
      return wrong
    })
    assert.deepEqual(mixed, [])
    await until('the last one', async () => (await page.innerText('h1')) === 'orders-2 @ 1,039')
    assert.match(await page.innerText('.node'), /o-1039/)
  })

  it('says only after a while that it is reading', async () => {
    await open('record=752511&wait=3000')
    assert.equal(await page.locator('.detail header h1').count(), 0)
    await page.getByText('Reading the record…').waitFor()
    assert.equal(await page.innerText('h1'), 'orders-2 @ 752,511')
    await page.waitForSelector('.node')
  })

  it('pulls only the bytes in sight, eight a line or sixteen', async () => {
    await open('record=108&view=hex')
    const first = page.locator('.bytes').first()
    await until('bytes', async () => (await first.innerText()).startsWith('000000  7b 22'))
    assert.equal((await first.innerText()).split('  ')[1]?.split(' ').length, 8)
    await page.locator('.body').evaluate(body => (body.scrollTop = 9_000_000))
    await until('bytes further on', async () =>
      /^31[0-9a-f]{4} {2}[0-9a-f]{2} /.test(
        await page.locator('.bytes:visible').nth(8).innerText(),
      ),
    )
    assert.ok((await asked('hex')).length <= 4)
    await page.setViewportSize({ width: 700, height: 600 })
    await until('sixteen', async () =>
      /^[0-9a-f]{6} {2}([0-9a-f]{2} ){15}/.test(await first.innerText()),
    )
  })

  it('asks for another decoding, and offers one where a value is not decoded', async () => {
    await open('record=105')
    await page.getByText('schema 42 is not in the registry').waitFor()
    await page.locator('.bytes').first().waitFor()
    await page.getByRole('button', { name: 'Bytes, hex' }).click()
    await page.locator('[data-section=key] .decoding').click()
    await page.getByRole('menuitemradio', { name: 'Long, 64 bits' }).click()
    assert.deepEqual(await asked('decodeAs'), [
      { key: 'auto', value: 'bytes(hex)' },
      { key: 'long', value: 'bytes(hex)' },
    ])
    const last = (await asked('detail')).at(-1) as { decodeAs: unknown }
    assert.deepEqual(last.decodeAs, { key: 'long', value: 'bytes(hex)' })
  })

  it('asks which groups have read it when the section is opened, and no sooner', async () => {
    await open('record=752511&folded=readBy')
    await page.waitForSelector('.node')
    assert.deepEqual(await asked('readBy'), [])
    await page.getByRole('button', { name: 'Read by' }).click()
    await page.getByText('1 of 3 groups').waitFor()
    await inPage(({ pane }) => pane.show({ partition: 2, offset: '752950' }))
    await page.getByText('0 of 3 groups').waitFor()
    await page.getByRole('button', { name: 'invoices' }).click()
    assert.equal((await asked('readBy')).length, 1)
    assert.deepEqual(await asked('openLag'), [
      { group: 'invoices', partition: 2, offset: '752950' },
    ])
  })

  it('keeps what is folded, and how the value is looked at', async () => {
    await open('record=752511')
    await page.getByRole('tab', { name: 'Text' }).click()
    await page.getByRole('button', { name: 'Headers' }).click()
    assert.deepEqual((await asked('layout')).at(-1), { folded: ['headers'], valueView: 'text' })
    await inPage(({ pane }) => pane.show({ partition: 1, offset: '7' }))
    await page.getByText('"o-7"').waitFor()
    assert.equal(await page.locator('.tree').count(), 0)
    assert.equal(await page.getByText('trace-id').count(), 0)
  })

  it('compares two records beside each other', async () => {
    await open('left=752511&right=753797', 900)
    await page.getByText('6 of 16 fields differ · keys differ · 3 of 3 headers same').waitFor()
    await page.getByText('0.3 s later').waitFor()
    const row = page.locator('.ln', { hasText: 'amount' })
    assert.deepEqual(await row.locator('em').allInnerTexts(), ['272.5', '890.08'])
    assert.equal(await page.locator('.ln:has-text("gift") .none').count(), 1)
    await page.getByRole('button', { name: 'Only differences' }).click()
    await page.getByText('lines the same').first().waitFor()
    assert.equal(await page.locator('.ln:visible:has-text("status")').count(), 1)
    assert.equal(await page.locator('.ln:visible:has-text("sku")').count(), 0)
    await page.getByRole('button', { name: 'Swap sides' }).click()
    await page.getByText('0.3 s earlier').waitFor()
    await page.getByRole('button', { name: 'diff editor' }).click()
    assert.deepEqual(await asked('compare'), [
      { left: { partition: 3, offset: '753797' }, right: { partition: 2, offset: '752511' } },
    ])
    await page.setViewportSize({ width: 420, height: 600 })
    await until('one column', async () => (await row.count()) === 2)
    await page.keyboard.press('Escape')
    assert.equal((await asked('close')).length, 1)
  })
})
