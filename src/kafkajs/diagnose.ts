import { isIP } from 'node:net'
import { silentLog, type Log } from '../base/log.ts'
import { ProblemError, problemOf, type Problem } from '../base/problem.ts'
import type { ConnectionConfig } from '../kafka/connection.ts'
import type { Broker } from '../kafka/model.ts'
import { parseAddresses, showAddress, type Address } from './addresses.ts'
import { openClient, type Client } from './client.ts'
import { connectBroker } from './connection.ts'
import { nodeTls } from './nodeTls.ts'
import { problem } from './problems.ts'
import { SaslHandshake } from './protocol/sasl.ts'
import { tlsOptions } from './tls.ts'
import { versionHint } from './versionHint.ts'
import { within } from './waiting.ts'

/** What a connection test found out. */
export type ConnectionTest =
  | {
      readonly ok: true
      readonly clusterId?: string
      readonly brokers: readonly Broker[]
      /** The Kafka release, as far as what the brokers understand tells, such as `3.9`. */
      readonly versionHint: string
      /** Brokers that cannot be used, while others can. */
      readonly problems: readonly Problem[]
    }
  | { readonly ok: false; readonly problem: Problem }

export interface TestOptions {
  readonly signal?: AbortSignal | undefined
  readonly log?: Log
  /** For opening one connection, ms; default 10 s. */
  readonly connectTimeout?: number
}

/**
 * Connects, logs in, asks for the brokers and connects to each of them at the address that it
 * advertises. A connection that merely opens proves little: without a login, at a controller's port
 * and with advertised addresses that nobody reaches, it opens all the same. Changes nothing on the
 * cluster. Rejects only when the signal aborts.
 */
export async function testConnection(
  config: ConnectionConfig,
  { signal, log = silentLog, connectTimeout }: TestOptions = {},
): Promise<ConnectionTest> {
  let client: Client | undefined
  try {
    client = openClient(config, log, connectTimeout === undefined ? {} : { connectTimeout })
    return await testClient(client, signal)
  } catch (error) {
    signal?.throwIfAborted()
    return { ok: false, problem: await explain(problemOf(error), config, signal) }
  } finally {
    client?.close()
  }
}

async function testClient(
  client: Client,
  signal: AbortSignal | undefined,
): Promise<ConnectionTest> {
  const metadata = await client.metadata([], { signal })
  const { ranges } = await client.connection('any', { signal })
  const reached = await Promise.all(
    metadata.brokers.map(({ nodeId }) =>
      client.connection(nodeId, { signal }).then(
        () => undefined,
        (error: unknown) => {
          signal?.throwIfAborted()
          return problemOf(error)
        },
      ),
    ),
  )
  const problems = reached.filter(found => found !== undefined)
  const [first] = problems
  if (first && problems.length === reached.length) return { ok: false, problem: first }
  return {
    ok: true,
    ...(metadata.clusterId !== null && { clusterId: metadata.clusterId }),
    brokers: metadata.brokers.map(({ nodeId, host, port, rack }) => ({
      id: nodeId,
      host,
      port,
      ...(rack !== null && { rack }),
    })),
    versionHint: versionHint(ranges),
    problems,
  }
}

const PROBE_TIMEOUT_MS = 3_000

/**
 * Finds out more about a failure than its error says, by asking the same address in another way:
 * whether it speaks TLS, and which logins it offers.
 */
export async function explain(
  found: Problem,
  config: ConnectionConfig,
  signal?: AbortSignal,
): Promise<Problem> {
  const address = config.bootstrapServers.length > 0 && firstAddress(config)
  if (!address) return found
  const where = showAddress(address)
  if (found.code === 'closed-early' && !config.tls) return explainClosed(found, address, signal)
  if (found.code === 'connection-lost' && !config.sasl) {
    const offered = await offeredMechanisms(config, address, signal)
    if (offered.length === 0) return found
    return problem(
      'sasl-needed',
      `${where} wants a login.`,
      `Choose a SASL mechanism (it offers ${offered.join(', ')}), and enter user and password.`,
      found.detail,
    )
  }
  if (found.code === 'wrong-mechanism') {
    const offered = await offeredMechanisms(config, address, signal)
    if (offered.length === 0) return found
    return { ...found, advice: `Choose one that it offers: ${offered.join(', ')}.` }
  }
  return found
}

function firstAddress(config: ConnectionConfig): Address | undefined {
  try {
    return parseAddresses(config.bootstrapServers)[0]
  } catch {
    return undefined
  }
}

async function explainClosed(
  found: Problem,
  address: Address,
  signal: AbortSignal | undefined,
): Promise<Problem> {
  const where = showAddress(address)
  if (await speaksTls(address, signal)) {
    return problem('tls-needed', `${where} speaks TLS only.`, 'Turn TLS on.', found.detail)
  }
  return problem(
    'not-kafka',
    `${where} does not speak Kafka.`,
    'Check host and port: something else listens there.',
    found.detail,
  )
}

/** Whether a TLS handshake comes to an end, whoever the other side is. Sends nothing else. */
async function speaksTls(
  { host, port }: Address,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const socket = nodeTls().connect({
    host,
    port,
    rejectUnauthorized: false,
    ...(isIP(host) ? {} : { servername: host }),
  })
  const handshake = new Promise<boolean>(resolve => {
    socket.once('secureConnect', () => resolve(true))
    socket.on('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  })
  try {
    return await within(handshake, { ms: PROBE_TIMEOUT_MS, signal, onTimeout: () => new Error() })
  } catch {
    signal?.throwIfAborted()
    return false
  } finally {
    socket.destroy()
  }
}

/** The mechanisms of a port that takes logins; none where it does not, or cannot be asked. */
async function offeredMechanisms(
  config: ConnectionConfig,
  address: Address,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  try {
    const connection = await connectBroker({
      config: withoutLogin(config),
      tls: config.tls && tlsOptions(config.tls),
      address,
      log: silentLog,
      signal,
      timeout: PROBE_TIMEOUT_MS,
    })
    try {
      const body = { mechanism: config.sasl?.mechanism ?? '' }
      const options = { signal, timeout: PROBE_TIMEOUT_MS }
      return (await connection.send(SaslHandshake, body, options)).mechanisms
    } finally {
      connection.close()
    }
  } catch {
    signal?.throwIfAborted()
    return []
  }
}

function withoutLogin({ bootstrapServers, clientId, tls }: ConnectionConfig): ConnectionConfig {
  return { bootstrapServers, clientId, ...(tls && { tls }) }
}

/** Throws a failure to connect with all that can be found out about it. */
export async function throwExplained(
  error: unknown,
  config: ConnectionConfig,
  signal?: AbortSignal,
): Promise<never> {
  signal?.throwIfAborted()
  throw new ProblemError(await explain(problemOf(error), config, signal), { cause: error })
}
