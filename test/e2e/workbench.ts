import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Frame, Locator, Page } from 'playwright-core'
import { ensureBrowser, launchBrowser } from '../../scripts/editor/browser.ts'
import { ensureServer } from '../../scripts/editor/editor.ts'
import { ROOT, SCREENSHOTS } from '../../scripts/editor/places.ts'
import {
  pageUrl,
  settingsFile,
  startServer,
  type RunningServer,
} from '../../scripts/editor/server.ts'

export type Theme = 'dark' | 'light' | 'high-contrast'

export interface WorkbenchOptions {
  /** Folder or `.code-workspace` file to open. */
  readonly folder: string
  /** The folder of the built extension. Absent: the checkout. */
  readonly extension?: string
  /** Or as a user gets it: a VSIX file, installed. */
  readonly vsix?: string
  /** User settings, over the quiet ones that every suite has. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
  readonly trust?: boolean
  readonly width?: number
  readonly height?: number
}

/** How long a person would wait before calling it broken. */
const PATIENCE_MS = 20_000

const THEMES: Record<Theme, string> = {
  dark: 'Dark Modern',
  light: 'Light Modern',
  'high-contrast': 'Default High Contrast',
}

/** Settings that keep pictures clean and the workbench quiet. */
const QUIET: Readonly<Record<string, unknown>> = {
  'workbench.colorTheme': THEMES.dark,
  'window.autoDetectColorScheme': false,
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'editor.accessibilitySupport': 'off',
}

/** Polls until `ask` gives something; fails with `what` after the deadline. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  deadlineMs = PATIENCE_MS,
): Promise<T> {
  const deadline = Date.now() + deadlineMs
  let last: unknown
  while (Date.now() < deadline) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      last = error
    }
    await sleep(100)
  }
  const why = last instanceof Error ? ` (${last.message.split('\n')[0] ?? ''})` : ''
  throw new Error(`Not seen within ${deadlineMs / 1000} s: ${what}${why}.`)
}

function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`)
}

/** A real workbench in a headless browser, used as a person would. */
export class Workbench {
  readonly page: Page
  readonly server: RunningServer
  readonly #browser: Browser

  private constructor(page: Page, server: RunningServer, browser: Browser) {
    this.page = page
    this.server = server
    this.#browser = browser
  }

  /** Starts server and browser and waits until the workbench has drawn itself. */
  static async open(options: WorkbenchOptions): Promise<Workbench> {
    const log = (): void => undefined
    const editor = await ensureServer({ log })
    const settings = { ...QUIET, ...options.settings }
    const server = await startServer(editor, {
      settings,
      ...(options.vsix === undefined
        ? { link: [options.extension ?? ROOT] }
        : { install: [options.vsix] }),
      ...(options.env && { env: options.env }),
      ...(options.trust !== undefined && { trust: options.trust }),
    })
    let browser: Browser | undefined
    try {
      browser = await launchBrowser(await ensureBrowser({ log }))
      const viewport = { width: options.width ?? 1440, height: options.height ?? 900 }
      const page = await browser.newPage({ viewport })
      page.setDefaultTimeout(PATIENCE_MS)
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      const workbench = new Workbench(page, server, browser)
      await page.goto(pageUrl(server, options.folder), { waitUntil: 'commit' })
      await page.locator('.monaco-workbench .part.statusbar').waitFor()
      await page.locator('.monaco-workbench .part.activitybar .action-label').first().waitFor()
      return workbench
    } catch (error) {
      await browser?.close()
      await server.dispose()
      throw error
    }
  }

  async dispose(): Promise<void> {
    await Promise.race([this.#browser.close(), sleep(3000)])
    await this.server.dispose()
  }

  /** Whether a text stands in what the workbench has written for its next start. */
  isStored(text: string): Promise<boolean> {
    return this.page.evaluate(async wanted => {
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result)
          request.onerror = () => reject(new Error('It cannot be read.'))
        })
      for (const { name = '' } of await indexedDB.databases()) {
        const database = await done(indexedDB.open(name))
        try {
          for (const store of database.objectStoreNames) {
            const entries = database.transaction(store).objectStore(store).getAll()
            if (JSON.stringify(await done(entries)).includes(wanted)) return true
          }
        } finally {
          database.close()
        }
      }
      return false
    }, text)
  }

  /** Reloads the window and waits until it stands again. */
  async reload(): Promise<void> {
    await this.page.reload({ waitUntil: 'commit' })
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor()
  }

  /** Takes away what only a moment ago mattered: notifications, hovers. */
  async tidy(): Promise<void> {
    const close = this.page.locator('.notifications-toasts .codicon-notifications-clear')
    for (const button of await close.all()) {
      await this.page.locator('.notification-toast').first().hover()
      await button.click()
    }
    await this.page.mouse.move(0, 0)
    await sleep(300)
  }

  /** A picture in the ignored folder. */
  async screenshot(name: string): Promise<string> {
    const path = join(SCREENSHOTS, `${name}.png`)
    await mkdir(dirname(path), { recursive: true })
    await this.page.screenshot({ path })
    return path
  }

  /**
   * Changes settings while the workbench runs. They go to the machine's settings, which win over
   * the user's: of the two files it is the one whose changes from outside are seen at once.
   */
  async settings(change: Readonly<Record<string, unknown>>): Promise<void> {
    const file = join(this.server.dataFolder, 'data/Machine/settings.json')
    const text = await readFile(file, 'utf8').catch(() => '{}')
    const changed = { ...(JSON.parse(text) as object), ...change }
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, JSON.stringify(changed, undefined, 2))
  }

  /** The user's settings as they stand now, also after the workbench itself wrote them. */
  async readSettings(): Promise<Record<string, unknown>> {
    return JSON.parse(await readFile(this.settingsFile, 'utf8')) as Record<string, unknown>
  }

  get settingsFile(): string {
    return settingsFile(this.server.dataFolder)
  }

  async theme(theme: Theme): Promise<void> {
    await this.settings({ 'workbench.colorTheme': THEMES[theme] })
    const name = { dark: 'vs-dark', light: 'vs', 'high-contrast': 'hc-black' }[theme]
    await this.page.locator(`.monaco-workbench.${name}`).waitFor()
    // The webviews get their new colours after the workbench.
    await sleep(300)
  }

  async resize(width: number, height = 900): Promise<void> {
    await this.page.setViewportSize({ width, height })
    await sleep(300)
  }

  /** A key chord, such as `Control+P`. */
  async press(keys: string): Promise<void> {
    await this.page.keyboard.press(keys)
  }

  /** Runs a command by its title, through the command palette. */
  async command(title: string): Promise<void> {
    await until(`the command ${title}`, async () => {
      await this.press('F1')
      const input = this.#quickInput()
      await input.waitFor({ timeout: 2000 })
      await input.fill(`>${title}`)
      const row = this.#rows().filter({ hasText: title }).first()
      try {
        await row.waitFor({ timeout: 2000 })
      } catch (error) {
        await this.press('Escape')
        throw error
      }
      await row.click()
      return true
    })
  }

  #quickInput(): Locator {
    return this.page.locator('.quick-input-widget:not([style*="display: none"]) .input').first()
  }

  #rows(): Locator {
    return this.page.locator('.quick-input-widget .quick-input-list .monaco-list-row')
  }

  /** Types into the open quick input and accepts it. */
  async answer(text: string): Promise<void> {
    const input = this.#quickInput()
    await input.waitFor()
    await input.fill(text)
    await input.press('Enter')
  }

  /** Chooses an entry of the open quick pick by its label. */
  async pick(label: string): Promise<void> {
    const row = this.#rows().filter({ hasText: label }).first()
    await row.waitFor()
    await row.click()
  }

  /** What the open quick input asks or complains about. */
  async quickInputText(): Promise<string> {
    const parts = this.page
      .locator('.quick-input-widget')
      .locator(
        '.quick-input-title, .quick-input-description, .quick-input-message, .monaco-list-row',
      )
    return (await parts.allInnerTexts()).join('\n')
  }

  /** Waits until the quick input says one of these. */
  async waitForQuickInput(...texts: readonly string[]): Promise<void> {
    await until(`“${texts.join('” or “')}” in the quick input`, async () => {
      const shown = (await this.quickInputText()).toLowerCase()
      return texts.some(text => shown.includes(text.toLowerCase()))
    })
  }

  /** Takes what the open quick input offers, once it says this. */
  async acceptQuickInput(...texts: readonly string[]): Promise<void> {
    if (texts.length > 0) await this.waitForQuickInput(...texts)
    await this.press('Enter')
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.press('Control+P')
    const input = this.#quickInput()
    await input.waitFor()
    await input.fill(name)
    await this.#rows().filter({ hasText: name }).first().click()
    await this.page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`).waitFor()
  }

  /** Opens a view container by its name in the activity bar; nothing happens if it is open. */
  async openView(name: string): Promise<void> {
    const item = this.page
      .locator('.part.activitybar .action-item')
      .filter({ has: this.page.locator(`.action-label[aria-label^="${name}"]`) })
      .first()
    await item.waitFor()
    if (!(await item.evaluate(element => element.classList.contains('checked')))) await item.click()
  }

  /** The row of a tree in the side bar. */
  treeItem(label: string): Locator {
    return this.page
      .locator('.part.sidebar .monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: exactly(label) }) })
      .first()
  }

  /** Opens a node of a tree; nothing happens if it is open. */
  async expand(label: string): Promise<void> {
    const row = this.treeItem(label)
    await row.waitFor()
    await until(`${label} to open`, async () => {
      if ((await row.getAttribute('aria-expanded')) === 'true') return true
      await row.locator('.monaco-tl-twistie').click()
      return (await row.getAttribute('aria-expanded')) === 'true'
    })
  }

  /** Waits until the tree shows a node with this label. */
  async waitForTreeItem(label: string): Promise<void> {
    await this.treeItem(label).waitFor()
  }

  /** Chooses an entry of a tree node's context menu. */
  async treeMenu(label: string, entry: string): Promise<void> {
    await this.treeItem(label).click({ button: 'right' })
    await this.#menuEntry(entry)
  }

  async #menuEntry(entry: string): Promise<void> {
    const item = this.page.locator('.monaco-menu .action-item').filter({ hasText: entry }).first()
    await item.waitFor()
    await item.click()
  }

  /** The texts of all code lenses in sight. */
  async codeLenses(): Promise<readonly string[]> {
    const texts = await this.page.locator('.codelens-decoration').allInnerTexts()
    return texts.map(text => text.replace(/\s+/g, ' ').trim()).filter(Boolean)
  }

  /** Clicks the code lens with this text; `nth` counts from the top, from 0. */
  async clickCodeLens(text: string, nth = 0): Promise<void> {
    const lens = this.page.locator('.codelens-decoration a').filter({ hasText: text }).nth(nth)
    await lens.waitFor()
    await lens.click()
  }

  /** Puts the cursor on a line of the active editor. */
  async goToLine(line: number): Promise<void> {
    await this.press('Control+G')
    await this.answer(`:${line}`)
  }

  /** Sets or removes a breakpoint on a line of the active editor. */
  async toggleBreakpoint(line: number): Promise<void> {
    await this.goToLine(line)
    await this.press('F9')
  }

  /** Presses Continue, and waits until the program has gone on. */
  async continueDebugging(): Promise<void> {
    await this.page.locator('.debug-toolbar .codicon-debug-continue').first().click()
  }

  /** The `after` decorations in sight: their texts are CSS, not in the document. */
  async afterTexts(): Promise<readonly string[]> {
    return this.page.locator('.view-lines span').evaluateAll(spans =>
      spans
        .map(span => getComputedStyle(span, '::after').content)
        .filter(content => content.startsWith('"'))
        .map(content => content.slice(1, -1))
        .filter(content => content.trim() !== ''),
    )
  }

  /** Waits until a text stands anywhere in the workbench, outside of webviews. */
  async waitForText(text: string | RegExp, deadlineMs = PATIENCE_MS): Promise<void> {
    await this.page.getByText(text).first().waitFor({ timeout: deadlineMs })
  }

  /** The texts of the notifications in sight. */
  async notifications(): Promise<readonly string[]> {
    return this.page.locator('.notification-list-item-message').allInnerTexts()
  }

  /** Waits for a notification that says this. */
  async waitForNotification(text: string, deadlineMs = PATIENCE_MS): Promise<void> {
    await this.page
      .locator('.notification-list-item-message')
      .filter({ hasText: text })
      .first()
      .waitFor({ timeout: deadlineMs })
  }

  /** Presses a button of a dialog or a notification. */
  async clickButton(label: string): Promise<void> {
    const button = this.page
      .locator('.monaco-button, .monaco-text-button')
      .filter({ hasText: label })
    await button.first().click()
  }

  async statusBar(): Promise<string> {
    return this.page.locator('.part.statusbar').innerText()
  }

  /** The document inside the webview that shows this text now or within the deadline. */
  async webview(text: string | RegExp, deadlineMs = PATIENCE_MS): Promise<Frame> {
    return until(
      `a webview that shows ${String(text)}`,
      async () => {
        for (const { frame, content } of await this.webviews())
          if (typeof text === 'string' ? content.includes(text) : text.test(content)) return frame
        return undefined
      },
      deadlineMs,
    )
  }

  /** Every webview's document with what a reader sees of it. */
  async webviews(): Promise<readonly { readonly frame: Frame; readonly content: string }[]> {
    const found: { frame: Frame; content: string }[] = []
    for (const frame of this.page.frames()) {
      if (frame === this.page.mainFrame() || frame.childFrames().length > 0) continue
      const content = await frame
        .locator('body')
        .innerText({ timeout: 1000 })
        .catch(() => '')
      if (content !== '') found.push({ frame, content })
    }
    return found
  }

  async closeAllEditors(): Promise<void> {
    await this.command('View: Close All Editors')
  }
}
