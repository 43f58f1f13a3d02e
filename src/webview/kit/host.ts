import { toDisposable } from '../../base/dispose.ts'
import type { Port } from '../../protocol/channel.ts'

/** What VS Code gives a webview; may be taken once a page. */
interface WebviewApi {
  postMessage(message: unknown): void
  getState(): unknown
  setState(state: unknown): void
}

declare function acquireVsCodeApi(): WebviewApi

/** The host at the other end: its port, and what it keeps of this view while the view is hidden. */
export interface Host {
  readonly port: Port
  readonly state: unknown
  keep(state: unknown): void
}

export function connectToHost(): Host {
  const api = acquireVsCodeApi()
  return {
    port: {
      post: message => {
        api.postMessage(message)
      },
      onMessage: listener => {
        const hear = (event: MessageEvent<unknown>) => {
          listener(event.data)
        }
        window.addEventListener('message', hear)
        return toDisposable(() => {
          window.removeEventListener('message', hear)
        })
      },
    },
    get state() {
      return api.getState()
    },
    keep: state => {
      api.setState(state)
    },
  }
}
