import type { SaslMechanism } from '../../kafka/connection.ts'
import type { SavedCluster } from './clusters.ts'
import { isEncrypted } from './connectionConfig.ts'
import type { ClusterSecret } from './secretKey.ts'
import { readServers } from './servers.ts'
import { newId } from './settings.ts'

/** How a cluster is reached: Kafka's `security.protocol`, with mutual TLS told apart. */
export type Security = 'plaintext' | 'tls' | 'mtls' | 'sasl-tls' | 'sasl-plaintext'

/** What *Add Cluster* collects, step by step. Lives in memory only: it may hold a password. */
export interface ClusterDraft {
  /** Of the cluster that is edited; absent for a new one. */
  readonly id?: string
  readonly name: string
  readonly servers: string
  readonly security: Security
  readonly mechanism: SaslMechanism
  readonly username: string
  /** Absent while editing: the stored one stays. */
  readonly password?: string
  readonly caFile?: string
  readonly certificateFile?: string
  readonly keyFile?: string
  /** Text of the key file, to see whether it needs a passphrase. */
  readonly key?: string
  readonly passphrase?: string
  readonly serverName?: string
  readonly verify?: boolean
  /** `both`: protected and throw-away, which only somebody who wrote it by hand wanted. */
  readonly care: 'ordinary' | 'protected' | 'disposable' | 'both'
  readonly color?: string
  readonly scope: SavedCluster['scope']
}

export const NEW_DRAFT: ClusterDraft = {
  name: '',
  servers: 'localhost:9092',
  security: 'plaintext',
  mechanism: 'SCRAM-SHA-512',
  username: '',
  care: 'ordinary',
  scope: 'user',
}

export type StepName =
  | 'name'
  | 'servers'
  | 'security'
  | 'ca'
  | 'certificate'
  | 'key'
  | 'passphrase'
  | 'mechanism'
  | 'username'
  | 'password'
  | 'care'
  | 'scope'

export interface StepOptions {
  /** A folder is open and trusted, so that its settings can hold a cluster. */
  readonly workspace: boolean
}

/** The steps that this draft needs, in order; the choice of security decides. */
export function stepsOf(draft: ClusterDraft, options: StepOptions): readonly StepName[] {
  const steps: StepName[] = ['name', 'servers', 'security']
  if (usesTls(draft)) steps.push('ca')
  if (draft.security === 'mtls') steps.push('certificate', 'key')
  if (draft.security === 'mtls' && isEncrypted(draft.key)) steps.push('passphrase')
  if (usesSasl(draft)) steps.push('mechanism', 'username', 'password')
  steps.push('care')
  if (options.workspace && draft.id === undefined) steps.push('scope')
  return steps
}

export function usesTls({ security }: ClusterDraft): boolean {
  return security === 'tls' || security === 'mtls' || security === 'sasl-tls'
}

export function usesSasl({ security }: ClusterDraft): boolean {
  return security === 'sasl-tls' || security === 'sasl-plaintext'
}

/** What is wrong with a name, or undefined. `taken` are the names of the other clusters. */
export function nameError(name: string, taken: readonly string[]): string | undefined {
  const text = name.trim()
  if (text === '') return 'Give the cluster a name.'
  if (taken.includes(text)) return `There is a cluster "${text}" already.`
  return undefined
}

/** What is wrong with a list of addresses, or undefined. */
export function serversError(text: string): string | undefined {
  const answer = readServers(text)
  return answer.kind === 'invalid' ? answer.message : undefined
}

/** The cluster that a complete draft describes. */
export function draftCluster(
  draft: ClusterDraft,
  taken: readonly string[],
  prefix: string,
): SavedCluster {
  const servers = readServers(draft.servers)
  const tls = draftTls(draft)
  return {
    id: draft.id ?? prefix + newId(draft.name, taken),
    name: draft.name.trim(),
    bootstrapServers: servers.kind === 'servers' ? servers.servers : [],
    ...(tls && { tls }),
    ...(usesSasl(draft) && {
      sasl: { mechanism: draft.mechanism, username: draft.username.trim() },
    }),
    ...((draft.care === 'protected' || draft.care === 'both') && { protected: true }),
    ...((draft.care === 'disposable' || draft.care === 'both') && { disposable: true }),
    ...(draft.color !== undefined && { color: draft.color }),
    scope: draft.scope,
  }
}

function draftTls(draft: ClusterDraft): SavedCluster['tls'] {
  if (!usesTls(draft)) return undefined
  const { caFile, certificateFile, keyFile, serverName } = draft
  // A client certificate beside a password is only ever written by hand; editing keeps it.
  const mutual = draft.security !== 'tls'
  return {
    enabled: true,
    ...(caFile !== undefined && { caFile }),
    ...(mutual && certificateFile !== undefined && { certificateFile }),
    ...(mutual && keyFile !== undefined && { keyFile }),
    ...(serverName !== undefined && { serverName }),
    ...(draft.verify === false && { verify: false }),
  }
}

/** The secret of a complete draft; what was left empty while editing keeps its stored value. */
export function draftSecret(draft: ClusterDraft, stored: ClusterSecret): ClusterSecret {
  const password = draft.password ?? stored.password
  const passphrase = draft.passphrase ?? stored.passphrase
  return {
    ...(usesSasl(draft) && password !== undefined && { password }),
    ...(draft.security === 'mtls' && passphrase !== undefined && { passphrase }),
  }
}

/** Whether a stored secret may go on serving: it is not sent to other servers or for another user. */
export function keepsSecret(draft: ClusterDraft, before: SavedCluster | undefined): boolean {
  if (!before) return false
  const { bootstrapServers, sasl } = draftCluster(draft, [], '')
  const same = (one: readonly string[], other: readonly string[]) =>
    [...one].sort().join() === [...other].sort().join()
  return same(bootstrapServers, before.bootstrapServers) && sasl?.username === before.sasl?.username
}

/** The draft with which editing a saved cluster starts. */
export function draftOf(cluster: SavedCluster): ClusterDraft {
  const { tls, sasl } = cluster
  const { caFile, certificateFile, keyFile, serverName, verify } = tls ?? {}
  return {
    ...NEW_DRAFT,
    id: cluster.id,
    name: cluster.name,
    servers: cluster.bootstrapServers.join(', '),
    security: securityOf(cluster),
    ...(sasl && { mechanism: sasl.mechanism, username: sasl.username }),
    ...(caFile !== undefined && { caFile }),
    ...(certificateFile !== undefined && { certificateFile }),
    ...(keyFile !== undefined && { keyFile }),
    ...(serverName !== undefined && { serverName }),
    ...(verify !== undefined && { verify }),
    ...(cluster.color !== undefined && { color: cluster.color }),
    care: careOf(cluster),
    scope: cluster.scope,
  }
}

function careOf(cluster: SavedCluster): ClusterDraft['care'] {
  if (cluster.protected) return cluster.disposable ? 'both' : 'protected'
  return cluster.disposable ? 'disposable' : 'ordinary'
}

/** How a saved cluster is reached. */
export function securityOf({ tls, sasl }: SavedCluster): Security {
  if (sasl) return tls?.enabled ? 'sasl-tls' : 'sasl-plaintext'
  if (!tls?.enabled) return 'plaintext'
  return tls.certificateFile === undefined ? 'tls' : 'mtls'
}
