/** Topics of one partition, and how much is in them. */
import { silentLog } from '../../src/base/log.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import type { Place } from './place.ts'

export function makeTopic(name: string, place: Place): Promise<void> {
  return onCluster(place, async cluster => {
    const [made] = await cluster.createTopics([{ name, partitions: 1 }])
    if (made?.problem) throw new Error(made.problem.message)
  })
}

export function deleteTopic(name: string, place: Place): Promise<void> {
  return onCluster(place, async cluster => {
    await cluster.deleteTopics([name])
  })
}

/** So many records were written to it. */
export function endOffset(topic: string, place: Place): Promise<number> {
  return onCluster(place, async cluster => {
    const [end] = await cluster.listOffsets([{ topic, partition: 0, at: 'latest' }])
    return Number(end?.offset ?? -1n)
  })
}

async function onCluster<T>(
  { bootstrapServers }: Place,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const config = { bootstrapServers: [bootstrapServers], clientId: 'bench' }
  const cluster = await createCluster(config, {
    log: silentLog,
    reader: () => {
      throw new Error('Nothing is read here.')
    },
  })
  try {
    return await work(cluster)
  } finally {
    await cluster.close()
  }
}
