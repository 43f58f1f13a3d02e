import type { GroupWatch, WatchOptions } from '../../lag/watch.ts'

/** Where the lag of a group comes from; shared with the panels, so that nothing is asked twice. */
export interface LagWatches {
  /** Opens a connection unless there is one: only for clusters that are connected. */
  watch(clusterId: string, groupId: string, options?: WatchOptions): GroupWatch
}
