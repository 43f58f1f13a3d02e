import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import Connection, { type ProtocolLogger } from 'kafkajs/src/network/connection.js'
import type { Log } from '../base/log.ts'
import { ProblemError } from '../base/problem.ts'
import type { ConnectionConfig } from '../kafka/connection.ts'
import { showAddress, type Address } from './addresses.ts'
import { connectionProblem, noAnswer, type Stage } from './connectionProblems.ts'
import { CODE } from './errorCodes.ts'
import { frameReader } from './frames.ts'
import { hardenConnections } from './hardenConnections.ts'
import { LongRequests } from './longRequests.ts'
import { problem, throwOnError } from './problems.ts'
import type { Api, ApiRanges } from './protocol/schema.ts'
import { ApiVersions } from './protocol/versions.ts'
import { openSocket, type SocketRequest } from './sockets.ts'
import { toError, within } from './waiting.ts'

export interface SendOptions {
  readonly signal?: AbortSignal | undefined
  /** Deadline in ms; default `REQUEST_TIMEOUT_MS`. A connection whose deadline passes is closed. */
  readonly timeout?: number
  /** Not a newer version than this. */
  readonly atMost?: number
  /** False for the one request that Kafka does not answer: producing with acks 0. */
  readonly answered?: boolean
}

/** One authenticated connection to one broker. Requests on it are answered in order. */
export interface BrokerConnection {
  readonly address: Address
  /** What the broker understands. */
  readonly ranges: ApiRanges
  readonly closed: boolean
  /** When the last request was sent or answered, ms since the epoch. */
  readonly lastUsed: number
  readonly inFlight: number
  /** Rejects with `ProblemError`, or with the signal's reason. Many requests may be in flight. */
  send<Q, S>(api: Api<Q, S>, body: Q, options?: SendOptions): Promise<S>
  /** At once: what is in flight rejects. */
  close(reason?: Error): void
}

export interface ConnectOptions {
  readonly config: ConnectionConfig
  /** Made once per client by `tlsOptions`. */
  readonly tls: ConnectionOptions | undefined
  readonly address: Address
  readonly log: Log
  readonly signal?: AbortSignal | undefined
  /** For the socket, TLS, the first question and the login together, ms. */
  readonly timeout: number
}

export const REQUEST_TIMEOUT_MS = 20_000
export const CONNECT_TIMEOUT_MS = 10_000

/** The other side closed the connection without a word. */
class ClosedError extends Error {
  override readonly name = 'ClosedError'
}

/** Opens, asks for the versions and logs in. Rejects with `ProblemError`; leaves nothing open then. */
export async function connectBroker(options: ConnectOptions): Promise<BrokerConnection> {
  hardenConnections()
  const { address, config, timeout, signal } = options
  const wire = new Wire(options)
  let stage: Stage = 'open'
  const work = async () => {
    await wire.open()
    stage = 'versions'
    const ranges = await wire.askVersions()
    if (!ranges.has(METADATA)) throw new ProblemError(notABroker(address))
    stage = 'login'
    if (config.sasl) await wire.login(ranges)
    stage = 'request'
    return ranges
  }
  try {
    const ranges = await within(work(), {
      ms: timeout,
      signal,
      onTimeout: () => new ProblemError(noAnswer(showAddress(address), `No answer at: ${stage}`)),
    })
    return wire.ready(ranges)
  } catch (error) {
    wire.destroy(toError(error))
    if (signal?.aborted) throw toError(error)
    throw new ProblemError(connectionProblem(error, { address, stage, config }), { cause: error })
  }
}

const METADATA = 3
const SASL_AUTHENTICATE = 36
/** Never reached: every request has a deadline of its own here. */
const NO_TIMEOUT_MS = 2 ** 31 - 1

function notABroker(address: Address) {
  return problem(
    'controller-port',
    `${showAddress(address)} belongs to a KRaft controller, not to a broker.`,
    "Use the brokers' port.",
  )
}

/** A kafkajs connection with its socket in hand, so that it can be ended at once. */
class Wire {
  readonly #options: ConnectOptions
  readonly #connection: Connection
  readonly #longRequests = new LongRequests()
  #socket: Socket | undefined
  #closed = false
  #inFlight = 0
  #lastUsed = Date.now()
  /** Who waits for something on this connection, to be told when it goes away. */
  readonly #waiting = new Set<(error: Error) => void>()
  #goneWith: Error | undefined

  constructor(options: ConnectOptions) {
    this.#options = options
    const { address, config, tls, log } = options
    this.#connection = new Connection({
      host: address.host,
      port: address.port,
      logger: protocolLogger(log),
      socketFactory: (request: SocketRequest) => this.#openSocket(request),
      clientId: config.clientId,
      ssl: tls ?? null,
      // kafkajs stores the authenticator on this object: each connection has its own.
      sasl: config.sasl ? { ...config.sasl } : null,
      connectionTimeout: NO_TIMEOUT_MS,
      requestTimeout: NO_TIMEOUT_MS,
      enforceRequestTimeout: false,
    })
  }

  #openSocket(request: SocketRequest): Socket {
    const socket = openSocket(
      request,
      frameReader(frame => this.#receive(frame)),
    )
    socket.once('close', () => this.#end(new ClosedError('The connection was closed.')))
    this.#longRequests.writeTo(socket)
    this.#socket = socket
    return socket
  }

  /** kafkajs copies an answer together with whatever it keeps, even with nothing. */
  #receive(frame: Buffer): void {
    if (this.#connection.bytesBuffered === 0) this.#connection.chunks = []
    this.#connection.processData(frame)
  }

  #end(error: Error): void {
    this.#closed = true
    this.#goneWith ??= error
    for (const tell of this.#waiting) tell(error)
    this.#waiting.clear()
  }

  async open(): Promise<void> {
    await this.#orGone(this.#connection.connect())
  }

  /**
   * kafkajs lets some calls wait for ever when the socket goes away. No race against one promise
   * that lives as long as the connection: that would keep every answer in memory as long.
   */
  #orGone<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#goneWith) reject(this.#goneWith)
      else this.#waiting.add(reject)
      work
        .then(resolve, (error: unknown) => reject(toError(error)))
        .finally(() => this.#waiting.delete(reject))
    })
  }

  async askVersions(): Promise<ApiRanges> {
    let version = ApiVersions.max
    let answer = await this.#ask(ApiVersions, version, SOFTWARE)
    if (answer.errorCode === CODE.unsupportedVersion) {
      const known = answer.apiKeys.find(({ apiKey }) => apiKey === ApiVersions.key)
      version = Math.min(known?.maxVersion ?? 0, version - 1)
      answer = await this.#ask(ApiVersions, version, SOFTWARE)
    }
    throwOnError(answer.errorCode, showAddress(this.#options.address))
    return new Map(
      answer.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [
        apiKey,
        { min: minVersion, max: maxVersion },
      ]),
    )
  }

  async login(ranges: ApiRanges): Promise<void> {
    const versions: Record<number, { minVersion: number; maxVersion: number }> = {}
    for (const [key, { min, max }] of ranges) versions[key] = { minVersion: min, maxVersion: max }
    this.#connection.setVersions(versions)
    this.#connection.setSupportAuthenticationProtocol(ranges.has(SASL_AUTHENTICATE))
    await this.#orGone(this.#connection.authenticate())
  }

  ready(ranges: ApiRanges): BrokerConnection {
    const state = {
      // kafkajs notices an end before the socket is closed.
      closed: () => this.#closed || !this.#connection.isConnected(),
      lastUsed: () => this.#lastUsed,
      inFlight: () => this.#inFlight,
    }
    return {
      address: this.#options.address,
      ranges,
      get closed() {
        return state.closed()
      },
      get lastUsed() {
        return state.lastUsed()
      },
      get inFlight() {
        return state.inFlight()
      },
      send: (api, body, options) => this.#send(ranges, api, body, options),
      close: reason => this.destroy(reason ?? new ClosedError('The connection was closed.')),
    }
  }

  async #send<Q, S>(
    ranges: ApiRanges,
    api: Api<Q, S>,
    body: Q,
    { signal, timeout = REQUEST_TIMEOUT_MS, atMost, answered = true }: SendOptions = {},
  ): Promise<S> {
    const { address, config, log } = this.#options
    const version = api.pick(ranges, atMost)
    if (version === undefined) throw new ProblemError(notSpoken(api, address))
    signal?.throwIfAborted()
    log.trace(`${api.name} v${version} to ${showAddress(address)}`)
    this.#inFlight++
    this.#lastUsed = Date.now()
    try {
      return await within(this.#orGone(this.#ask(api, version, body, answered)), {
        ms: timeout,
        signal,
        onTimeout: () => this.#giveUp(api.name),
      })
    } catch (error) {
      if (signal?.aborted) throw toError(error)
      const found = connectionProblem(error, { address, stage: 'request', config })
      throw new ProblemError(found, { cause: error })
    } finally {
      this.#inFlight--
      this.#lastUsed = Date.now()
    }
  }

  /** Answers come in order, so that one that does not come blocks all others: start afresh. */
  #giveUp(name: string): ProblemError {
    const error = new ProblemError(
      noAnswer(showAddress(this.#options.address), `${name} timed out`),
    )
    this.destroy(error)
    return error
  }

  async #ask<Q, S>(api: Api<Q, S>, version: number, body: Q, answered = true): Promise<S> {
    const parts = api.encodeParts(version, body)
    const answer = await this.#connection.send<S>({
      request: {
        apiKey: api.key,
        apiVersion: version,
        apiName: api.name,
        expectResponse: () => answered,
        encode: () => {
          const buffer = this.#longRequests.begin(parts, this.#connection.correlationId - 1)
          return Promise.resolve({ buf: buffer, buffer })
        },
      },
      response: {
        decode: bytes => Promise.resolve(decodeAnswer(api, version, bytes)),
        parse: decoded => Promise.resolve(decoded.value),
      },
      logResponseError: false,
    })
    // Only an unanswered request yields nothing, and its caller does not look at the result.
    return answer as S
  }

  destroy(reason: Error): void {
    this.#end(reason)
    this.#connection.rejectRequests(reason)
    this.#socket?.destroy()
  }
}

const SOFTWARE = { clientSoftwareName: 'kafka-workbench', clientSoftwareVersion: '0.1.0' }

/** kafkajs waits as long as the answer's throttle time asks before it sends more (KIP-219). */
function decodeAnswer<Q, S>(api: Api<Q, S>, version: number, bytes: Buffer) {
  const errorCode = api.key === ApiVersions.key ? bytes.readInt16BE(0) : 0
  const value = api.decode(errorCode === CODE.unsupportedVersion ? 0 : version, bytes)
  const throttle = (value as { throttleTimeMs?: unknown }).throttleTimeMs
  return { clientSideThrottleTime: typeof throttle === 'number' ? throttle : 0, value }
}

function notSpoken(api: Api<never, unknown>, address: Address) {
  return problem(
    'unsupported-request',
    `The broker at ${showAddress(address)} does not know the request ${api.name}.`,
    'It needs another Kafka version.',
  )
}

/** kafkajs's own words go to the log only: every failure also comes back as a problem. */
function protocolLogger(log: Log): ProtocolLogger {
  const logger: ProtocolLogger = {
    namespace: () => logger,
    debug: () => undefined,
    info: message => log.trace(message),
    warn: message => log.debug(message),
    error: message => log.debug(message),
  }
  return logger
}
