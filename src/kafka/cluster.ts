import type { Problem } from '../base/problem.ts'
import type { KafkaRecord } from './record.ts'
import type { ReadRequest, ReadUpdate } from './reading.ts'
import type { RecordView, ViewRequest } from './recordView.ts'
import type {
  Broker,
  CommittedOffset,
  ConfigEntry,
  Group,
  GroupListing,
  LogDirectory,
  Quorum,
  Topic,
  TopicPartition,
} from './model.ts'

/** Every call that goes to a broker can be cancelled; each also has a deadline of its own. */
export interface Ask {
  readonly signal?: AbortSignal
}

export interface ClusterDescription {
  readonly clusterId?: string
  /** In KRaft mode any live broker is named here; the quorum's leader is in `Quorum`. */
  readonly controllerId?: number
  readonly brokers: readonly Broker[]
  /** Whether a topic that does not exist is made on first use; unknown where configs are refused. */
  readonly autoCreateTopics?: boolean
}

/** Where in a partition: by name, or the first record at or after a time (ms since the epoch). */
export type OffsetSpec = 'earliest' | 'latest' | 'last-stable' | { readonly timestamp: number }

export interface OffsetQuery extends TopicPartition {
  readonly at: OffsetSpec
}

export interface OffsetAnswer extends TopicPartition {
  /** Absent when a time was asked that no record reaches, or when there is a problem. */
  readonly offset?: bigint
  /** Of the record found by time, ms since the epoch. */
  readonly timestamp?: number
  readonly problem?: Problem
}

export interface GroupOffsets {
  readonly groupId: string
  readonly offsets: readonly CommittedOffset[]
  readonly problem?: Problem
}

/** A share group's progress, which only the broker can count (KIP-932, KIP-1226). */
export interface ShareGroupOffset extends TopicPartition {
  readonly startOffset?: bigint
  /** Records not yet delivered for good; reported from Kafka 4.2 on. */
  readonly lag?: bigint
  readonly problem?: Problem
}

export interface NewTopic {
  readonly name: string
  /** Absent: the broker's default. */
  readonly partitions?: number
  readonly replicationFactor?: number
  readonly configs?: Readonly<Record<string, string>>
}

export interface OutgoingRecord {
  /** Absent: chosen from the key as the Java client does (murmur2), or at random without a key. */
  readonly partition?: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  /** In order; duplicates and null values are kept. */
  readonly headers: readonly (readonly [name: string, value: Uint8Array | null])[]
  /** Create time, ms since the epoch. Absent: now. */
  readonly timestamp?: number
}

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

export interface ProduceRequest extends ProduceSettings {
  readonly topic: string
  readonly records: readonly OutgoingRecord[]
}

/** How records are written. */
export interface ProduceSettings {
  /** Default `all`. */
  readonly acks?: 'all' | '0' | '1'
  readonly compression?: Compression
  /**
   * Numbers what is sent, so that it is sent again after a lost answer and yet is written once per
   * partition, in order (KIP-98). Needs `acks: all`. Default false.
   */
  readonly idempotent?: boolean
}

/** Values side by side in bytes that they share: a million of them are no million objects. */
export interface PackedValues {
  readonly bytes: Uint8Array
  /** Of each value where it begins in `bytes` and where it ends. */
  readonly bounds: Int32Array
  readonly count: number
}

export interface ProduceValuesRequest extends ProduceSettings {
  readonly topic: string
  /** Neither may change before the call has ended. */
  readonly values: PackedValues
  /** What all of these records have beside their value. */
  readonly common: Omit<OutgoingRecord, 'value'>
  /**
   * What has to end before these are sent, so that their order is kept; they are made ready while it
   * is on its way. False: they are not sent, and the call gives nothing. Never rejects.
   */
  readonly after?: Promise<boolean>
}

/** What became of values that stand one behind the other: all of them are written, or none is. */
export interface ValuesOutcome {
  readonly count: number
  /** Of the last of them. */
  readonly outcome: ProduceOutcome
}

/** What became of one record, in the order of the request. */
export interface ProduceOutcome {
  readonly partition?: number
  /** Absent with acks 0, and when there is a problem. */
  readonly offset?: bigint
  /** As the broker stored it, ms since the epoch. */
  readonly timestamp?: number
  readonly problem?: Problem
}

/**
 * Records of several calls and topics that become visible together, or not at all, to readers of
 * committed records (KIP-98). Whoever began it ends it: it is open until `commit` or `abort`, or for
 * five minutes. A record that could not be written makes it one that can only be aborted.
 */
export interface Transaction {
  /** As `Cluster.produce`, with `acks: all`; outcomes of an aborted transaction do not count. */
  produce(request: ProduceRequest, ask?: Ask): Promise<readonly ProduceOutcome[]>
  produceValues?(request: ProduceValuesRequest, ask?: Ask): Promise<readonly ValuesOutcome[]>
  /**
   * Rejects with `ProblemError` where it was not committed: after a record that failed it is aborted
   * instead (`transaction-aborted`); another producer may have taken over (`PRODUCER_FENCED`).
   */
  commit(ask?: Ask): Promise<void>
  /** Aborts what was not ended before; waits for what is on its way. */
  abort(ask?: Ask): Promise<void>
}

export interface JoinRequest {
  readonly groupId: string
  readonly topic: string
  /** Absent: all. With it the member still joins for the whole topic and pauses the others. */
  readonly partitions?: readonly number[]
  /** Where to seek after joining; absent: the group's committed offsets, else `fallback`. */
  readonly from?: ReadRequest['from']
  readonly fallback: 'earliest' | 'latest'
  /** Ends after so many records, and commits no further than the last of them. */
  readonly limit?: number
  /**
   * As `ReadRequest.to`: ends when each partition that the member was given is read to there, and
   * commits no further.
   */
  readonly to?: ReadRequest['to']
  /** Whether a record counts for the limit, asked once of each before it is handed on. Default: all. */
  readonly counts?: (record: KafkaRecord) => boolean
  /** Default `read_committed`. */
  readonly isolation?: 'read_committed' | 'read_uncommitted'
}

/** What a consumer that really joins its group tells while it runs. */
export type JoinUpdate =
  | { readonly kind: 'joined'; readonly memberId: string; readonly partitions: readonly number[] }
  | { readonly kind: 'records'; readonly records: readonly KafkaRecord[] }
  | { readonly kind: 'rebalancing' }
  | { readonly kind: 'problem'; readonly problem: Problem }

/** Who keeps a partition's last stable offset from going on. */
export interface OpenTransactions extends TopicPartition {
  readonly producers: readonly {
    readonly producerId: bigint
    readonly producerEpoch: number
    /** Where its open transaction begins. */
    readonly startOffset: bigint
    /** Ms since the epoch, of its last write; absent where it is not told. */
    readonly lastTimestamp?: number
  }[]
  readonly problem?: Problem
}

/**
 * A connected Kafka cluster: the port through which the rest of the program sees Kafka.
 *
 * Looking never changes the cluster: no call but `createTopics`, `deleteTopics`, `produce`,
 * `transaction` and `join` writes anything, joins a group, commits, or makes a topic. What may fail per item
 * carries a `problem` per item; a call rejects (with `ProblemError`) only when it has no answer at
 * all. What the user may not see is absent or a problem, never a zero.
 */
export interface Cluster {
  describe(ask?: Ask): Promise<ClusterDescription>
  /** Undefined where there is none to see: ZooKeeper mode, or too old. Not allowed: rejects. */
  quorum(ask?: Ask): Promise<Quorum | undefined>
  /** Every topic the user may describe, with its partitions: one Metadata request. */
  listTopics(ask?: Ask): Promise<readonly Topic[]>
  /** These topics, in this order; one that does not exist has a problem. Never creates one. */
  describeTopics(names: readonly string[], ask?: Ask): Promise<readonly Topic[]>
  /** Configs by topic; entries are marked where they differ from the default. */
  topicConfigs(
    names: readonly string[],
    ask?: Ask,
  ): Promise<ReadonlyMap<string, readonly ConfigEntry[] | Problem>>
  brokerConfigs(brokerId: number, ask?: Ask): Promise<readonly ConfigEntry[] | Problem>
  /** Sizes on disk, by broker; absent topics means all. */
  logDirectories(topics: readonly string[] | undefined, ask?: Ask): Promise<readonly LogDirectory[]>
  /** One request per leader and per kind of query; answers in the order of the queries. */
  listOffsets(queries: readonly OffsetQuery[], ask?: Ask): Promise<readonly OffsetAnswer[]>
  /** Groups of all brokers; a broker that does not answer is a problem beside the others' groups. */
  listGroups(
    ask?: Ask,
  ): Promise<{ readonly groups: readonly GroupListing[]; readonly problems: readonly Problem[] }>
  /**
   * Each group by the request of its own type; `type` absent: found out. `whenCoordinated`: a group
   * that has no coordinator yet, as after the start of a broker, is waited for up to half a minute.
   */
  describeGroups(
    groups: readonly Pick<GroupListing, 'groupId' | 'type'>[],
    ask?: Ask & { readonly whenCoordinated?: boolean },
  ): Promise<readonly Group[]>
  /** All commits of these groups: one OffsetFetch per coordinator. */
  committedOffsets(groupIds: readonly string[], ask?: Ask): Promise<readonly GroupOffsets[]>
  shareGroupOffsets(groupId: string, ask?: Ask): Promise<readonly ShareGroupOffset[]>
  createTopics(
    topics: readonly NewTopic[],
    ask?: Ask,
  ): Promise<readonly { readonly name: string; readonly problem?: Problem }[]>
  deleteTopics(
    names: readonly string[],
    ask?: Ask,
  ): Promise<readonly { readonly name: string; readonly problem?: Problem }[]>
  /** One outcome per record, in order: a record that was not written says so. */
  produce(request: ProduceRequest, ask?: Ask): Promise<readonly ProduceOutcome[]>
  /**
   * As `produce`, for very many records. Without a key the values are spread over the partitions in
   * long runs. Absent: `produce` does it.
   */
  produceValues?(request: ProduceValuesRequest, ask?: Ask): Promise<readonly ValuesOutcome[]>
  /**
   * Begins a transaction under this id. What another producer, or an earlier run that broke off, left
   * open under it is aborted, and that producer can write no more.
   */
  transaction(id: string, ask?: Ask): Promise<Transaction>
  /** Joins the group as a member, reads and commits until the signal aborts. */
  join(request: JoinRequest, ask: { readonly signal: AbortSignal }): AsyncIterable<JoinUpdate>
  /** Reads partitions directly: no group, no commit, nothing created. */
  read(request: ReadRequest, ask: { readonly signal: AbortSignal }): AsyncIterable<ReadUpdate>
  /** These topics may be read soon: connects as `read` needs it, and says nothing. */
  warmUp?(topics: readonly string[]): void
  /**
   * Reads as `read` does, or takes records that are fed to it, and holds them where they can be
   * looked at row by row: nothing but what is shown comes to the caller. The caller disposes it.
   */
  view(request: ViewRequest): RecordView
  /**
   * Producers with an open transaction in these partitions: DescribeProducers (KIP-664), Kafka 2.8.
   * A partition that cannot be asked has a problem.
   */
  openTransactions(
    partitions: readonly TopicPartition[],
    ask?: Ask,
  ): Promise<readonly OpenTransactions[]>
  /** Closes every connection at once; pending calls reject. */
  close(): Promise<void>
}
