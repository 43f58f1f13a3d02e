/** Draws the gallery's `media/icon.png` from `media/icon.svg`: run by hand when the drawing changes. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { ensureBrowser } from './setup-editor.ts'
import { root } from './stages.ts'

const SIZE = 256

const executablePath = await ensureBrowser({ log: console.log })
if (executablePath === undefined) throw new Error('There is no browser to draw with.')
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
try {
  const page = await browser.newPage({ viewport: { width: SIZE, height: SIZE } })
  const svg = await readFile(join(root, 'media', 'icon.svg'), 'base64')
  await page.setContent(
    `<body style="margin:0"><img width="${SIZE}" height="${SIZE}" src="data:image/svg+xml;base64,${svg}">`,
  )
  await page.screenshot({ path: join(root, 'media', 'icon.png'), omitBackground: true })
} finally {
  await browser.close()
}
