import type { Block } from '../language/tree.ts'

/** Whether running a block reads partitions. A CONSUMER with a group most often joins it instead. */
export function readsPartitions({ kind, group }: Block): boolean {
  return (kind === 'EXPECT' || kind === 'CONSUMER') && !group
}
