import type { Cluster } from '../../kafka/cluster.ts'
import { withPatience } from '../messages/progress.ts'
import type { Clusters, SavedCluster } from './clusters.ts'

/**
 * The connection of a cluster. One that takes long to open shows so in a notification, which can
 * be cancelled: a broker that does not answer takes its time. Rejects with `ProblemError`.
 */
export async function connectVisibly(
  clusters: Pick<Clusters, 'connected' | 'connect'>,
  { id, name }: SavedCluster,
): Promise<Cluster> {
  const open = clusters.connected(id)
  return open ?? withPatience(`Connecting to ${name}`, signal => clusters.connect(id, signal))
}
