import assert from 'node:assert/strict'
import type { Browser, Page } from 'playwright-core'
import type { Fake } from '../webview/messages/viewerHost.ts'
import { FILTER } from '../webview/messages/orders.ts'
import { errorsOf, openBrowser, openPage, type PageOptions } from './webviewPage.ts'
import { until } from './workbench.ts'

declare const fake: Fake

/** The message viewer by itself in a browser, with a host that makes a million records up. */
describe('the message viewer in a browser', function () {
  this.timeout(60_000)
  let browser: Browser
  let page: Page

  before(async () => {
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
  })
  afterEach(async () => {
    const errors = errorsOf(page)
    await page.close()
    assert.deepEqual(errors, [])
  })

  const open = async (search = '', options: Partial<PageOptions> = {}) => {
    const host = 'test/webview/messages/viewerHost.ts'
    page = await openPage(browser, { view: 'messages', host, search, ...options })
    await page.locator('.toolbar button').first().waitFor()
  }
  const row = (number: number) => page.locator(`#row-${number}`)
  /** The records that stand in the window, from top to bottom. */
  const inView = () =>
    page.evaluate(() => {
      const box = document.querySelector('.scroll')!.getBoundingClientRect()
      return [...document.querySelectorAll<HTMLElement>('.r:not([hidden])')]
        .map(each => ({ each, top: each.getBoundingClientRect().top }))
        .filter(({ top }) => top >= box.top - 0.5 && top + 22 <= box.bottom + 0.5)
        .sort((a, b) => a.top - b.top)
        .map(({ each }) => Number(each.dataset['number']))
    })
  const seen = (number: number) =>
    until(`row ${number} in the window`, async () => {
      const text = await row(number).innerText({ timeout: 200 })
      return (await inView()).includes(number) && text.trim() !== ''
    })
  const selected = () =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.r[aria-selected=true]:not([hidden])')]
        .map(each => Number(each.dataset['number']))
        .sort((a, b) => a - b),
    )
  const asked = (name: string) =>
    page.evaluate(
      of => fake.asked.filter(([each]) => each === of).map(([, params]) => params),
      name,
    )
  const untilAsked = (name: string) =>
    until(`the host asked: ${name}`, async () => (await asked(name)).at(-1) as never)
  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key)
  }
  const grid = () => page.getByRole('grid')
  const status = () => page.locator('.status')
  const filter = () => page.getByRole('combobox')

  describe('the rows', () => {
    it('go to the middle and the end of a million', async () => {
      await open()
      await seen(0)
      await page.evaluate(() => {
        const scroller = document.querySelector('.scroll')!
        scroller.scrollTop = scroller.scrollHeight / 2
      })
      const middle = await until('rows of the middle', async () => {
        const [first] = await inView()
        return first !== undefined && Math.abs(first - 501_500) < 1000 ? first : undefined
      })
      await seen(middle)
      await grid().focus()
      await press('End')
      await seen(1_002_999)
      await press('Home')
      await seen(0)
    })

    it('are pulled as they are looked at, and only some exist', async () => {
      await open()
      await seen(0)
      for (let i = 1; i <= 20; i++)
        await page.evaluate(part => {
          const scroller = document.querySelector('.scroll')!
          scroller.scrollTop = (scroller.scrollHeight * part) / 20
        }, i)
      await seen(1_002_999)
      assert.ok((await page.locator('.r').count()) < 120)
      assert.ok((await asked('rows')).length < 80)
    })

    it('go by lines under a wheel', async () => {
      await open()
      await seen(0)
      await page.mouse.move(300, 400)
      await page.mouse.wheel(0, 220)
      await until('ten rows further down', async () => (await inView())[0] === 10)
    })

    it('take the selection with keys, past rows that are no records', async () => {
      await open()
      await seen(0)
      await grid().focus()
      for (let i = 0; i < 10; i++) await press('ArrowDown')
      assert.deepEqual(await selected(), [9])
      await press('ArrowDown')
      assert.deepEqual(await selected(), [11])
      assert.equal(await grid().getAttribute('aria-activedescendant'), 'row-11')
      await press('Shift+ArrowDown', 'Shift+ArrowDown')
      assert.deepEqual(await selected(), [11, 12, 13])
      assert.equal(await page.locator('.cmp').count(), 0)
      await press('PageDown')
      await until('a page further', async () => ((await selected())[0] ?? 0) > 20)
      await press('End')
      await seen(1_002_999)
      await press('Control+a')
      await until('a word about too many', async () =>
        (await status().innerText()).includes('too many to select'),
      )
    })

    it('are copied, compared and told to the host', async () => {
      await open(`filter=${encodeURIComponent(FILTER)}`)
      await seen(0)
      await row(1).click()
      await page.locator('.detail').waitFor()
      await until('the record', async () =>
        (await page.locator('.detail').innerText()).includes('orders-2 @ 690,013'),
      )
      await row(4).click({ modifiers: ['Control'] })
      await page.locator('.cmp').waitFor()
      assert.deepEqual(await selected(), [1, 4])
      await until(
        'two told',
        async () => (((await asked('selected')).at(-1) ?? []) as unknown[]).length === 2,
      )
      await press('Control+c')
      const copied = await untilAsked('copy')
      assert.deepEqual(copied, {
        records: [
          { partition: 2, offset: '690013' },
          { partition: 2, offset: '690053' },
        ],
        what: 'row',
      })
      await until('a word', async () => (await status().innerText()).includes('2 records copied'))
      await press('Escape')
      await page.locator('.cmp').waitFor({ state: 'detached' })
    })

    it('are not said to be copied where they were not', async () => {
      await open()
      await seen(0)
      await page.evaluate(() => (fake.copies = false))
      await row(1).click()
      await press('Control+c')
      await untilAsked('copy')
      await page.evaluate(() => fake.change({ phase: 'stopped' }))
      await until('the next state', async () => (await status().innerText()).includes('Stopped'))
      assert.doesNotMatch(await status().innerText(), /copied/)
    })

    it('are marked where the host shows one, although rows change places just then', async () => {
      await open()
      await seen(0)
      await row(1).click()
      const record = { partition: 4, offset: '706650' }
      await page.evaluate(name => {
        fake.reorder()
        fake.reveal(100_200, name)
        fake.reorder()
        fake.reorder()
      }, record)
      await until('it is told', async () => {
        const told = (await asked('selected')).at(-1)
        return JSON.stringify(told) === JSON.stringify([record])
      })
      const [marked] = await selected()
      await until('its row', async () => (await row(marked ?? -1).innerText()).includes('706,650'))
      assert.match(await page.locator('.detail').innerText(), /orders-4 @ 706,650/)
    })

    it('of uncommitted transactions are told in the toolbar, which takes them back', async () => {
      await open()
      await seen(0)
      const chip = page.locator('.toolbar .chip')
      assert.equal(await chip.count(), 0)
      await page.evaluate(() => fake.change({ isolation: 'read_uncommitted' }))
      await chip.click()
      assert.equal(await untilAsked('isolation'), 'read_committed')
      await until('no chip', async () => (await chip.count()) === 0)
    })

    it('leave out the markers of transactions and say how many, until they are asked for', async () => {
      await open()
      await seen(0)
      await page.evaluate(() =>
        fake.change({ shown: { notes: true, backwards: false, duplicates: false } }, true),
      )
      const markers = status().getByRole('button', { name: '1,204 transaction markers' })
      assert.equal(await markers.getAttribute('aria-pressed'), 'false')
      await markers.click()
      assert.deepEqual(await untilAsked('show'), {
        notes: true,
        markers: true,
        backwards: false,
        duplicates: false,
      })
      await until('pressed', async () => (await markers.getAttribute('aria-pressed')) === 'true')
    })

    it('are compared with the one that is chosen next, unless Escape comes first', async () => {
      await open()
      await seen(0)
      const compare = page.locator('.detail').getByRole('button', { name: /Compare/ })
      const choosing = (words: boolean) =>
        until('the hint', async () => (await status().innerText()).includes('to compare') === words)
      await row(1).click()
      await compare.click()
      await choosing(true)
      await press('Escape')
      await choosing(false)
      await compare.click()
      await choosing(true)
      await press('ArrowDown', 'ArrowDown', 'Enter')
      await page.locator('.cmp').waitFor()
      const text = await until('both', async () => {
        const now = await page.locator('.cmp').innerText()
        return now.includes('orders-1 @ 690,000') && now.includes('orders-3 @ 690,000')
      })
      assert.ok(text)
      await choosing(false)
    })

    it('keep what is selected and where it stands when others come before it', async () => {
      await open()
      await seen(0)
      await page.evaluate(() => {
        document.querySelector('.scroll')!.scrollTop = 900_000
      })
      const first = await until(
        'rows',
        async () => ((await inView())[0] ?? 0) > 100 && (await inView())[3],
      )
      await seen(first)
      await row(first).click()
      await page.keyboard.press('Escape')
      const name = await row(first).innerText()
      const before = await row(first).evaluate(each => each.getBoundingClientRect().top)
      // The notes are left out: every record gets another number.
      await page.evaluate(() =>
        fake.change({ shown: { notes: false, backwards: false, duplicates: false } }, true),
      )
      const now = await until('another number', async () => {
        const [number] = await selected()
        return number !== undefined && number !== first ? number : undefined
      })
      await until('the same record', async () => (await row(now).innerText()) === name)
      const after = await row(now).evaluate(each => each.getBoundingClientRect().top)
      assert.equal(after, before)
    })

    it('tell the editor what its menu is about, and leave the selection', async () => {
      await open()
      await seen(0)
      await row(2).click()
      await row(5).click({ button: 'right' })
      const context = await grid().getAttribute('data-vscode-context')
      assert.deepEqual(JSON.parse(context ?? ''), {
        webviewSection: 'record',
        partition: 5,
        offset: '690000',
        selectedRecords: 1,
        isSelected: false,
        preventDefaultContextMenuItems: true,
      })
      assert.deepEqual(await selected(), [2])
    })

    it('show in the detail what a key went to before it was pulled', async () => {
      await open()
      await seen(0)
      await row(0).click()
      await press('End')
      await until('the last record', async () =>
        (await page.locator('.detail').innerText()).includes('orders-3 @ 856,666'),
      )
    })

    it('show what an aborted transaction left out when they are asked to', async () => {
      await open()
      await seen(16)
      await row(17).getByText('Show').click()
      assert.equal(await untilAsked('isolation'), 'read_uncommitted')
    })
  })

  describe('new records', () => {
    it('are followed at the end, and counted where somebody looks further up', async () => {
      await open('rows=5000&phase=following')
      await seen(5014)
      await page.evaluate(() => fake.add(100))
      await seen(5114)
      await page.mouse.move(300, 500)
      await page.mouse.wheel(0, -600)
      const button = page.locator('.jump')
      await until(
        'no longer followed',
        async () =>
          (await page.getByRole('button', { name: 'Follow' }).getAttribute('aria-pressed')) ===
          'false',
      )
      const before = await inView()
      await page.evaluate(() => fake.add(128))
      await until('a count', async () => (await button.innerText()) === '128 new records ↓')
      assert.deepEqual(await inView(), before)
      await button.click()
      await seen(5242)
      assert.ok(await button.isHidden())
    })

    it('stand still when the oldest are dropped', async () => {
      await open('rows=5000&phase=following')
      await seen(5014)
      await page.evaluate(() => {
        document.querySelector('.scroll')!.scrollTop = 22 * 3000
      })
      await seen(3001)
      const before = await inView()
      await page.evaluate(() => fake.drop(1000))
      await until('the status', async () =>
        (await status().innerText()).includes('oldest 1,000 dropped'),
      )
      await until('the same rows', async () => String(await inView()) === String(before))
    })

    it('are held by Space and followed by F', async () => {
      await open('rows=5000&phase=following')
      await seen(5014)
      await grid().focus()
      await press('Space')
      await until('paused', async () => (await status().innerText()).includes('Paused'))
      await press('Space')
      await until('on', async () => (await status().innerText()).includes('Following'))
      const follow = page.getByRole('button', { name: 'Follow' })
      await press('f')
      assert.equal(await follow.getAttribute('aria-pressed'), 'false')
      await press('f')
      assert.equal(await follow.getAttribute('aria-pressed'), 'true')
    })
  })

  describe('the columns', () => {
    it('are resized by keys and by the pointer, and told to the host', async () => {
      await open()
      await seen(0)
      await grid().focus()
      await press('ArrowDown', 'ArrowUp')
      await press('ArrowRight', 'ArrowRight', 'ArrowRight', 'Shift+ArrowRight')
      const told = (await untilAsked('layout')) as { widths: Record<string, number> }
      assert.deepEqual(told.widths, { key: 112 })
      const size = page.getByRole('columnheader', { name: 'Size' })
      const before = (await size.boundingBox())!
      const sash = (await size.locator('.sash').boundingBox())!
      await page.mouse.move(sash.x + 3, sash.y + 10)
      await page.mouse.down()
      await page.mouse.move(sash.x - 37, sash.y + 10)
      await page.mouse.up()
      await until(
        'a wider column',
        async () => (await size.boundingBox())!.width === before.width + 40,
      )
      const cell = (await row(0).locator('.size').boundingBox())!
      assert.equal(cell.x, (await size.boundingBox())!.x)
    })

    it('are chosen in a menu by keys', async () => {
      await open()
      await seen(0)
      await page.getByRole('button', { name: 'Columns' }).focus()
      await press('Enter', 'h', 'Enter')
      await until('no headers', () => row(0).locator('.headers').isHidden())
      assert.ok(await page.getByRole('menu').isVisible())
      await press('Escape')
      assert.equal(await page.getByRole('menu').count(), 0)
      assert.equal(
        await page.evaluate(() => document.activeElement?.getAttribute('aria-label')),
        'Columns',
      )
    })
  })

  describe('the filter', () => {
    it('is coloured, checked, run by Enter and cleared by Escape', async () => {
      await open()
      await seen(0)
      await press('Control+f')
      await filter().pressSequentially('value.')
      await page.evaluate(() => fake.command('focusFilter'))
      await filter().pressSequentially('state == "FAILED"')
      await until(
        'an underline',
        async () => (await page.locator('.mirror .unknown').innerText()) === 'value.state',
      )
      assert.equal(await page.locator('.mirror .tok-s').innerText(), '"FAILED"')
      await until(
        'its kind',
        async () => (await page.locator('.kind').innerText()) === 'Expression · Enter runs it',
      )
      await page.getByRole('button', { name: 'Use value.status' }).click()
      assert.equal(await filter().inputValue(), 'value.status == "FAILED"')
      await press('Enter')
      assert.equal(await untilAsked('filter'), 'value.status == "FAILED"')
      await until('a mark', async () => (await row(0).locator('.hit').count()) === 1)
      await press('Escape')
      await until('cleared', async () => (await asked('filter')).at(-1) === '')
    })

    it('says where it is wrong and does not run', async () => {
      await open()
      await filter().fill('value.amount >')
      await press('Enter')
      await page.getByText('An operand is missing here.').waitFor()
      assert.equal(await filter().getAttribute('aria-invalid'), 'true')
      assert.deepEqual(await asked('filter'), [])
    })

    it('says for how many records it could not be evaluated, and which are not counted', async () => {
      await open(`filter=${encodeURIComponent(FILTER)}`)
      const filterFailures = { count: 1234, first: 'No such key: total' }
      await page.evaluate(failed => fake.change({ filterFailures: failed }), filterFailures)
      const told = status().getByTitle('No such key: total')
      assert.equal((await told.innerText()).trim(), '1,234 could not be evaluated')
      assert.match((await told.getAttribute('title')) ?? '', /ruled out before .* not counted here/)
    })

    it('has a history above it, with what matched, and forgets', async () => {
      await open()
      await filter().focus()
      await press('ArrowUp')
      const options = page.getByRole('option')
      assert.match(await options.first().innerText(), /12,500 matched/)
      await press('ArrowDown', 'Enter')
      assert.equal(await untilAsked('filter'), 'value.customer.city == "Graz"')
      await press('ArrowUp', 'End', 'Delete')
      assert.deepEqual(await untilAsked('forgetFilter'), {
        text: 'value.amount > 800',
        saved: true,
      })
    })

    it('is saved under a name', async () => {
      await open()
      await filter().fill('graz')
      await page.getByRole('button', { name: 'Save this filter' }).click()
      await page.getByLabel('Name of the filter').fill('From Graz')
      await press('Enter')
      assert.deepEqual(await untilAsked('saveFilter'), { text: 'graz', name: 'From Graz' })
      await page.getByRole('button', { name: /Saved as From Graz/ }).waitFor()
    })

    it('offers fields while one types; Tab takes one, Enter runs', async () => {
      await open()
      await filter().pressSequentially('value.cus')
      await page.getByRole('option', { name: 'value.customer', exact: true }).waitFor()
      await press('ArrowDown', 'ArrowDown', 'Tab')
      assert.equal(await filter().inputValue(), 'value.customer.id')
      await filter().pressSequentially(' == va')
      await press('Enter')
      assert.equal(await untilAsked('filter'), 'value.customer.id == va')
    })

    it('that nothing matches says what was likely meant', async () => {
      await open('state=empty')
      await page.getByText('No record matches').waitFor()
      await page.getByRole('button', { name: 'Use value.status' }).click()
      assert.equal(await untilAsked('filter'), FILTER)
      await seen(0)
    })
  })

  describe('the timeline', () => {
    it('is brushed by the pointer and cleared by Escape', async () => {
      await open()
      await seen(0)
      const slider = page.getByRole('slider')
      const box = (await slider.boundingBox())!
      await page.mouse.move(box.x + box.width / 4, box.y + 20)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width / 2, box.y + 20, { steps: 5 })
      await page.mouse.up()
      const shown = (await untilAsked('show')) as { range: { from: number; to: number } }
      const length = (shown.range.to - shown.range.from) / 60_000
      assert.ok(length > 14 && length < 16.5, `${length} min`)
      await until('a heading', async () =>
        (await page.locator('.timeline .head').innerText()).includes('of 1,000,000 records'),
      )
      await slider.focus()
      await press('Escape')
      await until('all', async () => !('range' in ((await asked('show')).at(-1) as object)))
    })

    it('is moved and resized by keys', async () => {
      await open()
      await seen(0)
      await page.getByRole('slider').focus()
      const range = async (...keys: string[]) => {
        const before = (await asked('show')).length
        await press(...keys)
        await until('another range', async () => (await asked('show')).length > before)
        return ((await asked('show')).at(-1) as { range: { from: number; to: number } }).range
      }
      const first = await range('ArrowRight')
      const later = await range('ArrowRight', 'ArrowRight')
      const step = (later.from - first.from) / 2
      assert.ok(step > 0)
      assert.equal(later.to - later.from, first.to - first.from)
      const longer = await range('Shift+ArrowRight')
      assert.deepEqual(longer, { from: later.from, to: later.to + step })
      assert.match((await page.getByRole('slider').getAttribute('aria-valuetext')) ?? '', /records/)
    })
  })

  describe('who hears the view', () => {
    /** Names of the rows as a screen reader goes through them. */
    const heard = async () => {
      const session = await page.context().newCDPSession(page)
      const { nodes } = await session.send('Accessibility.getFullAXTree')
      await session.detach()
      const group = nodes.find(({ role }) => role?.value === 'rowgroup')
      const names = (group?.childIds ?? []).map(
        id => nodes.find(({ nodeId }) => nodeId === id)?.name?.value as unknown,
      )
      return names.filter(name => typeof name === 'string' && name !== '').map(String)
    }

    it('hears the rows in their order, after scrolling too', async () => {
      await open()
      await seen(0)
      await page.mouse.move(300, 400)
      await page.mouse.wheel(0, 22 * 40)
      await until('rows further down', async () => (await inView())[0] === 40)
      await seen(45)
      const times = await until('all in order', async () => {
        const rows = (await heard()).map(name => name.slice(0, 12))
        return (
          rows.length > 20 && rows.every((time, at) => at === 0 || time > rows[at - 1]!) && rows
        )
      })
      assert.match(times[0] ?? '', /^\d\d:\d\d:\d\d\.\d{3}$/)
    })

    it('hears what is no record as one cell, which cannot be selected', async () => {
      await open()
      await seen(10)
      assert.equal(await row(10).getAttribute('aria-selected'), null)
      assert.equal(await row(10).locator('[role=gridcell].note').getAttribute('aria-colspan'), '7')
      assert.equal(await row(9).getAttribute('aria-selected'), 'false')
      assert.equal(await row(9).getAttribute('aria-rowindex'), '11')
    })

    it('hears how reading goes on, and what came of a key', async () => {
      await open('rows=5000&phase=following')
      const said = page.locator('body > .sr[role=status]')
      const says = (text: string) => until(text, async () => (await said.textContent()) === text)
      await says('Following, 5,000 records read')
      await grid().focus()
      await press('Space')
      await says('Paused, 5,000 records read')
      await row(5000).click()
      await grid().focus()
      await press('Control+c')
      await says('1 record copied')
    })
  })

  describe('a narrow panel', () => {
    const narrow = { width: 420, height: 700 }

    it('has rows of two lines, and the record covers them', async () => {
      await open('', narrow)
      await seen(0)
      assert.equal((await row(0).boundingBox())!.height, 44)
      const value = (await row(0).locator('.value').boundingBox())!
      const time = (await row(0).locator('.time').boundingBox())!
      assert.ok(value.y > time.y)
      await row(3).click()
      await page.locator('.detail').waitFor()
      assert.equal(await row(3).evaluate(each => getComputedStyle(each).visibility), 'hidden')
      await page.getByRole('button', { name: /Back/ }).click()
      await page.locator('.detail').waitFor({ state: 'detached' })
      await seen(0)
    })

    it('has in its menu what the width hides', async () => {
      await open('', narrow)
      await seen(0)
      await page.getByRole('button', { name: 'More actions' }).focus()
      await press('Enter')
      const items = await page.getByRole('menu').innerText()
      for (const name of ['Until', 'Partitions', 'Columns', 'Export', 'Jump'])
        assert.match(items, new RegExp(name))
      await press('ArrowRight', 'Home', 'Enter')
      assert.deepEqual(await untilAsked('read'), { to: '', limit: '' })
    })

    it('goes nowhere sideways', async () => {
      await open(`filter=${encodeURIComponent(FILTER)}`, narrow)
      await seen(0)
      assert.ok(
        await page.evaluate(
          () => document.documentElement.scrollWidth <= document.documentElement.clientWidth,
        ),
      )
    })
  })

  it('gives the detail its place and its size, by pointer and by keys', async () => {
    await open()
    await seen(0)
    await row(2).click()
    const detail = page.locator('.detail')
    assert.equal((await detail.boundingBox())!.width, 440)
    const divider = page.getByRole('separator', { name: 'Size of the record' })
    await divider.focus()
    await press('ArrowLeft')
    assert.equal((await detail.boundingBox())!.width, 456)
    assert.equal(((await untilAsked('layout')) as { detailWidth: number }).detailWidth, 456)
    await page.setViewportSize({ width: 1000, height: 760 })
    await until('below', async () => (await detail.boundingBox())!.width === 1000)
    assert.ok((await inView()).includes(2))
  })

  it('keeps the chosen row in sight when its record opens below', async () => {
    await open('', { width: 1000 })
    await seen(20)
    await row(20).click()
    await page.locator('.detail').waitFor()
    await seen(20)
    assert.ok((await inView()).length < 15)
  })

  it('has its toolbar as one stop, and its choices in menus', async () => {
    await open()
    await page.getByRole('button', { name: 'More actions' }).focus()
    await press('Home', 'ArrowRight', 'Enter', 'e', 'Enter')
    assert.deepEqual(await untilAsked('read'), { from: 'earliest' })
    const stops = await page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLElement>('.toolbar button')].filter(
          each => each.tabIndex === 0,
        ).length,
    )
    assert.equal(stops, 1)
    await page.getByRole('button', { name: /^partitions/ }).click()
    await page.getByRole('menuitemcheckbox', { name: 'Partition 2' }).click()
    await press('Escape')
    await until(
      'partitions',
      async () =>
        ((await asked('read')).at(-1) as { partitions?: string }).partitions === '0-1,3-5',
    )
  })
})
