import type { Handlers } from '../../protocol/channel.ts'
import type {
  DecodeAs,
  Layout,
  MessagesHost,
  RecordName,
  Rows,
  RowsRequest,
  Shown,
} from '../../protocol/messages.ts'
import { someFormats } from './decoding.ts'
import { checkFilter } from './filterText.ts'
import type { Actions } from './actions.ts'
import { heldView, type RecordSource } from './recordSource.ts'
import type { ReadingSession } from './session.ts'

/** What a panel does for its view. */
export interface PanelSide {
  readonly session: ReadingSession
  readonly source: RecordSource
  /** Revision of rows that this view of records gave. */
  revisionOf(view: object | undefined, revision: number): number
  ready(): void
  start(): void
  filter(text: string): Promise<void>
  saveFilter(text: string, name: string): void
  forgetFilter(text: string, saved: boolean): void
  /** Starts again with other choices, where they are the view's to make. */
  read(changes: Readonly<Record<string, string | undefined>>): void
  show(shown: Shown): void
  decodeAs(decodeAs: DecodeAs): void
  layout(layout: Layout): void
  selected(records: readonly RecordName[]): void
}

/** More in one answer would hold up everything else on the channel. */
const MOST_ROWS = 1000
const MOST_HEX = 64 * 1024

/** Answers what a view asks and hears what it tells. */
export function handlersOf(panel: PanelSide, actions: Actions): Handlers<MessagesHost> {
  return {
    requests: { ...lookingAt(panel), ...filtering(panel), ...doing(panel, actions) },
    events: {
      ready: () => panel.ready(),
      start: () => panel.start(),
      stop: () => panel.session.stop(),
      pause: () => panel.session.pause(),
      resume: () => panel.session.resume(),
      show: shown => panel.show(shown),
      decodeAs: decodeAs => panel.decodeAs(decodeAs),
      isolation: isolation => panel.read({ isolation }),
      layout: layout => panel.layout(layout),
      selected: records => panel.selected(records),
    },
  }
}

type Requests = Handlers<MessagesHost>['requests']

/** What is answered from the records that are held. */
function lookingAt(
  panel: PanelSide,
): Pick<Requests, 'rows' | 'timeline' | 'detail' | 'hex' | 'locate'> {
  return {
    rows: request => rowsOf(panel, request),
    timeline: async ({ bins }) => (await panel.source.view?.timeline(bins)) ?? NO_TIMELINE,
    detail: ({ decodeAs, ...name }) =>
      heldView(panel.source).detail(name, decodeAs && someFormats(decodeAs)),
    hex: request =>
      heldView(panel.source).hex({ ...request, count: Math.min(request.count, MOST_HEX) }),
    locate: place => panel.source.view?.locate(place),
  }
}

const NO_TIMELINE = { start: 0, binMs: 1000, read: [], matched: [], errors: [], timeless: 0 }

async function rowsOf(panel: PanelSide, { from, count }: RowsRequest): Promise<Rows> {
  const { view } = panel.source
  if (!view) return { from, revision: panel.revisionOf(undefined, 0), rows: [] }
  const rows = await view.rows({ from, count: Math.min(count, MOST_ROWS) })
  // Another reading began while these were on their way: no order that anyone knows.
  if (view !== panel.source.view) return { from, revision: 0, rows: [] }
  return { ...rows, revision: panel.revisionOf(view, rows.revision) }
}

function filtering(
  panel: PanelSide,
): Pick<Requests, 'checkFilter' | 'filter' | 'saveFilter' | 'forgetFilter'> {
  return {
    checkFilter: text => checkFilter(text),
    filter: async text => {
      await panel.filter(text)
      return undefined
    },
    saveFilter: ({ text, name }) => {
      panel.saveFilter(text, name)
      return undefined
    },
    forgetFilter: ({ text, saved }) => {
      panel.forgetFilter(text, saved)
      return undefined
    },
  }
}

function doing(
  panel: PanelSide,
  actions: Actions,
): Omit<Requests, keyof ReturnType<typeof lookingAt> | keyof ReturnType<typeof filtering>> {
  return {
    readBy: (name, signal) => actions.readBy(name, signal),
    open: name => actions.open(name),
    compare: ({ left, right }) => actions.compare(left, right),
    copy: ({ records, what }) => actions.copy(records, what),
    reproduce: ({ records }) => actions.reproduce(records),
    exportRecords: ({ what }) => actions.exportRecords(what),
    openLag: ({ group, ...name }) => actions.openLag(group, name),
    jump: () => actions.jump(),
    choose: what => actions.choose(what),
    read: choices => {
      panel.read(choices)
      return undefined
    },
    newProducerFile: () => actions.newProducerFile(),
    showLog: () => actions.showLog(),
  }
}
