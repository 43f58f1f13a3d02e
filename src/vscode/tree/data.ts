import type { Problem } from '../../base/problem.ts'
import type { ClusterDescription, OffsetAnswer } from '../../kafka/cluster.ts'
import type {
  CommittedOffset,
  ConfigEntry,
  Group,
  GroupListing,
  Quorum,
  Topic,
} from '../../kafka/model.ts'

/** An answer, or why there is none. With both, the answer is an older one. */
export interface Slot<T> {
  readonly value?: T
  readonly problem?: Problem
}

/** What the tree knows of one cluster. Absent: not asked yet. */
export interface ClusterData {
  brokers?: Slot<BrokersData>
  topics?: Slot<ReadonlyMap<string, Topic>>
  groups?: Slot<GroupsData>
  /** Of topics that were opened. */
  readonly topicDetails: Map<string, Slot<TopicDetails>>
  /** Of groups that were opened. */
  readonly groupDetails: Map<string, Slot<GroupDetails>>
}

export interface BrokersData {
  readonly description: ClusterDescription
  /** Without a value: none to see, in ZooKeeper mode or not allowed. */
  readonly quorum: Slot<Quorum | undefined>
}

export interface GroupsData {
  readonly groups: ReadonlyMap<string, GroupListing>
  /** Brokers that did not tell their groups. */
  readonly problems: readonly Problem[]
}

export interface TopicDetails {
  readonly topic: Topic
  readonly starts: Slot<Offsets>
  readonly ends: Slot<Offsets>
  /** On the leader, by partition. */
  readonly sizes: Slot<ReadonlyMap<number, bigint>>
  readonly configs: Slot<readonly ConfigEntry[]>
}

export type Offsets = ReadonlyMap<number, Pick<OffsetAnswer, 'offset' | 'problem'>>

export interface GroupDetails {
  readonly group: Slot<Group>
  /** By topic, then by partition, sorted. */
  readonly topics: ReadonlyMap<string, readonly GroupPartition[]>
  /** Why commits could not be read. */
  readonly problem?: Problem
}

/** A partition that a group has committed to or reads. */
export interface GroupPartition {
  readonly topic: string
  readonly partition: number
  readonly owner?: string
  readonly committed: CommittedOffset | undefined
  readonly logStartOffset?: bigint
  readonly logEndOffset?: bigint
  /** Absent: not known. */
  readonly lag?: bigint
  /** `lag` is the most it can be: there is no commit. */
  readonly bound: boolean
  readonly problem?: Problem
}

export function emptyData(): ClusterData {
  return { topicDetails: new Map(), groupDetails: new Map() }
}
