/**
 * The detail and the comparison without an editor and a broker: a page for a browser, asked by its
 * address. `?record=752511&view=hex&folded=key` or `?left=752511&right=753797`; `wait` is how long
 * an answer takes, in ms. `window.pane` is the pane.
 */
import type { Layout, MessagesHost, MessagesState } from '../../../src/protocol/messages.ts'
import { createCompare } from '../../../src/webview/messages/compare/compare.ts'
import { createDetail } from '../../../src/webview/messages/detail/detail.ts'
import type { Host } from '../../../src/webview/kit/host.ts'
import { detailOf, hexOf, STATE } from './samples.ts'

const query = new URLSearchParams(location.search)
const wait = Number(query.get('wait') ?? 0)
const asked: [name: string, params: unknown][] = []

const answers: Record<string, (params: never) => unknown> = {
  detail: detailOf,
  hex: hexOf,
  readBy: () => ({
    groups: [
      { group: 'fraud-scoring', committedOffset: '752900', passed: true },
      { group: 'invoices', committedOffset: '751000', passed: false },
      {
        group: 'shipping',
        problem: {
          code: 'GROUP_AUTHORIZATION_FAILED',
          message: 'You may not describe the group shipping.',
        },
      },
    ],
  }),
}

async function answer(name: string, params: unknown): Promise<unknown> {
  asked.push([name, params])
  if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
  return answers[name]?.(params as never)
}

const host = {
  request: (name: string, params: unknown) => answer(name, params),
  send: (name: string, value: unknown) => {
    asked.push([name, value])
    if (name === 'decodeAs')
      setTimeout(() => update({ decodeAs: value as MessagesState['decodeAs'] }))
  },
} as unknown as Pick<Host<MessagesHost>, 'request' | 'send'>

let state: MessagesState = {
  ...STATE,
  layout: {
    ...STATE.layout,
    folded: query.get('folded')?.split(',') ?? [],
    valueView: (query.get('view') ?? 'tree') as Layout['valueView'],
  },
}

function update(change: Partial<MessagesState>): void {
  state = { ...state, ...change }
  for (const pane of [detail, compare]) pane.update(state)
}

const detail = createDetail({
  host,
  onClose: () => asked.push(['close', undefined]),
  onCompare: name => asked.push(['compare', name]),
  onBack: () => asked.push(['back', undefined]),
  onLayout: change => asked.push(['layout', change]),
})
const compare = createCompare({ host, onClose: () => asked.push(['close', undefined]) })

const [record, left, right] = ['record', 'left', 'right'].map(name => query.get(name))
Object.assign(window, { pane: detail, comparison: compare, asked })
update({})
for (const { element } of [detail, compare]) element.style.setProperty('flex', '1 1 0')
if (left && right) {
  document.body.append(compare.element)
  compare.show({ partition: 2, offset: left }, { partition: 3, offset: right })
} else {
  document.body.append(detail.element)
  detail.show({ partition: 2, offset: record ?? '752511' })
}
