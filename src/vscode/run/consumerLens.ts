/** How the reading of a CONSUMER stands. `stopping`: it leaves its group, which takes a moment. */
export type ReadingState = 'starting' | 'running' | 'stopping' | 'stopped'

export interface ConsumerLens {
  readonly icon: string
  readonly title: string
  /** Absent: there is nothing to do but wait. */
  readonly command?: 'startConsumer' | 'stopConsumer'
}

/** The lens of a CONSUMER in each state, in the words of level 1. */
export function consumerLens(state: ReadingState): ConsumerLens {
  switch (state) {
    case 'starting':
      return { icon: '$(sync~spin)', title: 'Starting...', command: 'stopConsumer' }
    case 'running':
      return { icon: '$(debug-stop)', title: 'Stop consumer', command: 'stopConsumer' }
    case 'stopping':
      return { icon: '$(sync~spin)', title: 'Stopping...' }
    case 'stopped':
      return { icon: '$(debug-start)', title: 'Start consumer', command: 'startConsumer' }
  }
}
