import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { problemOf } from '../../src/base/problem.ts'
import type { TlsConfig } from '../../src/kafka/connection.ts'
import { parseAddress, parseAddresses, showAddress } from '../../src/kafkajs/addresses.ts'
import { connectionProblem, type Stage } from '../../src/kafkajs/connectionProblems.ts'
import { kafkaError } from '../../src/kafkajs/errorCodes.ts'
import { kafkaProblem } from '../../src/kafkajs/problems.ts'
import { keyProblem, tlsOptions } from '../../src/kafkajs/tls.ts'
import { versionHint } from '../../src/kafkajs/versionHint.ts'

describe('addresses', () => {
  const GOOD: readonly (readonly [string, string, number])[] = [
    ['localhost:9092', 'localhost', 9092],
    [' kafka-1.example.org:443 ', 'kafka-1.example.org', 443],
    ['10.0.0.1:1', '10.0.0.1', 1],
    ['[::1]:9092', '::1', 9092],
    ['[fe80::1%eth0]:9092', 'fe80::1', 9092],
  ]
  for (const [text, host, port] of GOOD.slice(0, 4)) {
    it(`reads ${text}`, () => {
      assert.deepEqual(parseAddress(text), { host, port })
      assert.equal(showAddress(parseAddress(text)), text.trim())
    })
  }

  for (const text of [
    '',
    'localhost',
    'localhost:',
    'localhost:0',
    'h:65536',
    '::1:9092',
    'a b:1',
    'http://h:1',
  ]) {
    it(`refuses "${text}"`, () =>
      assert.throws(() => parseAddress(text), /is not a broker address/))
  }

  it('refuses none at all', () => assert.throws(() => parseAddresses([]), /No bootstrap server/))
})

describe("Kafka's error codes", () => {
  const CODES: readonly (readonly [number, string, boolean])[] = [
    [-1, 'UNKNOWN_SERVER_ERROR', false],
    [3, 'UNKNOWN_TOPIC_OR_PARTITION', true],
    [6, 'NOT_LEADER_OR_FOLLOWER', true],
    [29, 'TOPIC_AUTHORIZATION_FAILED', false],
    [69, 'GROUP_ID_NOT_FOUND', false],
    [89, 'THROTTLING_QUOTA_EXCEEDED', true],
    [100, 'UNKNOWN_TOPIC_ID', true],
    [113, 'STALE_MEMBER_EPOCH', false],
    [133, 'SHARE_SESSION_LIMIT_REACHED', true],
    [134, 'ERROR_134', false],
  ]
  for (const [code, name, retriable] of CODES) {
    it(`${code} is ${name}`, () => {
      assert.equal(kafkaError(code).name, name)
      assert.equal(kafkaError(code).retriable, retriable)
    })
  }

  it('are no problem when there is none', () => {
    assert.equal(kafkaProblem(0, 'Topic orders'), undefined)
  })

  it('are sentences', () => {
    for (let code = -1; code < 134; code++) {
      if (code === 0) continue
      const found = kafkaProblem(code, 'Topic orders')
      assert.match(found?.message ?? '', /^Topic orders: .*[^.]\.$/)
      assert.doesNotMatch(found?.message ?? '', /!|sorry|please/i)
      if (found?.advice !== undefined) assert.match(found.advice, /^[A-Z].*\.$/)
    }
  })

  it("give way to the broker's own sentence where it knows better", () => {
    const said = 'Unable to replicate the partition 9 time(s).'
    assert.equal(kafkaProblem(38, 'Topic t', said)?.message, `Topic t: ${said}`)
    assert.equal(kafkaProblem(29, 'Topic t', 'Denied')?.detail, 'Denied')
    assert.match(kafkaProblem(29, 'Topic t', 'Denied')?.message ?? '', /not allowed/)
    assert.equal(kafkaProblem(3, 'Topic t', '')?.detail, 'UNKNOWN_TOPIC_OR_PARTITION (3)')
  })
})

const failure = (message: string, more: object = {}) => Object.assign(new Error(message), more)

describe('failures to connect', () => {
  const TLS = { tls: {} }
  const CERTIFICATE = { tls: { certificate: 'x', key: 'y' } }
  const SASL = { sasl: { mechanism: 'PLAIN', username: 'alice', password: 'secret' } } as const
  const closed = failure('Closed connection', { name: 'KafkaJSConnectionClosedError' })
  const ROWS: readonly (readonly [Error, Stage, object, string])[] = [
    [failure('connect ECONNREFUSED', { code: 'ECONNREFUSED' }), 'open', {}, 'refused'],
    [failure('getaddrinfo EAI_AGAIN', { code: 'EAI_AGAIN' }), 'open', {}, 'unknown-host'],
    [failure('connect ETIMEDOUT', { code: 'ETIMEDOUT' }), 'open', {}, 'no-answer'],
    [failure('connect EHOSTUNREACH', { code: 'EHOSTUNREACH' }), 'open', {}, 'unreachable'],
    [failure('connect ENETUNREACH', { code: 'ENETUNREACH' }), 'open', TLS, 'unreachable'],
    [failure('certificate has expired', { code: 'CERT_HAS_EXPIRED' }), 'open', TLS, 'tls-expired'],
    [
      failure('self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
      'open',
      TLS,
      'tls-not-trusted',
    ],
    [
      failure('unable to verify', { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }),
      'open',
      TLS,
      'tls-not-trusted',
    ],
    [failure('x', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }), 'open', TLS, 'tls-not-spoken'],
    ...(['ERR_SSL_SSLV3_', 'ERR_SSL_SSL/TLS_', 'ERR_SSL_TLSV1_'] as const).flatMap(prefix => [
      [
        failure('SSL alert number 42\n', { code: `${prefix}ALERT_BAD_CERTIFICATE` }),
        'versions',
        TLS,
        'client-certificate-needed',
      ] as const,
      [
        failure('SSL alert number 46\n', { code: `${prefix}ALERT_CERTIFICATE_UNKNOWN` }),
        'versions',
        CERTIFICATE,
        'client-certificate-refused',
      ] as const,
      [
        failure('SSL alert number 42\n', { code: `${prefix}ALERT_BAD_CERTIFICATE` }),
        'open',
        CERTIFICATE,
        'client-certificate-refused',
      ] as const,
    ]),
    [
      failure('alert', { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }),
      'request',
      TLS,
      'client-certificate-needed',
    ],
    [
      failure('TLSV1_CERTIFICATE_REQUIRED', { code: 'ERR_SSL_TLSV1_CERTIFICATE_REQUIRED' }),
      'request',
      TLS,
      'client-certificate-needed',
    ],
    [
      failure('x', { code: 'ERR_SSL_TLSV1_CERTIFICATE_REQUIRED' }),
      'versions',
      CERTIFICATE,
      'client-certificate-refused',
    ],
    [failure('x', { code: 'ERR_SSL_CERTIFICATE_VERIFY_FAILED' }), 'open', TLS, 'connection-failed'],
    [closed, 'versions', {}, 'closed-early'],
    [closed, 'versions', TLS, 'closed-early'],
    [closed, 'login', SASL, 'login-broken-off'],
    [closed, 'request', {}, 'connection-lost'],
    [failure('read ECONNRESET', { code: 'ECONNRESET' }), 'request', {}, 'connection-lost'],
    [failure('write EPIPE', { code: 'EPIPE' }), 'request', {}, 'connection-lost'],
    [failure('cut short', { name: 'WireError' }), 'versions', {}, 'bad-answer'],
    [
      failure('Authentication failed', { name: 'KafkaJSSASLAuthenticationError' }),
      'login',
      SASL,
      'wrong-password',
    ],
    [failure('x', { type: 'ILLEGAL_SASL_STATE' }), 'login', SASL, 'sasl-not-wanted'],
    [failure('x', { type: 'UNSUPPORTED_SASL_MECHANISM' }), 'login', SASL, 'wrong-mechanism'],
    [failure('something else'), 'open', {}, 'connection-failed'],
  ]
  for (const [error, stage, config, code] of ROWS) {
    const name = (error as { code?: string }).code ?? error.message
    it(`${name} at ${stage} is ${code}`, () => {
      const address = { host: 'kafka', port: 9092 }
      const found = connectionProblem(error, { address, stage, config })
      assert.equal(found.code, code)
      assert.match(found.message, /kafka:9092/)
      assert.match(found.message, /\.$/)
      assert.doesNotMatch(JSON.stringify(found), /secret|\\n/)
    })
  }
})

/** Any certificate: with the system's own, each row would take a tenth of a second. */
const ca = `-----BEGIN CERTIFICATE-----
MIIBgDCCASWgAwIBAgIUOVPy9BtJrZkXp4Whe8Qn2vWYVvEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJYXV0aG9yaXR5MCAXDTI2MTEyMTAzNDIxMVoYDzIxMjYxMDI4
MDM0MjExWjAUMRIwEAYDVQQDDAlhdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASaZ4AvX0ddoQzDTrWDDu7B35AuOFZg8ML7YofpQUHB+TWZJtVHm8wT
fGNc5r95zecs4KKsicpLFyzKCB41HPuno1MwUTAdBgNVHQ4EFgQUFlTKBAUg9bBn
FExBokLlRT80SJMwHwYDVR0jBBgwFoAUFlTKBAUg9bBnFExBokLlRT80SJMwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAuoj5whhSpuoB0Ox/z1Pd
BlF1bV36INffnXYRjDlk5Z8CIQCzjqQnKZU9J/o8E2yNDkUGiTTHBJau2IexXdZ+
kfcr8Q==
-----END CERTIFICATE-----
`

describe('keys', () => {
  const encrypted = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' },
  }).privateKey
  const ROWS: readonly (readonly [string, TlsConfig, string])[] = [
    ['a wrong passphrase', { key: encrypted, passphrase: 'shut' }, 'wrong-passphrase'],
    ['no passphrase', { key: encrypted }, 'wrong-passphrase'],
    ['no key at all', { key: 'hello' }, 'bad-key'],
    ['a client certificate that is none', { certificate: 'hello' }, 'bad-certificate'],
  ]
  for (const [name, tls, code] of ROWS) {
    it(`${name} is ${code}`, () => {
      assert.throws(
        () => tlsOptions({ ca, ...tls }),
        (error: unknown) => problemOf(error).code === code,
      )
    })
  }

  /** What OpenSSL says, and BoringSSL, with which some editors build their Node. */
  const WORDS: readonly (readonly [string, string])[] = [
    ['error:05800074:x509 certificate routines::key values mismatch', 'key-mismatch'],
    [
      'error:0b000074:X.509 certificate routines:OPENSSL_internal:KEY_VALUES_MISMATCH',
      'key-mismatch',
    ],
    ['error:1C800064:Provider routines::bad decrypt', 'wrong-passphrase'],
    ['error:1e000065:Cipher functions:OPENSSL_internal:BAD_DECRYPT', 'wrong-passphrase'],
    ['error:07880109:common libcrypto routines::interrupted or cancelled', 'wrong-passphrase'],
    ['error:09000068:PEM routines:OPENSSL_internal:BAD_PASSWORD_READ', 'wrong-passphrase'],
    ['error:0900006e:PEM routines:OPENSSL_internal:NO_START_LINE', 'bad-key'],
  ]
  for (const [detail, code] of WORDS) {
    it(`${detail} is ${code}`, () => assert.equal(keyProblem(detail).code, code))
  }

  it('open with their passphrase', () => {
    assert.ok(tlsOptions({ ca, key: encrypted, passphrase: 'open' }).secureContext)
  })
})

describe('the release of a broker', () => {
  /** What brokers of these releases advertise: Fetch, ListOffsets, Metadata, and other keys. */
  const RELEASES: readonly (readonly [string, number, number, number, readonly number[]])[] = [
    ['4.2 or newer', 18, 11, 13, [60, 74, 75]],
    ['4.1', 18, 10, 13, [60, 74, 75]],
    ['4.0', 17, 10, 13, [60, 74, 75]],
    ['3.9', 17, 9, 12, [60, 74, 75]],
    ['3.1 to 3.4', 13, 7, 12, [60]],
    ['2.8 or 3.0', 12, 6, 11, [60]],
    ['2.7 or older', 12, 5, 9, []],
  ]
  for (const [release, fetch, listOffsets, metadata, others] of RELEASES) {
    it(release, () => {
      const ranges = new Map([
        [1, { min: 0, max: fetch }],
        [2, { min: 0, max: listOffsets }],
        [3, { min: 0, max: metadata }],
        ...others.map(key => [key, { min: 0, max: 0 }] as const),
      ])
      assert.equal(versionHint(ranges), release)
    })
  }
})
