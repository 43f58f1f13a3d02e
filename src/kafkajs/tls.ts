import type { ConnectionOptions } from 'node:tls'
import { X509Certificate } from 'node:crypto'
import { ProblemError, type Problem } from '../base/problem.ts'
import type { TlsConfig } from '../kafka/connection.ts'
import { nodeTls } from './nodeTls.ts'
import { toError } from './waiting.ts'

/**
 * The options of every TLS connection to a cluster, made and checked once. Rejects with
 * `ProblemError` where a certificate or key cannot be used: Node silently ignores a CA that is none.
 */
export function tlsOptions(tls: TlsConfig): ConnectionOptions {
  checkCertificate(tls.ca, 'CA certificate')
  checkCertificate(tls.certificate, 'client certificate')
  return {
    secureContext: secureContext(tls),
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
    ...(tls.verify === false && { rejectUnauthorized: false }),
  }
}

function secureContext(tls: TlsConfig) {
  try {
    return nodeTls().createSecureContext({
      ca: tls.ca ?? systemCertificates(),
      ...(tls.certificate !== undefined && { cert: tls.certificate }),
      ...(tls.key !== undefined && { key: tls.key }),
      ...(tls.passphrase !== undefined && { passphrase: tls.passphrase }),
    })
  } catch (error) {
    throw new ProblemError(keyProblem(toError(error).message), { cause: error })
  }
}

let trusted: readonly string[] | undefined

/** What this computer trusts, beside the list that comes with Node; reading it takes a while. */
function systemCertificates(): string[] {
  trusted ??= [
    ...new Set([
      ...nodeTls().getCACertificates('default'),
      ...nodeTls().getCACertificates('system'),
    ]),
  ]
  return [...trusted]
}

function checkCertificate(pem: string | undefined, what: string): void {
  if (pem === undefined) return
  try {
    new X509Certificate(pem)
  } catch (error) {
    throw new ProblemError(
      {
        code: 'bad-certificate',
        message: `The ${what} cannot be read.`,
        advice: 'Give a PEM file, which starts with -----BEGIN CERTIFICATE-----.',
        detail: toError(error).message,
      },
      { cause: error },
    )
  }
}

const SHUT = /bad.decrypt|bad.password|mac.verify|passphrase|interrupted.or.cancelled/i

/** In the words of OpenSSL and of BoringSSL, which some builds of Node carry (`KEY_VALUES_MISMATCH`). */
export function keyProblem(detail: string): Problem {
  if (/key.values.mismatch/i.test(detail)) {
    return {
      code: 'key-mismatch',
      message: 'The private key does not belong to the client certificate.',
      advice: 'Choose the key that the certificate was made with.',
      detail,
    }
  }
  if (SHUT.test(detail)) {
    return {
      code: 'wrong-passphrase',
      message: 'The private key cannot be opened with this passphrase.',
      advice: 'Enter the passphrase of the key.',
      detail,
    }
  }
  return {
    code: 'bad-key',
    message: 'The private key cannot be read.',
    advice: 'Give a PEM file, which starts with -----BEGIN PRIVATE KEY-----.',
    detail,
  }
}
