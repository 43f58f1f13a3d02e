import { toDisposable } from '../../base/dispose.ts'
import {
  openChannel,
  type Channel,
  type Crossing,
  type Handlers,
  type Port,
  type Side,
} from '../../protocol/channel.ts'

/** What VS Code gives a webview; may be taken once a page. */
interface WebviewApi {
  postMessage(message: unknown): void
  getState(): unknown
  setState(state: unknown): void
}

declare function acquireVsCodeApi(): WebviewApi

/** The channel to the host, and what VS Code keeps of this view while it is hidden or reloaded. */
export interface Host<Far extends Side> extends Channel<Far> {
  readonly saved: unknown
  save(state: unknown): void
}

/** Connects this view to its host; `handlers` answer what the host asks and hear what it tells. */
export function connectHost<View extends Side & Crossing<View>, Far extends Side & Crossing<Far>>(
  handlers: Handlers<View>,
): Host<Far> {
  const api = acquireVsCodeApi()
  const channel = openChannel<View, Far>(portOf(api), handlers, Date.now())
  return {
    ...channel,
    saved: api.getState(),
    save: state => {
      api.setState(state)
    },
  }
}

function portOf(api: WebviewApi): Port {
  return {
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
  }
}
