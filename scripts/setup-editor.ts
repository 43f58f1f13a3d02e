/** Gets a VS Code and a browser to run suites in; what is there already is not touched. */
import { ensureBrowser as browser } from './editor/browser.ts'
import {
  ensureEditor as editor,
  ensureServer,
  type Editor,
  type SetupOptions,
} from './editor/editor.ts'

/** The VS Code that editor suites run in, and the server that browser suites drive. */
export async function ensureEditor(options: SetupOptions): Promise<Editor> {
  const found = await editor(options)
  if (found.kind === 'desktop' && process.platform !== 'win32') await ensureServer(options)
  return found
}

/** The program of a Chrome or Chromium; undefined on Windows, where nothing needs one. */
export async function ensureBrowser(options: SetupOptions): Promise<string | undefined> {
  return process.platform === 'win32' ? undefined : browser(options)
}

if (import.meta.main) {
  const log = (line: string): void => {
    process.stdout.write(`${line}\n`)
  }
  const found = await ensureEditor({ log })
  log(`Editor: ${found.kind} ${found.version}`)
  log(`Browser: ${(await ensureBrowser({ log })) ?? 'none needed'}`)
}
