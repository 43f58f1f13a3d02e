import { ProblemError } from '../../base/problem.ts'
import type { ConnectionConfig, TlsConfig } from '../../kafka/connection.ts'
import type { SavedCluster } from './clusters.ts'
import type { ClusterSecret } from './secretKey.ts'

export const CLIENT_ID = 'kafka-workbench'

/** Reads a PEM file; rejects with the file system's own error. Relative paths are its business. */
export type ReadPem = (path: string) => Promise<string>

/** PEM texts of a cluster's TLS files. */
export interface TlsFiles {
  readonly ca?: string
  readonly certificate?: string
  readonly key?: string
}

/** Reads and checks the PEM files that a cluster names. Rejects with `ProblemError`. */
export async function readTlsFiles(cluster: SavedCluster, readPem: ReadPem): Promise<TlsFiles> {
  const { tls } = cluster
  if (!tls?.enabled) return {}
  const read = (path: string | undefined, kind: PemKind) =>
    path === undefined ? undefined : readPart(path, kind, readPem)
  const [ca, certificate, key] = await Promise.all([
    read(tls.caFile, 'CA certificate'),
    read(tls.certificateFile, 'client certificate'),
    read(tls.keyFile, 'private key'),
  ])
  return {
    ...(ca !== undefined && { ca }),
    ...(certificate !== undefined && { certificate }),
    ...(key !== undefined && { key }),
  }
}

type PemKind = 'CA certificate' | 'client certificate' | 'private key'

async function readPart(path: string, kind: PemKind, readPem: ReadPem): Promise<string> {
  let text: string
  try {
    text = await readPem(path)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    const missing = /ENOENT|FileNotFound|EntryNotFound/i.test(detail)
    throw new ProblemError({
      code: 'pem-unreadable',
      message: missing
        ? `The file of the ${kind}, ${path}, does not exist.`
        : `The file of the ${kind}, ${path}, cannot be read.`,
      advice: 'Edit the cluster and choose the file again.',
      detail,
    })
  }
  checkPem(text, path, kind)
  return text
}

/** Node ignores a `ca` that is no PEM without a word, so the text is looked at here. */
function checkPem(text: string, path: string, kind: PemKind): void {
  const wanted = kind === 'private key' ? 'PRIVATE KEY' : 'CERTIFICATE'
  if (new RegExp(`-----BEGIN ([A-Z0-9 ]+ )?${wanted}-----`).test(text)) return
  const found = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1]
  throw new ProblemError({
    code: 'pem-invalid',
    message: found
      ? `${path} holds a ${found.toLowerCase()}, not the ${kind}.`
      : `${path} is not a PEM file.`,
    advice: `Choose a PEM file: it has a line "-----BEGIN ${wanted}-----". A Java keystore is converted by keytool and openssl.`,
  })
}

/** Whether a private key cannot be used without a passphrase. */
export function isEncrypted(key: string | undefined): boolean {
  return key !== undefined && /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(key)
}

/** What has to be asked before this cluster can be reached. */
export function missingSecrets(
  cluster: SavedCluster,
  files: TlsFiles,
  secret: ClusterSecret,
): readonly (keyof ClusterSecret)[] {
  const missing: (keyof ClusterSecret)[] = []
  if (cluster.sasl && secret.password === undefined) missing.push('password')
  if (isEncrypted(files.key) && secret.passphrase === undefined) missing.push('passphrase')
  return missing
}

/** Everything that a connection needs, secrets included: never saved, never logged. */
export function connectionConfig(
  cluster: SavedCluster,
  files: TlsFiles,
  secret: ClusterSecret,
): ConnectionConfig {
  const { sasl } = cluster
  const tls = tlsConfig(cluster, files, secret)
  return {
    clientId: CLIENT_ID,
    bootstrapServers: cluster.bootstrapServers,
    ...(tls && { tls }),
    ...(sasl && { sasl: { ...sasl, password: secret.password ?? '' } }),
  }
}

function tlsConfig(
  { tls }: SavedCluster,
  files: TlsFiles,
  { passphrase }: ClusterSecret,
): TlsConfig | undefined {
  if (!tls?.enabled) return undefined
  return {
    ...files,
    ...(passphrase !== undefined && { passphrase }),
    ...(tls.serverName !== undefined && { serverName: tls.serverName }),
    ...(tls.verify === false && { verify: false }),
  }
}
