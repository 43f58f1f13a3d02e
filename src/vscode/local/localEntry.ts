import { ProblemError } from '../../base/problem.ts'
import type { SavedCluster } from '../clusters/clusters.ts'
import { LOCAL_KAFKA_ID } from '../clusters/settings.ts'

/**
 * The cluster that *Start Local Kafka* keeps in the user's settings. What the user changed of it
 * stays; no other cluster is touched, whatever it is called.
 */
export function localEntry(all: readonly SavedCluster[], bootstrapServers: string): SavedCluster {
  const servers = bootstrapServers.split(',')
  const ours = all.find(({ id, scope }) => id === LOCAL_KAFKA_ID && scope === 'user')
  if (ours) return { ...ours, bootstrapServers: servers }
  return {
    id: LOCAL_KAFKA_ID,
    name: freeName('Local Kafka', new Set(all.map(({ name }) => name))),
    bootstrapServers: servers,
    disposable: true,
    scope: 'user',
  }
}

/**
 * Whether topics of a cluster may be deleted and made anew. The entry of the local Kafka says so for
 * that alone: once it has ended, another broker may answer at its address.
 */
export async function isDisposable(
  { id, disposable = false, bootstrapServers }: SavedCluster,
  runsLocally: (servers: readonly string[]) => Promise<boolean>,
): Promise<boolean> {
  return disposable && (id !== LOCAL_KAFKA_ID || (await runsLocally(bootstrapServers)))
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let count = 1; ; count++) {
    const free = count === 1 ? name : `${name} ${count}`
    if (!taken.has(free)) return free
  }
}

/** The version that was set by hand; undefined: any. It becomes part of paths and addresses. */
export function checkedVersion(text: string): string | undefined {
  const version = text.trim()
  if (version === '') return undefined
  if (/^\d+\.\d+\.\d+$/.test(version)) return version
  throw new ProblemError({
    code: 'settings',
    message: `"${version}" in kafkaWorkbench.localKafka.version is not a version of Kafka.`,
    advice: 'Write one such as 4.2.0 in the settings, or leave it empty.',
  })
}
