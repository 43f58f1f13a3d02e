import { build } from 'esbuild'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Browser, Page, Route } from 'playwright-core'
import { ensureBrowser, launchBrowser } from '../../scripts/editor/browser.ts'
import { ROOT } from '../../scripts/editor/places.ts'

export type PageTheme = 'dark' | 'light' | 'high-contrast'

export interface PageOptions {
  /** A folder of `src/webview`. */
  readonly view: string
  /** The script that stands for the host, from the root of the checkout. */
  readonly host: string
  readonly theme?: PageTheme
  readonly width?: number
  readonly height?: number
  /** What the host's script reads in its address. */
  readonly search?: string
  readonly reducedMotion?: boolean
}

const ORIGIN = 'http://webview.test'
const THEMES: Record<PageTheme, readonly [file: string, className: string]> = {
  dark: ['dark-modern', 'vscode-dark'],
  light: ['light-modern', 'vscode-light'],
  'high-contrast': ['high-contrast', 'vscode-high-contrast'],
}

export async function openBrowser(): Promise<Browser> {
  return launchBrowser(await ensureBrowser({ log: () => undefined }))
}

/**
 * A view by itself in a browser, as it is bundled and under the policy that the editor gives it,
 * with a script in place of the host and the variables of a theme. Nothing leaves the page.
 */
export async function openPage(browser: Browser, options: PageOptions): Promise<Page> {
  const files = await filesOf(options)
  const page = await browser.newPage({
    viewport: { width: options.width ?? 1400, height: options.height ?? 760 },
    reducedMotion: options.reducedMotion === false ? 'no-preference' : 'reduce',
  })
  page.setDefaultTimeout(10_000)
  const errors: string[] = []
  page.on('pageerror', error => errors.push(error.stack ?? error.message))
  page.on('console', message => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('close', () => {
    if (errors.length > 0) console.error(errors.join('\n'))
  })
  ERRORS.set(page, errors)
  await page.route(`${ORIGIN}/**`, route => serve(route, files))
  await page.goto(`${ORIGIN}/?${options.search ?? ''}`)
  return page
}

const ERRORS = new WeakMap<Page, string[]>()

/** What the page complained of: errors thrown, and what its policy refused. */
export function errorsOf(page: Page): readonly string[] {
  return ERRORS.get(page) ?? []
}

interface File {
  readonly body: string | Buffer
  readonly contentType: string
  readonly headers?: Record<string, string>
}

async function serve(route: Route, files: ReadonlyMap<string, File>): Promise<void> {
  const file = files.get(new URL(route.request().url()).pathname)
  await (file ? route.fulfill({ status: 200, ...file }) : route.fulfill({ status: 404 }))
}

async function filesOf(options: PageOptions): Promise<ReadonlyMap<string, File>> {
  const [theme] = THEMES[options.theme ?? 'dark']
  const files = new Map<string, File>()
  const text = (name: string, body: string | Buffer) => {
    const contentType = name.endsWith('.css')
      ? 'text/css'
      : name.endsWith('.ttf')
        ? 'font/ttf'
        : 'text/javascript'
    files.set(`/${name}`, { body, contentType })
  }
  for (const [name, body] of await bundled(options)) text(name, body)
  const codicons = join(ROOT, 'node_modules/@vscode/codicons/dist')
  for (const name of ['codicon.css', 'codicon.ttf'])
    text(name, await readFile(join(codicons, name)))
  text('theme.css', await readFile(join(ROOT, 'test/webview/themes', `${theme}.css`)))
  files.set('/', {
    body: pageOf(options),
    contentType: 'text/html',
    headers: { 'content-security-policy': POLICY },
  })
  return files
}

type Bundle = readonly (readonly [name: string, body: string])[]

const BUNDLES = new Map<string, Promise<Bundle>>()

/** Once a run: what is bundled does not change between two pages. */
function bundled(options: PageOptions): Promise<Bundle> {
  const key = `${options.view} ${options.host}`
  const bundle = BUNDLES.get(key) ?? bundleAnew(options)
  BUNDLES.set(key, bundle)
  return bundle
}

async function bundleAnew({ view, host }: PageOptions): Promise<Bundle> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: { view: join('src/webview', view, 'main.ts'), host },
    outdir: '/page',
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'chrome134',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  })
  return outputFiles.map(file => [basename(file.path), file.text] as const)
}

/** As the editor's own: scripts by nonce, nothing inline, nothing from elsewhere. */
const POLICY = [
  `default-src 'none'`,
  `script-src 'nonce-page'`,
  `style-src ${ORIGIN}`,
  `font-src ${ORIGIN}`,
  `img-src ${ORIGIN}`,
].join('; ')

function pageOf({ theme = 'dark' }: PageOptions): string {
  const styles = ['theme.css', 'codicon.css', 'view.css']
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>A view by itself</title>
${styles.map(name => `<link rel="stylesheet" href="/${name}">`).join('\n')}
</head>
<body class="${THEMES[theme][1]}">
<script nonce="page" src="/host.js"></script>
<script nonce="page" src="/view.js"></script>
</body>
</html>`
}
