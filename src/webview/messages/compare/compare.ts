import type { MessagesHost, MessagesState, RecordName } from '../../../protocol/messages.ts'
import type { Host } from '../../kit/host.ts'

/** Two records beside each other, below the table. */
export interface ComparePane {
  readonly element: HTMLElement
  show(left: RecordName, right: RecordName): void
  /** Forgets what was shown. */
  hide(): void
  update(state: MessagesState): void
  focus(): void
}

export interface CompareOptions {
  readonly host: Pick<Host<MessagesHost>, 'request' | 'send'>
  onClose(): void
}

export function createCompare(options: CompareOptions): ComparePane {
  const element = document.createElement('section')
  element.className = 'cmp'
  element.addEventListener('keydown', event => {
    if (event.key === 'Escape') options.onClose()
  })
  return {
    element,
    show: () => undefined,
    hide: () => undefined,
    update: () => undefined,
    focus: () => undefined,
  }
}
