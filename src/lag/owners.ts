import type { Group } from '../kafka/model.ts'
import { partitionName, type Owner, type Ownership } from './reading.ts'

export interface Ownerships {
  /** By partition name. */
  readonly owners: ReadonlyMap<string, Owner>
  /** What it means that a partition is not among the owners. */
  readonly otherwise: 'none' | 'unknown'
}

/** Who owns what, as far as this description tells. */
export function ownershipsOf(group: Group): Ownerships {
  const owners = new Map<string, Owner>()
  for (const { memberId, clientId, host, assignment } of group.members)
    for (const partition of assignment)
      owners.set(partitionName(partition), { memberId, clientId, host })
  return { owners, otherwise: tellsAssignments(group) ? 'none' : 'unknown' }
}

/** Commits come from a consumer that never joins: its assignment is known to itself alone. */
export function isManual(group: Group): boolean {
  return (
    group.type === 'classic' &&
    group.protocolType === '' &&
    group.members.length === 0 &&
    group.state === 'Empty'
  )
}

/** DescribeGroups tells assignments in state Stable only; the newer types tell them always. */
function tellsAssignments(group: Group): boolean {
  if (group.problem || isManual(group)) return false
  return group.members.length === 0 || group.state === 'Stable'
}

/** The owner now, or the last one while the group is between two assignments. */
export function ownerOf(
  name: string,
  ownerships: Ownerships,
  before: Owner | undefined,
): { readonly owner?: Owner; readonly ownership: Ownership } {
  const owner = ownerships.owners.get(name)
  if (owner) return { owner, ownership: 'owned' }
  if (ownerships.otherwise === 'none') return { ownership: 'none' }
  return before ? { owner: before, ownership: 'kept' } : { ownership: 'unknown' }
}
