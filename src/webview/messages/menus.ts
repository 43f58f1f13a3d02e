import { count, plural } from '../../lag/format.ts'
import type { CopyWhat, MessagesState } from '../../protocol/messages.ts'
import { openMenu, type MenuEntry, type MenuItem } from '../kit/menu.ts'
import type { Actions, View } from './actions.ts'
import { COLUMNS } from './columns.ts'
import { DECODINGS, decodingLabel } from './detail/words.ts'

/** Asked for whenever a menu is filled: the state may have changed under it. */
export type CurrentView = () => View

/** What each width of the panel leaves in the toolbar. */
const HIDDEN_BELOW = 900
const NARROW_BELOW = 560

const STARTS: readonly (readonly [label: string, detail: string, value: string])[] = [
  ['Last 100', 'of each partition', 'tail(100)'],
  ['Last 1,000', 'of each partition', 'tail(1000)'],
  ['Last 10,000', 'of each partition', 'tail(10000)'],
  ['Earliest', 'all that is still there', 'earliest'],
  ['Latest', 'only what comes', 'latest'],
  ['Last Hour', '', 'now-1h'],
  ['Last Day', '', 'now-1d'],
]

export function openFrom(anchor: HTMLElement, view: CurrentView, actions: Actions): void {
  openMenu(anchor, {
    label: 'Where to start',
    entries: () => {
      const { state } = view()
      const now = state.saved.text.properties['from']
      const isOther = STARTS.every(([, , value]) => value !== now)
      const starts = STARTS.map(([label, detail, from]) =>
        radio(label, from === now, () => actions.read({ from }), detail),
      )
      return [
        ...(isOther ? [radio(upperFirst(state.from), true, () => actions.start())] : []),
        ...starts,
        'line',
        { label: 'Time, Offset, Group…', run: () => actions.choose('from') },
      ]
    },
  })
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export function openUntil(anchor: HTMLElement, view: CurrentView, actions: Actions): void {
  openMenu(anchor, { label: 'Where to stop', entries: () => untilEntries(view(), actions) })
}

function untilEntries({ state }: View, actions: Actions): readonly MenuEntry[] {
  const { to: now = '', limit = '' } = state.saved.text.properties
  const isOther = limit !== '' || !['', 'latest', 'now'].includes(now)
  const isEnd = limit === '' && (now === 'latest' || now === 'now')
  return [
    ...(isOther ? [radio(upperFirst(state.to ?? now), true, () => actions.start())] : []),
    radio(
      'Stopped',
      now === '' && limit === '',
      () => actions.read({ to: '', limit: '' }),
      'goes on with what comes',
    ),
    radio('End as of Now', isEnd, () => actions.read({ to: 'latest', limit: '' })),
    'line',
    { label: 'Time, Offset, Number of Records…', run: () => actions.choose('to') },
  ]
}

/** Partitions are ticked one by one, and read when the menu closes. */
export function openPartitions(anchor: HTMLElement, view: CurrentView, actions: Actions): void {
  const known = view().state.progress.map(({ partition }) => partition)
  const before = view().state.saved.text.properties['partitions'] ?? ''
  const chosen = new Set(known)
  let isAll = before === ''
  openMenu(anchor, {
    label: 'Partitions',
    entries: () => [
      {
        ...toggle('All', isAll, () => {
          isAll = true
          for (const partition of known) chosen.add(partition)
        }),
        stays: true,
      },
      ...known.map(partition => ({
        ...toggle(`Partition ${partition}`, chosen.has(partition), () => {
          if (!chosen.delete(partition)) chosen.add(partition)
          isAll = before === '' && chosen.size === known.length
        }),
        stays: true as const,
      })),
      'line',
      {
        label: 'Others…',
        run: () => {
          actions.choose('partitions')
        },
      },
    ],
    onClose: () => {
      const text = isAll ? '' : rangesOf([...chosen])
      const same = isAll ? before === '' : chosen.size === known.length || chosen.size === 0
      if (!same) actions.read({ partitions: text })
    },
  })
}

/** `0-3,7`. */
export function rangesOf(partitions: readonly number[]): string {
  const sorted = partitions.toSorted((a, b) => a - b)
  const ranges: [number, number][] = []
  for (const partition of sorted) {
    const last = ranges.at(-1)
    if (last?.[1] === partition - 1) last[1] = partition
    else ranges.push([partition, partition])
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',')
}

export function openColumns(anchor: HTMLElement, view: CurrentView, actions: Actions): void {
  openMenu(anchor, { label: 'Columns', entries: () => columnEntries(view(), actions) })
}

function columnEntries({ state }: View, actions: Actions): readonly MenuEntry[] {
  return [
    ...COLUMNS.map(({ name, title }) => ({
      ...toggle(title, !state.layout.hidden.includes(name), () => {
        actions.toggleColumn(name)
      }),
      stays: true as const,
    })),
    'line',
    {
      label: 'Usual Columns and Widths',
      run: () => {
        actions.resetColumns()
      },
    },
  ]
}

export function openExport(anchor: HTMLElement, view: CurrentView, actions: Actions): void {
  openMenu(anchor, { label: 'Export', entries: () => exportEntries(view(), actions) })
}

function exportEntries({ state, selected }: View, actions: Actions): readonly MenuEntry[] {
  return [
    {
      label: 'Export What Is Shown…',
      detail: plural(state.recordsShown, 'record'),
      disabled: state.recordsShown === 0,
      run: () => {
        actions.exportRecords('shown')
      },
    },
    {
      label: 'Export Selected…',
      detail: plural(selected, 'record'),
      disabled: selected === 0,
      run: () => {
        actions.exportRecords('selected')
      },
    },
    {
      label: 'Export the Whole Topic…',
      detail: 'to a file',
      run: () => {
        actions.exportRecords('topic')
      },
    },
  ]
}

/** All that has no button of its own, and what the width has hidden. */
export function openMore(anchor: HTMLElement, view: CurrentView, actions: Actions): void {
  openMenu(anchor, {
    label: 'More actions',
    entries: () => [
      ...hiddenEntries(view, actions),
      ...showEntries(view(), actions),
      'line',
      ...decodeEntries(view, actions),
      isolationEntry(view, actions),
      savedEntry(view, actions),
      'line',
      ...recordEntries(view(), actions),
      'line',
      {
        label: 'Show Log',
        run: () => {
          actions.showLog()
        },
      },
    ],
  })
}

function hiddenEntries(view: CurrentView, actions: Actions): readonly MenuEntry[] {
  const { state } = view()
  const choices: MenuItem[] = state.adjustable
    ? [
        {
          label: 'Until',
          detail: state.to ?? 'stopped',
          items: () => untilEntries(view(), actions),
        },
        {
          label: 'Partitions…',
          detail: state.partitions,
          run: () => {
            actions.choose('partitions')
          },
        },
      ]
    : []
  const columns: MenuItem[] = [
    { label: 'Columns', items: () => columnEntries(view(), actions) },
    { label: 'Jump to Offset or Time…', detail: 'Ctrl+G', run: () => actions.jump() },
  ]
  const exports: MenuItem[] = [{ label: 'Export', items: () => exportEntries(view(), actions) }]
  if (innerWidth >= HIDDEN_BELOW) return []
  return [...choices, ...columns, ...(innerWidth < NARROW_BELOW ? exports : []), 'line']
}

function showEntries({ state }: View, actions: Actions): readonly MenuEntry[] {
  const { notes, markers = false, backwards, duplicates } = state.shown
  return [
    toggle('Show Gaps and Aborted Transactions', notes, () => {
      actions.show({ notes: !notes })
    }),
    {
      ...toggle('Show Transaction Markers', notes && markers, () => {
        actions.show({ markers: !markers })
      }),
      disabled: !notes,
      ...(state.notes.markers > 0 && { detail: count(state.notes.markers) }),
    },
    toggle('Mark Times That Go Backwards', backwards, () => {
      actions.show({ backwards: !backwards })
    }),
    toggle('Mark Keys That Come Again', duplicates, () => {
      actions.show({ duplicates: !duplicates })
    }),
  ]
}

function decodeEntries(view: CurrentView, actions: Actions): readonly MenuEntry[] {
  return (['key', 'value'] as const).map(part => ({
    label: `Decode ${part === 'key' ? 'Keys' : 'Values'} As`,
    detail: decodingLabel(view().state.decodeAs[part]),
    items: () =>
      DECODINGS.map(({ format, label }) =>
        radio(label, view().state.decodeAs[part] === format, () => {
          actions.decodeAs({ [part]: format })
        }),
      ),
  }))
}

function isolationEntry(view: CurrentView, actions: Actions): MenuItem {
  const words: readonly (readonly [MessagesState['isolation'], string])[] = [
    ['read_committed', 'without aborted and open transactions'],
    ['read_uncommitted', 'all that is in the log'],
  ]
  return {
    label: 'Isolation',
    detail: view().state.isolation,
    items: () =>
      words.map(([isolation, detail]) =>
        radio(
          isolation,
          view().state.isolation === isolation,
          () => {
            actions.isolate(isolation)
          },
          detail,
        ),
      ),
  }
}

function savedEntry(view: CurrentView, actions: Actions): MenuItem {
  const { saved } = view().state.filters
  return {
    label: 'Saved Filters',
    disabled: saved.length === 0,
    items: () =>
      saved.map(({ text, name }) => ({
        label: name ?? text,
        tooltip: text,
        run: () => {
          actions.filter(text)
        },
      })),
  }
}

const COPIES: readonly (readonly [what: CopyWhat, label: string])[] = [
  ['row', 'Rows'],
  ['value', 'Values'],
  ['key', 'Keys'],
  ['record', 'JSON Lines'],
  ['producer', '.kafka PRODUCER'],
  ['kcat', 'kcat Command'],
]

function recordEntries({ state, selected }: View, actions: Actions): readonly MenuEntry[] {
  return [
    {
      label: selected > 1 ? `Copy ${plural(selected, 'Record')} As` : 'Copy Record As',
      disabled: selected === 0,
      items: () =>
        COPIES.map(([what, label]) => ({
          label,
          ...(what === 'row' && { detail: 'Ctrl+C' }),
          run: () => {
            actions.copy(what)
          },
        })),
    },
    {
      label: 'Compare Two Records',
      disabled: selected !== 2,
      run: () => {
        actions.compare()
      },
    },
    {
      label: 'Produce Again…',
      disabled: selected === 0 || !state.canProduce,
      run: () => {
        actions.reproduce()
      },
    },
  ]
}

function radio(label: string, checked: boolean, run: () => void, detail?: string): MenuItem {
  return {
    label,
    checked,
    group: true,
    run,
    ...(detail !== undefined && detail !== '' && { detail }),
  }
}

function toggle(label: string, checked: boolean, run: () => void): MenuItem {
  return { label, checked, run }
}
