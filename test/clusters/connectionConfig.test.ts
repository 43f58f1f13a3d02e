import assert from 'node:assert/strict'
import { problemOf } from '../../src/base/problem.ts'
import type { SavedCluster } from '../../src/vscode/clusters/clusters.ts'
import {
  connectionConfig,
  isEncrypted,
  missingSecrets,
  readTlsFiles,
} from '../../src/vscode/clusters/connectionConfig.ts'

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n'
const KEY = '-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n'
const LOCKED = KEY.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE')
const FILES: Readonly<Record<string, string>> = {
  '/ca.pem': CERTIFICATE,
  '/cert.pem': CERTIFICATE,
  '/key.pem': KEY,
  '/rsa.pem': KEY.replaceAll('PRIVATE', 'RSA PRIVATE'),
  '/store.jks': '\u00fe\u00ed',
}

function readPem(path: string): Promise<string> {
  const text = FILES[path]
  return text === undefined
    ? Promise.reject(new Error(`EntryNotFound (FileSystemError): ${path}`))
    : Promise.resolve(text)
}

const BASE: SavedCluster = { id: 'a', name: 'A', bootstrapServers: ['h:1'], scope: 'user' }
const withTls = (tls: Omit<NonNullable<SavedCluster['tls']>, 'enabled'>): SavedCluster => ({
  ...BASE,
  tls: { enabled: true, ...tls },
})

async function problemFor(cluster: SavedCluster) {
  try {
    await readTlsFiles(cluster, readPem)
  } catch (error) {
    return problemOf(error)
  }
  return assert.fail('nothing was wrong')
}

describe('what a connection is made of', () => {
  it('is the servers alone for plaintext', async () => {
    const files = await readTlsFiles(BASE, readPem)
    assert.deepEqual(connectionConfig(BASE, files, {}), {
      clientId: 'kafka-workbench',
      bootstrapServers: ['h:1'],
    })
  })

  it('has the texts of PEM files, not their paths', async () => {
    const cluster = withTls({
      caFile: '/ca.pem',
      certificateFile: '/cert.pem',
      keyFile: '/rsa.pem',
      serverName: 'broker',
      verify: false,
    })
    const files = await readTlsFiles(cluster, readPem)
    assert.deepEqual(connectionConfig(cluster, files, { passphrase: 'p' }).tls, {
      ca: CERTIFICATE,
      certificate: CERTIFICATE,
      key: FILES['/rsa.pem'],
      passphrase: 'p',
      serverName: 'broker',
      verify: false,
    })
  })

  it('reads no file of TLS that is turned off', async () => {
    const cluster: SavedCluster = { ...BASE, tls: { enabled: false, caFile: '/nowhere' } }
    assert.deepEqual(await readTlsFiles(cluster, readPem), {})
    assert.equal(connectionConfig(cluster, {}, {}).tls, undefined)
  })

  it('has the password beside the user', () => {
    const cluster: SavedCluster = { ...BASE, sasl: { mechanism: 'PLAIN', username: 'u' } }
    assert.deepEqual(connectionConfig(cluster, {}, { password: 'p' }).sasl, {
      mechanism: 'PLAIN',
      username: 'u',
      password: 'p',
    })
  })
})

describe('PEM files that cannot be used', () => {
  it('may be missing', async () => {
    const problem = await problemFor(withTls({ caFile: '/nowhere.pem' }))
    assert.equal(problem.code, 'pem-unreadable')
    assert.match(problem.message, /CA certificate, \/nowhere\.pem, does not exist/)
  })
  it('may be a Java keystore', async () => {
    const problem = await problemFor(withTls({ caFile: '/store.jks' }))
    assert.equal(problem.code, 'pem-invalid')
    assert.match(problem.message, /\/store\.jks is not a PEM file/)
  })
  it('may hold something else', async () => {
    const problem = await problemFor(withTls({ certificateFile: '/key.pem', keyFile: '/key.pem' }))
    assert.match(problem.message, /holds a private key, not the client certificate/)
  })
})

describe('what has to be asked', () => {
  const cluster: SavedCluster = {
    ...withTls({ keyFile: '/key.pem', certificateFile: '/cert.pem' }),
    sasl: { mechanism: 'PLAIN', username: 'u' },
  }
  it('is a password, and a passphrase for a locked key', () => {
    assert.deepEqual(missingSecrets(cluster, { key: KEY }, {}), ['password'])
    assert.deepEqual(missingSecrets(cluster, { key: LOCKED }, {}), ['password', 'passphrase'])
    assert.deepEqual(
      missingSecrets(cluster, { key: LOCKED }, { password: '', passphrase: 'x' }),
      [],
    )
    assert.deepEqual(missingSecrets(BASE, {}, {}), [])
  })
  it('knows both kinds of locked keys', () => {
    assert.equal(isEncrypted('-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n'), true)
    assert.equal(isEncrypted(LOCKED), true)
    assert.equal(isEncrypted(KEY), false)
  })
})
