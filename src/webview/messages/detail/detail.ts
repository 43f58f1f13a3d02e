import type { Layout, MessagesHost, MessagesState, RecordName } from '../../../protocol/messages.ts'
import type { Host } from '../../kit/host.ts'

/** One record in full, beside or below the table; over it where the view is narrow. */
export interface DetailPane {
  readonly element: HTMLElement
  /** Shows another record as soon as the host has answered; undefined: none. */
  show(name: RecordName | undefined): void
  update(state: MessagesState): void
  focus(): void
}

export interface DetailOptions {
  readonly host: Pick<Host<MessagesHost>, 'request' | 'send'>
  onClose(): void
  /** The record is to be compared with another one. */
  onCompare(name: RecordName): void
  /** Back to the list, where the pane covers it. */
  onBack(): void
  /** Keeps this part of the layout together with the rest, and tells the host. */
  onLayout(change: Pick<Layout, 'folded' | 'valueView'>): void
}

export function createDetail(options: DetailOptions): DetailPane {
  const element = document.createElement('aside')
  element.className = 'detail'
  element.addEventListener('keydown', event => {
    if (event.key === 'Escape') options.onClose()
  })
  return {
    element,
    show: () => undefined,
    update: () => undefined,
    focus: () => undefined,
  }
}
