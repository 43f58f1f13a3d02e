import type { ConnectionOptions } from 'node:tls'
import type { Log } from '../base/log.ts'
import { ProblemError, problemOf, type Problem } from '../base/problem.ts'
import type { ConnectionConfig } from '../kafka/connection.ts'
import { parseAddresses, showAddress, type Address } from './addresses.ts'
import {
  CONNECT_TIMEOUT_MS,
  connectBroker,
  type BrokerConnection,
  type SendOptions,
} from './connection.ts'
import { problem } from './problems.ts'
import { Metadata } from './protocol/metadata.ts'
import type { Api } from './protocol/schema.ts'
import { tlsOptions } from './tls.ts'
import { reasonOf, toError } from './waiting.ts'

export interface AskOptions {
  readonly signal?: AbortSignal | undefined
  /** Deadline of the request in ms, without that of opening a connection. */
  readonly timeout?: number
}

export interface RequestOptions extends AskOptions {
  /** Not a newer version than this. */
  readonly atMost?: number
  /** False for producing with acks 0. */
  readonly answered?: boolean
  /**
   * Requests on one connection are answered in order, so that a long poll holds up what comes after
   * it: give what polls a lane, and so a connection, of its own. Default `main`.
   */
  readonly lane?: string
}

/** Which broker a request goes to: one by its id, or whichever answers. */
export type Destination = number | 'any'

/** One answer to a Metadata request. */
export type ClusterMetadata = ReturnType<(typeof Metadata)['decode']>

/**
 * A low-level client: connections to every broker, opened on first use, shared, closed when idle.
 *
 * Usage by a reader of its own:
 *
 *     const client = openClient(config, log)
 *     const { topics } = await client.metadata(['orders'], { signal })
 *     const leader = topics[0].partitions[0].leaderId          // -1: no leader now
 *     const answer = await client.send(leader, Fetch, body, { signal, timeout, lane: 'fetch' })
 *
 * `send` may be called again before the first answer is there: requests on one lane are pipelined
 * and answered in order. Byte arrays in an answer (`records` of Fetch) are views into the bytes as
 * they came from the socket, not copies. Versions are negotiated per broker, `atMost` limits them.
 *
 * Every call rejects with `ProblemError`, or with the signal's reason when it aborts. An aborted
 * request's answer is dropped when it comes; its connection stays usable. An error code inside an
 * answer is for the caller to look at (`kafkaError`, `kafkaProblem`).
 */
export interface Client {
  readonly config: ConnectionConfig
  readonly log: Log
  /** Topics by name, or all of them; never creates one. Also learns the brokers' addresses. */
  metadata(topics: readonly string[] | undefined, options?: AskOptions): Promise<ClusterMetadata>
  /** One request to one broker, which is connected to first if need be. */
  send<Q, S>(to: Destination, api: Api<Q, S>, body: Q, options?: RequestOptions): Promise<S>
  /** The connection itself, for its version ranges. */
  connection(to: Destination, options?: RequestOptions): Promise<BrokerConnection>
  /** Ids of the brokers as of a few seconds ago. */
  brokerIds(options?: AskOptions): Promise<readonly number[]>
  /** Where the last Metadata said that a broker is. */
  addressOf(nodeId: number): Address | undefined
  /** Closes every connection at once; what is pending rejects, and so does everything after. */
  close(): void
}

/** Brokers close a connection that is idle for 10 minutes themselves (connections.max.idle.ms). */
const IDLE_MS = 5 * 60_000
const IDLE_CHECK_MS = 30_000
/** How long a list of brokers is good enough to ask each of them something. */
const BROKERS_MAX_AGE_MS = 10_000
const MAIN_LANE = 'main'

/** Opens nothing yet. Rejects with `ProblemError` where the config cannot be used. */
export function openClient(
  config: ConnectionConfig,
  log: Log,
  options: {
    /** For opening one connection, ms; default `CONNECT_TIMEOUT_MS`. */ readonly connectTimeout?: number
  } = {},
): Client {
  return new BrokerClient(config, log, options.connectTimeout ?? CONNECT_TIMEOUT_MS)
}

interface Slot {
  readonly opening: Promise<BrokerConnection>
  connection: BrokerConnection | undefined
}

class BrokerClient implements Client {
  readonly config: ConnectionConfig
  readonly log: Log
  readonly #bootstrap: readonly Address[]
  readonly #tls: ConnectionOptions | undefined
  readonly #slots = new Map<string, Slot>()
  readonly #closing = new AbortController()
  readonly #idleTimer: NodeJS.Timeout
  readonly #connectTimeout: number
  #brokers: ReadonlyMap<number, Address> = new Map()
  #brokersKnownAt = 0

  constructor(config: ConnectionConfig, log: Log, connectTimeout: number) {
    this.config = config
    this.log = log
    this.#connectTimeout = connectTimeout
    this.#bootstrap = parseAddresses(config.bootstrapServers)
    this.#tls = config.tls && tlsOptions(config.tls)
    this.#idleTimer = setInterval(() => this.#closeIdle(Date.now()), IDLE_CHECK_MS)
    this.#idleTimer.unref()
  }

  async metadata(
    topics: readonly string[] | undefined,
    options: AskOptions = {},
  ): Promise<ClusterMetadata> {
    const answer = await this.send(
      'any',
      Metadata,
      { topics: topics?.map(name => ({ name })) ?? null },
      options,
    )
    this.#brokers = new Map(
      answer.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]),
    )
    this.#brokersKnownAt = Date.now()
    return answer
  }

  async brokerIds(options?: AskOptions): Promise<readonly number[]> {
    const old = Date.now() - this.#brokersKnownAt > BROKERS_MAX_AGE_MS
    if (old || this.#brokers.size === 0) await this.metadata([], options)
    return [...this.#brokers.keys()]
  }

  addressOf(nodeId: number): Address | undefined {
    return this.#brokers.get(nodeId)
  }

  async send<Q, S>(
    to: Destination,
    api: Api<Q, S>,
    body: Q,
    options: RequestOptions = {},
  ): Promise<S> {
    const connection = await this.connection(to, options)
    try {
      return await connection.send(api, body, sendOptions(options))
    } catch (error) {
      if (this.#closing.signal.aborted || !mayAskAgain(api, error)) throw error
    }
    const fresh = await this.connection(to, options)
    return fresh.send(api, body, sendOptions(options))
  }

  connection(to: Destination, options: RequestOptions = {}): Promise<BrokerConnection> {
    return to === 'any' ? this.#anyBroker(options) : this.#broker(to, options)
  }

  async #broker(nodeId: number, options: RequestOptions): Promise<BrokerConnection> {
    if (!this.#brokers.has(nodeId)) await this.metadata([], options)
    const address = this.#brokers.get(nodeId)
    if (!address) {
      throw new ProblemError(
        problem(
          'broker-gone',
          `Broker ${nodeId} is not part of the cluster now.`,
          'Start it, or refresh.',
        ),
      )
    }
    try {
      return await this.#connect(address, options)
    } catch (error) {
      if (options.signal?.aborted) throw error
      this.#forgetUnlessBootstrap(nodeId, address)
      throw new ProblemError(this.#advertised(nodeId, address, problemOf(error)), { cause: error })
    }
  }

  /** The next request asks where the broker is now. */
  #forgetUnlessBootstrap(nodeId: number, address: Address): void {
    if (this.#isBootstrap(address)) return
    const rest = new Map(this.#brokers)
    rest.delete(nodeId)
    this.#brokers = rest
  }

  #isBootstrap(address: Address): boolean {
    return this.#bootstrap.some(({ host, port }) => host === address.host && port === address.port)
  }

  /** Where the address came from the broker itself, the reader must learn that. */
  #advertised(nodeId: number, address: Address, cause: Problem): Problem {
    if (this.#isBootstrap(address)) return cause
    return problem(
      'advertised-unreachable',
      `Broker ${nodeId} advertises ${showAddress(address)}, which cannot be used. ${cause.message}`,
      "Correct advertised.listeners in the broker's configuration, or make that address reachable.",
      cause.detail,
    )
  }

  /** Connected brokers first, then the known ones, then the bootstrap servers, one after another. */
  async #anyBroker(options: RequestOptions): Promise<BrokerConnection> {
    const lane = options.lane ?? MAIN_LANE
    for (const [key, { connection }] of this.#slots) {
      if (connection && !connection.closed && key.endsWith(` ${lane}`)) return connection
    }
    let failure: Error | undefined
    const end = Date.now() + 2 * this.#connectTimeout
    for (const address of this.#candidates()) {
      if (failure && Date.now() >= end) break
      try {
        return await this.#connect(address, options)
      } catch (error) {
        if (options.signal?.aborted || this.#closing.signal.aborted) throw error
        failure ??= toError(error)
      }
    }
    throw failure ?? new Error('No broker to ask.')
  }

  #candidates(): readonly Address[] {
    const byKey = new Map<string, Address>()
    for (const address of [...this.#bootstrap, ...this.#brokers.values()]) {
      byKey.set(showAddress(address), address)
    }
    return [...byKey.values()]
  }

  async #connect(address: Address, options: RequestOptions): Promise<BrokerConnection> {
    const key = `${showAddress(address)} ${options.lane ?? MAIN_LANE}`
    const slot = this.#slots.get(key)
    if (slot && !slot.connection?.closed) return waitFor(slot.opening, options.signal)
    return waitFor(this.#open(key, address).opening, options.signal)
  }

  /** Shared by all that wait for it: no single caller's signal ends it, closing the client does. */
  #open(key: string, address: Address): Slot {
    const opening = connectBroker({
      config: this.config,
      tls: this.#tls,
      address,
      log: this.log,
      signal: this.#closing.signal,
      timeout: this.#connectTimeout,
    })
    const slot: Slot = { opening, connection: undefined }
    this.#slots.set(key, slot)
    opening.then(
      connection => {
        slot.connection = connection
        this.log.debug(`Connected to ${showAddress(address)}.`)
      },
      (error: unknown) => {
        if (this.#slots.get(key) === slot) this.#slots.delete(key)
        this.log.debug(`Cannot connect to ${showAddress(address)}: ${problemOf(error).message}`)
      },
    )
    return slot
  }

  #closeIdle(now: number): void {
    for (const [key, { connection }] of this.#slots) {
      if (!connection) continue
      const idle = connection.inFlight === 0 && now - connection.lastUsed > IDLE_MS
      if (idle) connection.close()
      if (connection.closed) this.#slots.delete(key)
    }
  }

  close(): void {
    clearInterval(this.#idleTimer)
    const reason = new ProblemError(problem('closed', 'The connection to the cluster was closed.'))
    this.#closing.abort(reason)
    for (const { connection } of this.#slots.values()) connection?.close(reason)
    this.#slots.clear()
  }
}

const PRODUCE = 0
const CREATE_TOPICS = 19
const DELETE_TOPICS = 20
const UNREPEATABLE = new Set([PRODUCE, CREATE_TOPICS, DELETE_TOPICS])

/** A connection that the broker gave up may look open; only questions are asked a second time. */
function mayAskAgain(api: { readonly key: number }, error: unknown): boolean {
  return !UNREPEATABLE.has(api.key) && problemOf(error).code === 'connection-lost'
}

function sendOptions({ signal, timeout, atMost, answered }: RequestOptions): SendOptions {
  return {
    signal,
    ...(timeout !== undefined && { timeout }),
    ...(atMost !== undefined && { atMost }),
    ...(answered !== undefined && { answered }),
  }
}

/** Waiting may be cancelled; what is waited for goes on for the others. */
function waitFor<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  if (signal.aborted) return Promise.reject(reasonOf(signal))
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(reasonOf(signal))
    signal.addEventListener('abort', onAbort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
