import type { Memento, SecretStorage } from 'vscode'
import type { SavedCluster } from './clusters.ts'
import { readSecret, secretKey, type ClusterSecret } from './secretKey.ts'

/** Passwords and passphrases of clusters, in VS Code's SecretStorage and nowhere else. */
export interface Secrets {
  get(cluster: SavedCluster): Promise<ClusterSecret>
  /** Keeps it for the cluster as it is now; an empty secret forgets. */
  set(cluster: SavedCluster, secret: ClusterSecret): Promise<void>
  /** Forgets whatever was ever kept for this cluster, with its present servers or others. */
  forget(cluster: SavedCluster): Promise<void>
}

/** Which keys a cluster has used, so that its secrets can be found again after its servers changed. */
const INDEX = 'kafkaWorkbench.secretKeys'

export function createSecrets(
  storage: SecretStorage,
  state: Memento,
  workspace: () => string,
): Secrets {
  const owner = (cluster: SavedCluster) =>
    cluster.scope === 'workspace' ? `${workspace()} ${cluster.id}` : cluster.id
  const index = () => state.get<Readonly<Record<string, readonly string[]>>>(INDEX, {})

  return {
    async get(cluster) {
      return readSecret(await storage.get(secretKey(cluster, workspace())))
    },
    async set(cluster, secret) {
      const key = secretKey(cluster, workspace())
      if (secret.password === undefined && secret.passphrase === undefined) {
        await storage.delete(key)
        return
      }
      await storage.store(key, JSON.stringify(secret))
      const keys = new Set(index()[owner(cluster)]).add(key)
      await state.update(INDEX, { ...index(), [owner(cluster)]: [...keys] })
    },
    async forget(cluster) {
      const { [owner(cluster)]: keys = [], ...others } = index()
      const all = new Set(keys).add(secretKey(cluster, workspace()))
      await Promise.all([...all].map(key => storage.delete(key)))
      await state.update(INDEX, others)
    },
  }
}
