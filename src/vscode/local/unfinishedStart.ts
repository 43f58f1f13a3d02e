import type * as vscode from 'vscode'

/**
 * Whether a start of the local Kafka was cut short before its cluster was saved, as by a reload of
 * the window: Kafka goes on starting, and whoever finds it has the rest to do.
 */
export interface UnfinishedStart {
  readonly is: boolean
  begin(): void
  end(): void
}

const KEY = 'localKafka.starting'

export function unfinishedStart(state: vscode.Memento): UnfinishedStart {
  const set = (starting: true | undefined) => {
    if (state.get(KEY) !== starting) void state.update(KEY, starting)
  }
  return {
    get is() {
      return state.get(KEY) === true
    },
    begin: () => set(true),
    end: () => set(undefined),
  }
}
