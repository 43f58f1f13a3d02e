import kafkajs, { type Consumer, type EachBatchPayload, type TopicOffsets } from 'kafkajs'
import type { Socket } from 'node:net'
import { ProblemError, problemOf, type Problem } from '../base/problem.ts'
import type { JoinRequest, JoinUpdate } from '../kafka/cluster.ts'
import type { Positions } from '../kafka/reading.ts'
import type { KafkaRecord } from '../kafka/record.ts'
import { parseAddresses, showAddress, type Address } from './addresses.ts'
import { assigners } from './assigners.ts'
import { CONNECT_TIMEOUT_MS } from './connection.ts'
import { connectionProblem } from './connectionProblems.ts'
import { registerCodecs } from './compression.ts'
import { isNotCoordinated, whenCoordinated } from './coordinated.ts'
import { CODE } from './errorCodes.ts'
import { describeGroups } from './groups.ts'
import { harden, headersOf, OUT_OF_RANGE } from './harden.ts'
import type { OffsetContext } from './offsets.ts'
import { resolvePositions } from './positions.ts'
import { kafkaProblem, problem } from './problems.ts'
import { Handover } from './queue.ts'
import { openSocket, type SocketRequest } from './sockets.ts'
import { tlsOptions } from './tls.ts'
import { pause, toError, within } from './waiting.ts'

/** Short, so that a member that vanished does not hold its partitions for long, ms. */
const SESSION_TIMEOUT_MS = 10_000
const HEARTBEAT_MS = 3_000
/** A fetch that waits for records holds up the end by as long, ms. */
const MAX_WAIT_MS = 500
/** How long it may take to notice that a partition has a leader again, ms. */
const METADATA_MAX_AGE_MS = 10_000
/** How long leaving the group and committing may take before the sockets are closed, ms. */
const STOP_TIMEOUT_MS = 5_000

export interface JoinContext extends OffsetContext {
  /** The leaving of members that were told to stop, so that closing can wait for it. */
  readonly leaving: Set<Promise<void>>
}

/**
 * Joins the group as a classic member, reads and commits until the signal aborts or the limit is
 * reached, and leaves the group then. Never throws: what goes wrong is an update, and the last one if it ends the reading.
 */
export async function* joinGroup(
  context: JoinContext,
  request: JoinRequest,
  signal: AbortSignal,
): AsyncGenerator<JoinUpdate> {
  if (isOver(signal)) return
  const started = await prepare(context, request, signal)
  if (isOver(signal)) return
  if ('problem' in started) {
    yield { kind: 'problem', problem: started.problem }
    return
  }
  const member = new GroupMember(context, request, started)
  const onAbort = () => member.stop()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    member.start()
    yield* member.updates
  } finally {
    signal.removeEventListener('abort', onAbort)
    await member.stopped()
  }
}

/** A function, because a check of the property would count as settled for what follows. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted
}

interface Plan {
  /** Partitions to read; the others of the topic are paused. */
  readonly wanted: ReadonlySet<number>
  /** Where to seek on joining; empty: the group's commits decide. */
  readonly seeks: ReadonlyMap<number, bigint>
  /** The first offset not to read; absent: new records keep coming. */
  readonly ends?: ReadonlyMap<number, bigint>
}

/** Checks what kafkajs would answer in its own way: topic, partitions, group, positions. */
async function prepare(
  context: OffsetContext,
  request: JoinRequest,
  signal: AbortSignal,
): Promise<Plan | { readonly problem: Problem }> {
  const { topic, groupId, from, fallback } = request
  try {
    const found = (await context.leaders.topics(new Set([topic]), true, { signal })).get(topic)
    const code = found?.errorCode ?? CODE.unknownTopicOrPartition
    const missing = kafkaProblem(code, `Topic ${topic}`)
    if (missing) return { problem: missing }
    const all = (found?.partitions ?? []).map(({ partitionIndex }) => partitionIndex)
    const wanted = request.partitions ?? all
    const unknown = wanted.find(partition => !all.includes(partition))
    if (unknown !== undefined) return { problem: noSuchPartition(topic, unknown, all.length) }
    const refused = await groupProblem(context, groupId, signal)
    if (refused) return { problem: refused }
    const seeks = from
      ? await resolvePositions(
          context,
          { topic, partitions: wanted, positions: from, fallback },
          { signal },
        )
      : new Map<number, bigint>()
    const ends = await endsOf(context, request, wanted, signal)
    return { wanted: new Set(wanted), seeks, ...(ends && { ends }) }
  } catch (error) {
    return { problem: problemOf(error) }
  }
}

/** An end beyond the log is not waited for, as in a read without a group. */
async function endsOf(
  context: OffsetContext,
  { topic, to, fallback }: JoinRequest,
  partitions: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, bigint> | undefined> {
  if (!to) return undefined
  const resolve = (positions: Positions) =>
    resolvePositions(context, { topic, partitions, positions, fallback }, { signal })
  const [asked, logs] = await Promise.all([resolve(to), resolve({ all: { kind: 'latest' } })])
  return new Map(
    [...logs].map(([partition, logEnd]) => {
      const end = asked.get(partition) ?? logEnd
      return [partition, end < logEnd ? end : logEnd]
    }),
  )
}

function noSuchPartition(topic: string, partition: number, count: number): Problem {
  return problem(
    'no-such-partition',
    `Topic ${topic} has no partition ${partition}.`,
    count === 1 ? 'Its only partition is 0.' : `Its partitions are 0 to ${count - 1}.`,
  )
}

/** kafkajs tells neither why it finds no coordinator, nor that a share group takes no consumer. */
async function groupProblem(
  context: OffsetContext,
  groupId: string,
  signal: AbortSignal,
): Promise<Problem | undefined> {
  const wanted = [{ groupId, type: 'unknown' }] as const
  const [group] = await whenCoordinated(() => describeGroups(context, wanted, { signal }), signal)
  const refused = group?.problem
  if (refused?.code === 'GROUP_AUTHORIZATION_FAILED' || isNotCoordinated(refused)) return refused
  if (group?.type !== 'share' && group?.type !== 'streams') return undefined
  return problem(
    'wrong-group-type',
    `Group ${groupId} is a ${group.type} group, which a consumer cannot join.`,
    'Use another group.',
  )
}

const STOPPED = 'The consumer has stopped.'
const NONE: ReadonlyMap<number, bigint> = new Map()

class GroupMember {
  readonly updates = new Handover<JoinUpdate>()
  readonly #request: JoinRequest
  readonly #plan: Plan
  readonly #sockets = new Set<Socket>()
  readonly #consumer: Consumer
  readonly #context: JoinContext
  readonly #toSeek: Map<number, bigint>
  /** How many records may still be handed over. */
  #left: number
  /** Partitions that it has and that are not read to their ends yet. */
  #unfinished: Set<number> | undefined
  #stopping: Promise<void> | undefined

  constructor(context: JoinContext, request: JoinRequest, plan: Plan) {
    harden()
    registerCodecs({})
    this.#context = context
    this.#request = request
    this.#plan = plan
    this.#toSeek = new Map(plan.seeks)
    this.#left = request.limit ?? Number.POSITIVE_INFINITY
    this.#consumer = this.#createConsumer()
    this.#listen()
  }

  start(): void {
    this.#run().catch((error: unknown) => this.#fail(error))
  }

  /** Ends the updates at once; leaving the group goes on behind. */
  stop(): void {
    this.updates.end()
    if (this.#stopping) return
    const { leaving } = this.#context
    const stopping = this.#leave().finally(() => leaving.delete(stopping))
    leaving.add(stopping)
    this.#stopping = stopping
  }

  async stopped(): Promise<void> {
    this.stop()
    await this.#stopping
  }

  async #leave(): Promise<void> {
    try {
      await within(this.#consumer.disconnect(), {
        ms: STOP_TIMEOUT_MS,
        onTimeout: () => new Error('Leaving the group took too long.'),
      })
    } catch (error) {
      this.#context.client.log.debug(toError(error).message)
    }
    for (const socket of this.#sockets) socket.destroy()
  }

  async #run(): Promise<void> {
    const { topic, fallback } = this.#request
    await this.#consumer.connect()
    await this.#consumer.subscribe({ topic, fromBeginning: fallback === 'earliest' })
    await this.#consumer.run({
      eachBatchAutoResolve: false,
      eachBatch: payload => this.#take(payload),
    })
  }

  #createConsumer(): Consumer {
    const { config, log } = this.#context.client
    const seeds = seedNames(config.bootstrapServers)
    const kafka = new kafkajs.Kafka({
      clientId: config.clientId,
      brokers: [...seeds.keys()],
      ...(config.tls && { ssl: tlsOptions(config.tls) }),
      ...(config.sasl && { sasl: saslOf(config.sasl) }),
      connectionTimeout: CONNECT_TIMEOUT_MS,
      socketFactory: socket => this.#openSocket(socket, seeds),
      logCreator:
        () =>
        ({ log: entry }) =>
          log.trace(`kafkajs: ${entry.message}`),
    })
    return kafka.consumer({
      groupId: this.#request.groupId,
      allowAutoTopicCreation: false,
      partitionAssigners: assigners,
      readUncommitted: this.#request.isolation === 'read_uncommitted',
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      maxWaitTimeInMs: MAX_WAIT_MS,
      metadataMaxAge: METADATA_MAX_AGE_MS,
      retry: { retries: 5, restartOnFailure: () => Promise.resolve(!this.updates.ended) },
    })
  }

  #openSocket(request: SocketRequest, seeds: ReadonlyMap<string, Address>): Socket {
    if (this.updates.ended && this.#sockets.size > 0) throw new Error(STOPPED)
    const seed = seeds.get(`${request.host}:${request.port}`)
    const socket = openSocket({ ...request, ...seed })
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    return socket
  }

  #listen(): void {
    const { events } = this.#consumer
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      const { topic } = this.#request
      const assigned = payload.memberAssignment[topic] ?? []
      const sought = new Map(this.#toSeek)
      this.#pauseAndSeek(assigned)
      void this.#begin(assigned, sought)
      void this.updates.put({ kind: 'joined', memberId: payload.memberId, partitions: assigned })
    })
    this.#consumer.on(events.REBALANCING, () => {
      void this.updates.put({ kind: 'rebalancing' })
    })
    this.#consumer.on(events.COMMIT_OFFSETS, ({ payload }) => {
      if (OUT_OF_RANGE in payload) payload.topics.forEach(topic => this.#tellReset(topic))
    })
    // Also told of batches that hold nothing but markers and aborted records.
    this.#consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      this.#reached(payload.partition, BigInt(payload.lastOffset) + 1n)
    })
    this.#consumer.on(events.CRASH, ({ payload }) => {
      if (payload.restart) this.#tell(payload.error)
      else this.#fail(payload.error)
    })
  }

  /** Before the first fetch: kafkajs calls its listeners at once. Each partition is sought once. */
  #pauseAndSeek(assigned: readonly number[]): void {
    const { topic } = this.#request
    const paused = assigned.filter(partition => !this.#plan.wanted.has(partition))
    if (paused.length > 0) this.#consumer.pause([{ topic, partitions: paused }])
    for (const partition of assigned) {
      const offset = this.#toSeek.get(partition)
      if (offset === undefined) continue
      this.#consumer.seek({ topic, partition, offset: String(offset) })
      this.#toSeek.delete(partition)
    }
  }

  /** Finds out which of the partitions that it has are read to their ends already. */
  async #begin(assigned: readonly number[], sought: ReadonlyMap<number, bigint>): Promise<void> {
    const { ends } = this.#plan
    if (!ends) return
    const partitions = assigned.filter(partition => ends.has(partition))
    const unfinished = new Set(partitions)
    this.#unfinished = unfinished
    try {
      const { topic, groupId, fallback } = this.#request
      const positions: Positions = { all: { kind: 'committed', group: groupId } }
      const asked = { topic, partitions, positions, fallback }
      const commits = partitions.length > 0 ? await resolvePositions(this.#context, asked) : NONE
      if (this.#unfinished !== unfinished) return
      for (const partition of partitions) {
        const position = sought.get(partition) ?? commits.get(partition)
        if (position !== undefined) this.#reached(partition, position)
      }
      if (unfinished.size === 0) this.updates.end()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Ends the updates when the last of its partitions has been read to its end. */
  #reached(partition: number, position: bigint): void {
    const { ends } = this.#plan
    if (!ends || position < (ends.get(partition) ?? 0n)) return
    if (!this.#unfinished?.delete(partition)) return
    this.#consumer.pause([{ topic: this.#request.topic, partitions: [partition] }])
    if (this.#unfinished.size === 0) this.updates.end()
  }

  #beforeEnd(partition: number, records: readonly KafkaRecord[]): readonly KafkaRecord[] {
    const end = this.#plan.ends?.get(partition)
    return end === undefined ? records : records.filter(({ offset }) => offset < end)
  }

  /**
   * What the taker is done with counts as consumed, and is committed, also where it is done after
   * the end was asked for; the rest of a batch past the limit is not.
   */
  async #take(payload: EachBatchPayload): Promise<void> {
    this.#throwIfStopped()
    const { partition } = payload.batch
    const records = this.#upToLimit(this.#beforeEnd(partition, recordsOf(payload)))
    const waiting = new AbortController()
    const taken = this.updates.put({ kind: 'records', records }).finally(() => waiting.abort())
    while (!isOver(waiting.signal)) {
      await payload.heartbeat()
      await pause(HEARTBEAT_MS / 3, waiting.signal).catch(() => undefined)
    }
    if (!(await taken)) throw new Error(STOPPED)
    const whole = records.length === payload.batch.messages.length
    const last = whole ? payload.batch.lastOffset() : records.at(-1)?.offset.toString()
    if (last !== undefined) payload.resolveOffset(last)
    if (this.#left <= 0) this.updates.end()
  }

  #upToLimit(records: readonly KafkaRecord[]): readonly KafkaRecord[] {
    const { counts = () => true } = this.#request
    const end = records.findIndex(record => {
      if (counts(record)) this.#left--
      return this.#left <= 0
    })
    return end < 0 ? records : records.slice(0, end + 1)
  }

  #throwIfStopped(): void {
    if (this.updates.ended) throw new Error(STOPPED)
  }

  #tellReset({ topic, partitions }: TopicOffsets): void {
    const to = this.#request.fallback === 'earliest' ? 'the beginning' : 'the end'
    for (const { partition, offset } of partitions) {
      const reset = problem(
        'OFFSET_OUT_OF_RANGE',
        `Partition ${topic}-${partition}: the group's position is not in the log, so it was set to ${to}, offset ${offset}.`,
        'Nothing to do, unless the group should start elsewhere.',
      )
      void this.updates.put({ kind: 'problem', problem: reset })
      if (topic === this.#request.topic) this.#reached(partition, BigInt(offset))
    }
  }

  #tell(error: unknown): void {
    if (!this.updates.ended) {
      void this.updates.put({ kind: 'problem', problem: this.#problemOf(error) })
    }
  }

  #fail(error: unknown): void {
    this.#tell(error)
    this.stop()
  }

  /** kafkajs wraps what went wrong in what it did about it. */
  #problemOf(error: unknown): Problem {
    let inner = error
    while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause
    if (inner instanceof ProblemError) return inner.problem
    const { code, type } = inner as { code?: unknown; type?: unknown }
    if (typeof code === 'number' && code > 0 && typeof type === 'string') {
      const found = kafkaProblem(code, `Group ${this.#request.groupId}`)
      if (found) return found
    }
    const { config } = this.#context.client
    const [address] = parseAddresses(config.bootstrapServers)
    if (!address) return problemOf(inner)
    return connectionProblem(inner, { address, stage: 'request', config })
  }
}

function recordsOf({ batch }: EachBatchPayload): KafkaRecord[] {
  return batch.messages.map(message => ({
    topic: batch.topic,
    partition: batch.partition,
    offset: BigInt(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key,
    value: message.value,
    headers: headersOf(message),
  }))
}

function saslOf({ mechanism, username, password }: NonNullable<JoinConfig['sasl']>) {
  switch (mechanism) {
    case 'PLAIN':
      return { mechanism: 'plain', username, password } as const
    case 'SCRAM-SHA-256':
      return { mechanism: 'scram-sha-256', username, password } as const
    case 'SCRAM-SHA-512':
      return { mechanism: 'scram-sha-512', username, password } as const
  }
}

type JoinConfig = OffsetContext['client']['config']

/** kafkajs splits addresses at the first colon, so that an IPv6 one goes by another name. */
function seedNames(servers: readonly string[]): ReadonlyMap<string, Address> {
  return new Map(
    parseAddresses(servers).map((address, i) => [
      address.host.includes(':') ? `seed-${i}:${address.port}` : showAddress(address),
      address,
    ]),
  )
}
