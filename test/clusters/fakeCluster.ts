import type { Cluster } from '../../src/kafka/cluster.ts'
import type { Partition, Topic } from '../../src/kafka/model.ts'

/** A cluster that answers what it is given; anything else it is asked is an error of the test. */
export function fakeCluster(answers: Partial<Cluster>): Cluster {
  return new Proxy(answers as Cluster, {
    get(target, name) {
      if (name in target || name === 'then') return Reflect.get(target, name) as unknown
      throw new Error(`not asked for in this test: ${String(name)}`)
    },
  })
}

export function topic(name: string, partitions: readonly Partition[], internal = false): Topic {
  return { name, internal, partitions }
}

/** A partition with its first replica as leader; all in sync but `missing`. */
export function partition(
  number: number,
  replicas: readonly number[] = [1],
  missing: readonly number[] = [],
): Partition {
  const inSyncReplicas = replicas.filter(id => !missing.includes(id))
  const leader = inSyncReplicas[0]
  return {
    partition: number,
    ...(leader !== undefined && { leader }),
    replicas,
    inSyncReplicas,
    offlineReplicas: missing,
  }
}
