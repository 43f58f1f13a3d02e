import { createHash } from 'node:crypto'
import type { SavedCluster } from './clusters.ts'

/** What SecretStorage keeps for a cluster, as JSON. */
export interface ClusterSecret {
  /** SASL. */
  readonly password?: string
  /** Of the client's private key. */
  readonly passphrase?: string
}

/**
 * Under which key a cluster's secret is kept. It names everything that decides to whom the secret
 * goes and how well it is covered on the way: when the scope, the workspace of a workspace's
 * cluster, the id, the servers, the user, the mechanism or the TLS settings change, the key is
 * another one and the user is asked again. So nobody can get a stored password sent elsewhere by
 * editing a settings file.
 *
 * @param workspace identifies the workspace; only used for a workspace's clusters.
 */
export function secretKey(cluster: SavedCluster, workspace: string): string {
  const { tls, sasl } = cluster
  const bound = [
    cluster.scope,
    cluster.scope === 'workspace' ? workspace : '',
    cluster.id,
    cluster.bootstrapServers.map(server => server.toLowerCase()).sort(),
    sasl ? [sasl.mechanism, sasl.username] : [],
    tls?.enabled ? [tls.verify !== false, tls.serverName ?? '', tls.caFile ?? ''] : [],
    tls?.enabled ? [tls.keyFile ?? ''] : [],
  ]
  const digest = createHash('sha256').update(JSON.stringify(bound)).digest('hex')
  return `kafkaWorkbench.cluster.${digest}`
}

/** Reads what was stored; anything unexpected counts as nothing stored. */
export function readSecret(text: string | undefined): ClusterSecret {
  if (text === undefined) return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return {}
    const { password, passphrase } = value as Record<string, unknown>
    return {
      ...(typeof password === 'string' && { password }),
      ...(typeof passphrase === 'string' && { passphrase }),
    }
  } catch {
    return {}
  }
}
