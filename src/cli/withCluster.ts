import { silentLog } from '../base/log.ts'
import type { Cluster } from '../kafka/cluster.ts'
import type { ConnectionConfig } from '../kafka/connection.ts'
import { createCluster } from '../kafkajs/cluster.ts'
import { createReader } from '../reading/reader.ts'

/** Connects, and closes everything when the action is over. */
export async function withCluster<T>(
  config: ConnectionConfig,
  readerWorker: URL,
  signal: AbortSignal,
  action: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const connection = await openCluster(config, readerWorker, signal)
  try {
    return await action(connection.cluster)
  } finally {
    await connection.close()
  }
}

/** A cluster with the thread that reads its records, which starts on first use. */
export interface OpenCluster {
  readonly cluster: Cluster
  close(): Promise<void>
}

export async function openCluster(
  config: ConnectionConfig,
  readerWorker: URL,
  signal: AbortSignal,
): Promise<OpenCluster> {
  const reader = createReader({ workerPath: readerWorker, config, log: silentLog })
  try {
    const cluster = await createCluster(
      config,
      { log: silentLog, reader: (request, ask) => reader.read(request, ask) },
      { signal },
    )
    return {
      cluster,
      async close() {
        await Promise.allSettled([cluster.close(), reader.close()])
      },
    }
  } catch (error) {
    await reader.close()
    throw error
  }
}
