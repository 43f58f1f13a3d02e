import { silentLog } from '../base/log.ts'
import type { Cluster } from '../kafka/cluster.ts'
import type { ConnectionConfig } from '../kafka/connection.ts'
import { createReader, type Reader } from '../reading/reader.ts'

/** What a command does with its cluster. */
export interface ClusterUse {
  readonly readerWorker: URL
  /** The thread that reads records starts at once, and not on first use. */
  readonly readsSoon: boolean
}

/** Connects, and closes everything when the action is over. */
export async function withCluster<T>(
  config: ConnectionConfig,
  use: ClusterUse,
  signal: AbortSignal,
  action: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const prepared = prepareCluster(config, use)
  try {
    return await action(await prepared.open(signal))
  } finally {
    await prepared.close()
  }
}

/** A cluster that can be connected to, with the thread that reads its records. */
export interface PreparedCluster {
  /** Connects once. Rejects with `ProblemError`. */
  open(signal: AbortSignal): Promise<Cluster>
  close(): Promise<void>
}

export function prepareCluster(
  config: ConnectionConfig,
  { readerWorker, readsSoon }: ClusterUse,
): PreparedCluster {
  const reader = createReader({ workerPath: readerWorker, config, log: silentLog })
  if (readsSoon) reader.warmUp([])
  let opening: Promise<Cluster> | undefined
  return {
    open: signal => (opening ??= connect(config, reader, signal)),
    async close() {
      const cluster = await opening?.catch(() => undefined)
      await Promise.allSettled([cluster?.close(), reader.close()])
    },
  }
}

/** The client is large: it is loaded here, beside the start of the thread. */
async function connect(
  config: ConnectionConfig,
  reader: Reader,
  signal: AbortSignal,
): Promise<Cluster> {
  const { createCluster, registerCodecs, kafkajsCodecs } = await import('./client.ts')
  registerCodecs(kafkajsCodecs)
  const dependencies = {
    log: silentLog,
    reader: (request, ask) => reader.read(request, ask),
    warmUp: topics => reader.warmUp(topics),
  } satisfies Parameters<typeof createCluster>[1]
  return createCluster(config, dependencies, { signal })
}
