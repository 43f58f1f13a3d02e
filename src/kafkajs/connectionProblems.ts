import { ProblemError, type Problem } from '../base/problem.ts'
import type { ConnectionConfig } from '../kafka/connection.ts'
import { showAddress, type Address } from './addresses.ts'
import { problem } from './problems.ts'

/**
 * How far a connection came: opening the socket (TLS included), the first question (which versions
 * do you speak), the login, and ordinary requests after that.
 */
export type Stage = 'open' | 'versions' | 'login' | 'request'

export interface Attempt {
  readonly address: Address
  readonly stage: Stage
  readonly config: Pick<ConnectionConfig, 'tls' | 'sasl'>
}

/** What is read of an error thrown by kafkajs, Node's net and tls. */
interface Failure {
  readonly name: string
  readonly message: string
  readonly code: string
  readonly type: string
}

/** What went wrong while connecting or while waiting for an answer, in words of our own. */
export function connectionProblem(error: unknown, attempt: Attempt): Problem {
  if (error instanceof ProblemError) return error.problem
  const failure = failureOf(error)
  const where = showAddress(attempt.address)
  return (
    networkProblem(failure, where) ??
    tlsProblem(failure, attempt, where) ??
    loginProblem(failure, attempt, where) ??
    closedProblem(failure, attempt, where) ??
    answerProblem(failure, where) ??
    problem('connection-failed', `The connection to ${where} failed.`, undefined, failure.message)
  )
}

function failureOf(error: unknown): Failure {
  const text = (value: unknown) => (typeof value === 'string' ? value : '')
  if (!(error instanceof Error)) return { name: '', message: String(error), code: '', type: '' }
  const { code, type } = error as { code?: unknown; type?: unknown }
  return {
    name: error.name,
    message: error.message.trim(),
    code: text(code),
    type: text(type),
  }
}

function networkProblem({ code, message }: Failure, where: string): Problem | undefined {
  switch (code) {
    case 'ECONNREFUSED':
      return problem(
        'refused',
        `Nothing listens at ${where}.`,
        'Start the broker, or correct host and port.',
        message,
      )
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return problem(
        'unknown-host',
        `The host of ${where} is not known.`,
        'Check the spelling, and whether this computer needs a VPN or a DNS entry to see it.',
        message,
      )
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return problem(
        'unreachable',
        `There is no way from this computer to ${where}.`,
        'Check the network, the VPN and the address.',
        message,
      )
    case 'ETIMEDOUT':
      return noAnswer(where, message)
    default:
      return undefined
  }
}

/** Nothing came back in time: the packets are dropped, or the server accepts and stays silent. */
export function noAnswer(where: string, detail?: string): Problem {
  return problem(
    'no-answer',
    `${where} does not answer.`,
    'Check host and port, the firewall, and whether the broker is well.',
    detail,
  )
}

const UNTRUSTED = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
])

function tlsProblem(failure: Failure, { config }: Attempt, where: string): Problem | undefined {
  const { code, message } = failure
  if (!config.tls) return undefined
  if (UNTRUSTED.has(code)) {
    return problem(
      'tls-not-trusted',
      `The certificate of ${where} is signed by an authority that is not trusted.`,
      'Give the CA certificate of the cluster.',
      message,
    )
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return problem(
      'tls-wrong-host',
      `The certificate of ${where} was made for another name.`,
      'Use a name that stands in the certificate, or give that name as the server name.',
      message,
    )
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return problem(
      'tls-expired',
      `The certificate of ${where} is not valid now.`,
      'Renew the certificate, and check the clocks of both computers.',
      message,
    )
  }
  return clientCertificateProblem(failure, config, where) ?? notTlsProblem(failure, where)
}

/**
 * TLS alerts: their names in error codes changed between Node 22 and 24, their ends did not. BoringSSL
 * leaves out `ALERT_` in some.
 */
const ALERT = '(SSLV3|TLSV1\\d?|TLS)_(ALERT_)?'
const NEEDS_CERTIFICATE = new RegExp(
  `${ALERT}(BAD_CERTIFICATE|CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE)$`,
)
const REFUSES_CERTIFICATE = new RegExp(
  `${ALERT}(CERTIFICATE_\\w+|BAD_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)$`,
)

function clientCertificateProblem(
  { code, message }: Failure,
  config: Attempt['config'],
  where: string,
): Problem | undefined {
  const none = config.tls?.certificate === undefined
  if (NEEDS_CERTIFICATE.test(code) && none) {
    return problem(
      'client-certificate-needed',
      `${where} asks for a client certificate.`,
      'Give a client certificate and its key.',
      message,
    )
  }
  if (REFUSES_CERTIFICATE.test(code)) {
    return problem(
      'client-certificate-refused',
      `${where} does not accept the client certificate.`,
      'Use a certificate that is signed by an authority the broker trusts, and not expired.',
      message,
    )
  }
  return undefined
}

function notTlsProblem({ code, message }: Failure, where: string): Problem | undefined {
  const before = /before secure TLS connection/i.test(message)
  const alien = /WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST|UNSUPPORTED_PROTOCOL|EPROTO/
  if (!before && !alien.test(code)) return undefined
  return problem(
    'tls-not-spoken',
    `${where} does not speak TLS.`,
    'Turn TLS off, or use the port that speaks it.',
    message,
  )
}

function loginProblem(failure: Failure, attempt: Attempt, where: string): Problem | undefined {
  const { name, type, message } = failure
  const sasl = attempt.config.sasl
  if (!sasl || attempt.stage !== 'login') return undefined
  if (type === 'ILLEGAL_SASL_STATE') {
    return problem(
      'sasl-not-wanted',
      `${where} does not take a login.`,
      'Turn SASL off, or use the port that wants it.',
      message,
    )
  }
  if (type === 'UNSUPPORTED_SASL_MECHANISM' || message.includes('mechanism is not supported')) {
    return problem(
      'wrong-mechanism',
      `${where} does not offer the SASL mechanism ${sasl.mechanism}.`,
      'Choose another mechanism.',
      message,
    )
  }
  if (name === 'KafkaJSSASLAuthenticationError' || type === 'SASL_AUTHENTICATION_FAILED') {
    return problem(
      'wrong-password',
      `${where} refuses user ${sasl.username} with this password by ${sasl.mechanism}.`,
      'Check user and password, and whether the user exists for this mechanism.',
      message,
    )
  }
  return undefined
}

/** What came back does not have the form that it should have. */
function answerProblem({ name, message }: Failure, where: string): Problem | undefined {
  if (name !== 'WireError' && name !== 'RangeError') return undefined
  return problem(
    'bad-answer',
    `${where} sent an answer that cannot be read.`,
    'Check that this is a Kafka port.',
    message,
  )
}

const CLOSED = new Set(['KafkaJSConnectionClosedError', 'ClosedError'])

/** The other side hung up without a word: what it probably wants depends on when it did. */
function closedProblem(failure: Failure, attempt: Attempt, where: string): Problem | undefined {
  const { name, code, message } = failure
  const reset = code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED'
  const notConnected = name === 'KafkaJSConnectionError' && message === 'Not connected'
  if (!CLOSED.has(name) && !reset && !notConnected) return undefined
  switch (attempt.stage) {
    case 'open':
    case 'versions':
      return closedEarly(where, attempt.config, message)
    case 'login':
      return problem(
        'login-broken-off',
        `${where} closed the connection during the login.`,
        "Check user and password, and the broker's log.",
        message,
      )
    case 'request':
      return problem(
        'connection-lost',
        `${where} closed the connection.`,
        'Try again; if it lasts, check that the broker is running.',
        message,
      )
  }
}

function closedEarly(where: string, { tls }: Attempt['config'], detail: string): Problem {
  const kafka = 'Check that this is a Kafka port'
  const more = tls ? 'whether it wants a client certificate' : 'whether it wants TLS'
  return problem(
    'closed-early',
    `${where} closed the connection before it said anything.`,
    tls?.certificate === undefined ? `${kafka}, and ${more}.` : `${kafka}.`,
    detail,
  )
}
