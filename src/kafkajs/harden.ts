import Cluster from 'kafkajs/src/cluster/index.js'
import OffsetManager from 'kafkajs/src/consumer/offsetManager/index.js'
import { checkTargets, hardenConnections, type PatchTarget } from './hardenConnections.ts'
import Decoder from 'kafkajs/src/protocol/decoder.js'
import protocolError from 'kafkajs/src/protocol/error.js'
import fetchResponse, {
  type FetchedMessage,
  type FetchedPartition,
} from 'kafkajs/src/protocol/requests/fetch/v11/response.js'
import metadataV4 from 'kafkajs/src/protocol/requests/metadata/v4/response.js'
import metadataV5 from 'kafkajs/src/protocol/requests/metadata/v5/response.js'
import metadataV6 from 'kafkajs/src/protocol/requests/metadata/v6/response.js'

/**
 * Every change to kafkajs 2.2.4, with that of its connections in `hardenConnections.ts`. The library is pinned, so that what is patched here
 * stays as it is; should it ever not be, `harden` throws rather than patch nothing.
 *
 * What needs no patch is avoided: sockets are opened by `sockets.ts` (a close told as an end, no
 * piling up of listeners, no process kept alive), requests are answered by this folder's own
 * definitions, and records are written by `recordBatch.ts`, because kafkajs's encoder loses the
 * order and the duplicates of headers and refuses null.
 */
let done = false

/** Applies every patch, once. Everything in this folder that touches kafkajs calls it first. */
export function harden(): void {
  if (done) return
  done = true
  hardenConnections()
  checkTargets(PATCHED)
  keepLeaderlessPartitions()
  readBesideLeaderlessPartitions()
  keepHeadersOrdered()
  hideAbortedRecords()
  resetToRealOffsets()
}

/** What the patches replace or rely on: an object and the name of one of its methods. */
const PATCHED: readonly PatchTarget[] = [
  { of: Cluster.prototype, method: 'findLeaderForPartitions' },
  { of: Cluster.prototype, method: 'fetchTopicsOffset' },
  { of: OffsetManager.prototype, method: 'setDefaultOffset' },
  { of: OffsetManager.prototype, method: 'getCoordinator' },
  { of: OffsetManager.prototype, method: 'clearOffsets' },
  { of: Decoder.prototype, method: 'readVarIntArray' },
  { of: Decoder.prototype, method: 'readVarInt' },
  { of: protocolError, method: 'createErrorFromCode' },
  { of: metadataV4, method: 'parse' },
  { of: metadataV5, method: 'parse' },
  { of: metadataV6, method: 'parse' },
  { of: fetchResponse, method: 'decode' },
]

/**
 * One partition without a leader makes kafkajs refuse the whole metadata, after nine seconds of
 * trying again (issue 1460). Its error stays in the data instead; only a topic's own error throws.
 */
function keepLeaderlessPartitions(): void {
  for (const version of [metadataV4, metadataV5, metadataV6]) {
    version.parse = data => {
      const [first, ...others] = data.topicMetadata
      if (first && others.length === 0 && first.topicErrorCode !== 0) {
        return Promise.reject(protocolError.createErrorFromCode(first.topicErrorCode))
      }
      return Promise.resolve(data)
    }
  }
}

/**
 * A consumer asks broker -1 for the offsets of a partition without a leader, and crashes for all its
 * partitions. Left out, such a partition has no offset and is not fetched until it has a leader.
 */
function readBesideLeaderlessPartitions(): void {
  const find = method(Cluster.prototype, 'findLeaderForPartitions')
  Cluster.prototype.findLeaderForPartitions = function (topic, partitions) {
    const byLeader = find.call(this, topic, partitions)
    return Object.fromEntries(Object.entries(byLeader).filter(([leader]) => Number(leader) >= 0))
  }
  const fetch = method(Cluster.prototype, 'fetchTopicsOffset')
  Cluster.prototype.fetchTopicsOffset = async function (topics) {
    const found = await fetch.call(this, topics)
    const missing = topics.filter(({ topic }) => !found.some(other => other.topic === topic))
    return [...found, ...missing.map(({ topic }) => ({ topic, partitions: [] }))]
  }
}

/** What a member tells as `events.COMMIT_OFFSETS` when its position was not in the log. */
export const OUT_OF_RANGE = Symbol('out of range')

/**
 * Where a member's position is not in the log, kafkajs commits -2 or -1, which stand for the
 * beginning and the end in ListOffsets only: in a commit they are taken for offsets, and another
 * client starts elsewhere. The offset itself is committed; without a leader it is not known yet, and
 * the next fetch comes here again.
 */
function resetToRealOffsets(): void {
  OffsetManager.prototype.setDefaultOffset = async function ({ topic, partition }) {
    const { fromBeginning = false } = this.topicConfigurations[topic] ?? {}
    const asked = [{ topic, partitions: [{ partition }], fromBeginning }]
    const found = await this.cluster.fetchTopicsOffset(asked)
    const answer = found[0]?.partitions.find(other => other.partition === partition)
    if (!answer || BigInt(answer.offset) < 0n) return
    const coordinator = await this.getCoordinator()
    const { groupId, memberId, generationId } = this
    const commit = {
      groupId,
      memberId,
      groupGenerationId: generationId,
      topics: [{ topic, partitions: [{ partition, offset: answer.offset }] }],
    }
    await coordinator.offsetCommit(commit)
    this.clearOffsets({ topic, partition })
    const told = Object.assign({ [OUT_OF_RANGE]: true }, commit)
    this.instrumentationEmitter.emit('consumer.commit_offsets', told)
  }
}

/** A method as it is before it is patched, to be called with its object. */
function method<T, K extends keyof T>(of: T, name: K): T[K] {
  return of[name]
}

/** A header as kafkajs's header decoder reads it; null and undefined both stand for null. */
interface DecodedHeader {
  readonly key: string
  readonly value: Buffer | null
}

/**
 * kafkajs folds a record's headers into an object, which loses the order and merges duplicates. The
 * fold is the only use of this method, so that an array whose `reduce` returns the list itself makes
 * `record.headers` that list.
 */
function keepHeadersOrdered(): void {
  Decoder.prototype.readVarIntArray = function <T>(reader: (decoder: Decoder) => T): T[] {
    const items: T[] = []
    for (let left = this.readVarInt(); left > 0; left--) items.push(reader(this))
    return Object.assign(items, { reduce: () => items })
  }
}

/** The headers of a record from kafkajs's consumer, which `harden` has made a list. */
export function headersOf(message: {
  readonly headers?: unknown
}): readonly (readonly [name: string, value: Uint8Array | null])[] {
  if (!Array.isArray(message.headers)) return []
  return (message.headers as readonly DecodedHeader[]).map(header => [header.key, header.value])
}

/**
 * With `read_committed` kafkajs lets aborted records through: it neither sorts the list of aborted
 * transactions nor takes more than one entry per record, and takes a record whose key is four zero
 * bytes for an abort marker. Aborted records are marked as control records here, which kafkajs
 * leaves out while their offsets still count; the list is emptied, so that it does nothing more.
 */
function hideAbortedRecords(): void {
  const decode = fetchResponse.decode.bind(fetchResponse)
  fetchResponse.decode = async payload => {
    const data = await decode(payload)
    for (const { partitions } of data.responses) partitions.forEach(markAborted)
    return data
  }
}

/** Marks every record of an aborted transaction, in the way of the Java client (`CompletedFetch`). */
export function markAborted(
  partition: Pick<FetchedPartition, 'abortedTransactions' | 'messages'>,
): void {
  const waiting = partition.abortedTransactions
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
    .sort((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1))
  const aborted = new Set<string>()
  for (const message of partition.messages) {
    const offset = BigInt(message.offset)
    for (let next = waiting[0]; next && next.firstOffset <= offset; next = waiting[0]) {
      aborted.add(next.producerId)
      waiting.shift()
    }
    const { producerId, inTransaction } = message.batchContext
    if (message.isControlRecord) {
      if (isAbortMarker(message)) aborted.delete(producerId)
    } else if (inTransaction && aborted.has(producerId)) {
      message.isControlRecord = true
    }
  }
  partition.abortedTransactions = []
}

/** The key of a control record is two int16: version, and 0 for abort. */
function isAbortMarker({ key }: FetchedMessage): boolean {
  return key !== null && key.length >= 4 && key.readInt16BE(2) === 0
}
