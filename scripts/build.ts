/**
 * Bundles everything that ships into `dist/`: the extension, the reader's worker, the local
 * Kafka's supervisor, the sample clients and the command line as one set of ES modules with
 * shared chunks (so that kafkajs and faker are loaded on first use), and one bundle a webview.
 */
import { build, type BuildOptions } from 'esbuild'
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

const HOST_ENTRIES = {
  extension: 'src/vscode/extension.ts',
  reader: 'src/reading/worker.ts',
  supervisor: 'src/local/supervisor.ts',
  sample: 'src/sample/main.ts',
  kafkafile: 'src/cli/kafkafile.ts',
}

/** What CommonJS packages expect to find; the `_` keeps clear of their own names. */
const REQUIRE_BANNER =
  "import { createRequire as _createRequire } from 'node:module';const require = _createRequire(import.meta.url);"

/** How what runs in Node is bundled. */
export function hostOptions(entries: Record<string, string>, outdir = dist): BuildOptions {
  return {
    entryPoints: entries,
    outdir,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22.15',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    external: ['vscode'],
    // The sample clients' codecs: the entry that needs no file of its own beside the bundle.
    alias: { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' },
    banner: { js: REQUIRE_BANNER },
    minify: true,
    keepNames: false,
    legalComments: 'none',
    metafile: true,
  }
}

function webviewOptions(views: readonly string[]): BuildOptions {
  return {
    entryPoints: Object.fromEntries(
      views.map(view => [view, join('src/webview', view, 'main.ts')]),
    ),
    outdir: join(dist, 'webview'),
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'chrome134',
    minify: true,
    legalComments: 'none',
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
  }
}

async function webviews(): Promise<string[]> {
  const folders = await readdir(join(root, 'src/webview'), { withFileTypes: true })
  return folders
    .filter(entry => existsSync(join(root, 'src/webview', entry.name, 'main.ts')))
    .map(entry => entry.name)
}

async function copyCodicons(): Promise<void> {
  const source = join(root, 'node_modules/@vscode/codicons/dist')
  await mkdir(join(dist, 'webview'), { recursive: true })
  for (const file of ['codicon.css', 'codicon.ttf'])
    await copyFile(join(source, file), join(dist, 'webview', file))
}

/** Builds all bundles; rejects with esbuild's messages when one fails. */
export async function buildAll(): Promise<void> {
  await rm(dist, { recursive: true, force: true })
  await Promise.all([
    build({ absWorkingDir: root, ...hostOptions(HOST_ENTRIES) }),
    webviews().then(views => build({ absWorkingDir: root, ...webviewOptions(views) })),
    copyCodicons(),
  ])
}

if (import.meta.main) {
  const started = performance.now()
  await buildAll()
  console.log(`Built dist/ in ${Math.round(performance.now() - started)} ms.`)
}
