import type { Problem } from '../base/problem.ts'

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

export interface Broker {
  readonly id: number
  readonly host: string
  readonly port: number
  readonly rack?: string
  /** Registered but not alive (DescribeCluster v2, Kafka 4.0). */
  readonly fenced?: boolean
}

export interface QuorumReplica {
  readonly replicaId: number
  readonly logEndOffset: bigint
  /** Ms since the epoch. */
  readonly lastCaughtUpTimestamp?: number
}

/** The KRaft metadata quorum (KIP-595, DescribeQuorum). */
export interface Quorum {
  readonly leaderId?: number
  readonly leaderEpoch: number
  readonly highWatermark: bigint
  readonly voters: readonly QuorumReplica[]
  readonly observers: readonly QuorumReplica[]
}

export interface Partition {
  readonly partition: number
  /** Absent: no leader now. */
  readonly leader?: number
  readonly leaderEpoch?: number
  readonly replicas: readonly number[]
  readonly inSyncReplicas: readonly number[]
  readonly offlineReplicas: readonly number[]
  readonly problem?: Problem
}

export interface Topic {
  readonly name: string
  readonly topicId?: string
  readonly internal: boolean
  readonly partitions: readonly Partition[]
  readonly problem?: Problem
}

/** Fewer in-sync replicas than replicas. */
export function isUnderReplicated(partition: Partition): boolean {
  return partition.inSyncReplicas.length < partition.replicas.length
}

export interface ConfigEntry {
  readonly name: string
  /** Absent: sensitive, the broker does not tell. */
  readonly value?: string
  /** Set on this very resource, or on the broker, in difference to Kafka's default. */
  readonly source: 'topic' | 'broker' | 'broker-default' | 'static' | 'default' | 'unknown'
  readonly readOnly: boolean
  readonly sensitive: boolean
}

export interface LogDirectory {
  readonly brokerId: number
  readonly path: string
  readonly totalBytes?: bigint
  readonly usableBytes?: bigint
  readonly replicas: readonly (TopicPartition & {
    readonly sizeBytes: bigint
    /** A replica on its way to another directory. */
    readonly future: boolean
  })[]
  readonly problem?: Problem
}

/** `consumer` is the KIP-848 protocol, `share` KIP-932, `streams` KIP-1071. */
export type GroupType = 'classic' | 'consumer' | 'share' | 'streams' | 'unknown'

export interface GroupListing {
  readonly groupId: string
  readonly type: GroupType
  /** `consumer` for consumers; Connect and others use their own; empty for commits without a member. */
  readonly protocolType: string
  /** Kafka's own word: Stable, Empty, PreparingRebalance, Assigning, … Absent on old brokers. */
  readonly state?: string
}

export interface Member {
  readonly memberId: string
  readonly clientId: string
  /** As Kafka tells it, with its leading slash removed. */
  readonly host: string
  readonly instanceId?: string
  readonly rack?: string
  readonly assignment: readonly TopicPartition[]
  /** KIP-848: what the coordinator wants this member to have. */
  readonly targetAssignment?: readonly TopicPartition[]
  readonly subscribedTopics: readonly string[]
  readonly memberEpoch?: number
}

export interface Group {
  readonly groupId: string
  readonly type: GroupType
  readonly protocolType: string
  readonly state: string
  readonly assignor?: string
  /** Generation of a classic group is not told by the broker; epoch of the newer types is. */
  readonly groupEpoch?: number
  readonly coordinatorId?: number
  readonly members: readonly Member[]
  readonly problem?: Problem
}

export interface CommittedOffset extends TopicPartition {
  /** Absent: no commit. */
  readonly committedOffset?: bigint
  readonly metadata?: string
  readonly problem?: Problem
}
