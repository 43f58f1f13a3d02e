/** How to reach a cluster, secrets included: lives in memory only, never saved, never logged. */
export interface ConnectionConfig {
  /** `host:port`, at least one. */
  readonly bootstrapServers: readonly string[]
  readonly tls?: TlsConfig
  readonly sasl?: SaslConfig
  /** Shown by the broker's own logs and quotas. */
  readonly clientId: string
}

export interface TlsConfig {
  /** PEM text; absent: the system's trusted certificates. */
  readonly ca?: string
  /** PEM text of the client's certificate chain, for mutual TLS. */
  readonly certificate?: string
  /** PEM text of the client's private key. */
  readonly key?: string
  readonly passphrase?: string
  /** Checked against the certificate instead of the host in the address. */
  readonly serverName?: string
  /** Default true. False: encrypts without knowing to whom. */
  readonly verify?: boolean
}

export type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'

export interface SaslConfig {
  readonly mechanism: SaslMechanism
  readonly username: string
  readonly password: string
}
