import type * as vscode from 'vscode'
import type { Layout } from '../../protocol/messages.ts'
import { keptFilters, type KeptFilters } from './keptFilters.ts'
import { keptLayout } from './layout.ts'

/** What views of messages remember across windows: filters per topic, and how a view is arranged. */
export interface MessagesMemory {
  filters(clusterId: string, topic: string): KeptFilters
  /** Changes what is kept as it stands now, since other windows write it too. */
  changeFilters(
    clusterId: string,
    topic: string,
    change: (kept: KeptFilters) => KeptFilters,
  ): KeptFilters
  layout(): Layout
  keepLayout(layout: Layout): void
}

const LAYOUT = 'messages.layout'

/** Holds texts that a person wrote, and no content of a record. */
export function messagesMemory(state: vscode.Memento): MessagesMemory {
  const filters = (clusterId: string, topic: string) =>
    keptFilters(state.get(filtersKey(clusterId, topic)))
  return {
    filters,
    changeFilters(clusterId, topic, change) {
      const before = filters(clusterId, topic)
      const after = change(before)
      if (JSON.stringify(after) !== JSON.stringify(before))
        void state.update(filtersKey(clusterId, topic), after)
      return after
    },
    layout: () => keptLayout(state.get(LAYOUT)),
    keepLayout: layout => {
      void state.update(LAYOUT, layout)
    },
  }
}

function filtersKey(clusterId: string, topic: string): string {
  return `messages.filters ${JSON.stringify([clusterId, topic])}`
}
