import { randomBytes } from 'node:crypto'
import * as vscode from 'vscode'
import type { Port } from '../protocol/channel.ts'

/** A view's bundle in `dist/webview`: `NAME.js` and `NAME.css`. */
export type WebviewBundle = 'lag' | 'messages'

/**
 * Fills a webview with one of our bundles: scripts by nonce, styles, fonts and pictures from
 * `dist/webview` only, nothing inline, nothing from elsewhere.
 */
export function fillWebview(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  bundle: WebviewBundle,
  title: string,
): void {
  const root = vscode.Uri.joinPath(extensionUri, 'dist', 'webview')
  webview.options = { enableScripts: true, localResourceRoots: [root] }
  const uri = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(root, file)).toString()
  webview.html = pageOf({
    title,
    nonce: randomBytes(16).toString('base64'),
    source: webview.cspSource,
    script: uri(`${bundle}.js`),
    styles: [uri('codicon.css'), uri(`${bundle}.css`)],
  })
}

/** What the webview posts and hears, as one end of a channel. A closed webview hears nothing. */
export function webviewPort(webview: vscode.Webview): Port {
  return {
    post: message => {
      webview.postMessage(message).then(undefined, () => undefined)
    },
    onMessage: listener => webview.onDidReceiveMessage(listener),
  }
}

interface Page {
  readonly title: string
  readonly nonce: string
  /** What the webview calls its own resources in a policy. */
  readonly source: string
  readonly script: string
  readonly styles: readonly string[]
}

function pageOf({ title, nonce, source, script, styles }: Page): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    `font-src ${source}`,
    `img-src ${source}`,
  ].join('; ')
  const links = styles.map(href => `<link rel="stylesheet" href="${escapeHtml(href)}">`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
${links.join('\n')}
</head>
<body>
<script nonce="${nonce}" src="${escapeHtml(script)}"></script>
</body>
</html>`
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, character => ENTITIES[character] ?? character)
}
