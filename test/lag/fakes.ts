import type { Clock } from '../../src/base/clock.ts'
import { ProblemError, type Problem } from '../../src/base/problem.ts'
import type { Cluster, OffsetAnswer, OffsetQuery } from '../../src/kafka/cluster.ts'
import type { Group, Member, Topic } from '../../src/kafka/model.ts'
import { partitionName } from '../../src/lag/reading.ts'

/** Time that moves only when a test says so. */
export class ManualClock implements Clock {
  #now = 1_000_000
  #timers = new Set<{ readonly at: number; readonly ring: () => void }>()

  now(): number {
    return this.#now
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = { at: this.#now + ms, ring: resolve }
      this.#timers.add(timer)
      const abort = () => {
        this.#timers.delete(timer)
        reject(signal?.reason as Error)
      }
      if (signal?.aborted) abort()
      else signal?.addEventListener('abort', abort, { once: true })
    })
  }

  get sleepers(): number {
    return this.#timers.size
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at)
      if (!next || next.at > end) break
      this.#timers.delete(next)
      this.#now = next.at
      next.ring()
      await settle()
    }
    this.#now = end
  }
}

/** Long enough for everything that waits for nothing but promises. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve()
}

export const member = (memberId: string, topic: string, partitions: readonly number[]): Member => ({
  memberId,
  clientId: memberId,
  host: '10.0.0.1',
  subscribedTopics: [topic],
  assignment: partitions.map(partition => ({ topic, partition })),
})

export const classicGroup = (
  groupId: string,
  members: readonly Member[],
  state = members.length > 0 ? 'Stable' : 'Empty',
): Group => ({ groupId, type: 'classic', protocolType: 'consumer', state, members })

/** A cluster in memory that counts what it is asked. */
export class FakeCluster {
  readonly groups = new Map<string, Group>()
  readonly topics = new Map<string, number>()
  /** By partition name. */
  readonly ends = new Map<string, bigint>()
  readonly starts = new Map<string, bigint>()
  readonly endProblems = new Map<string, Problem>()
  /** By group, then by partition name. */
  readonly commits = new Map<string, Map<string, bigint>>()
  readonly shareLags = new Map<string, bigint | undefined>()
  readonly asked: string[] = []
  down: Problem | undefined
  hang = false

  /** A view on this fake as the port; what a lag watch never calls is not there. */
  get port(): Cluster {
    const part: Pick<
      Cluster,
      'describeGroups' | 'committedOffsets' | 'listOffsets' | 'describeTopics' | 'shareGroupOffsets'
    > = {
      describeGroups: async groups => {
        await this.#called(`describe ${groups.map(({ groupId }) => groupId).join(',')}`)
        return groups.map(
          ({ groupId }) => this.groups.get(groupId) ?? classicGroup(groupId, [], 'Dead'),
        )
      },
      committedOffsets: async groupIds => {
        await this.#called(`commits ${groupIds.join(',')}`)
        return groupIds.map(groupId => ({
          groupId,
          offsets: [...(this.commits.get(groupId) ?? [])].map(([name, committedOffset]) => ({
            ...place(name),
            committedOffset,
          })),
        }))
      },
      shareGroupOffsets: async groupId => {
        await this.#called(`share ${groupId}`)
        return [...this.shareLags].map(([name, lag]) => ({
          ...place(name),
          startOffset: 0n,
          ...(lag === undefined ? {} : { lag }),
        }))
      },
      listOffsets: async queries => {
        const kinds = [
          ...new Set(queries.map(({ at }) => (typeof at === 'string' ? at : 'time'))),
        ].join('+')
        await this.#called(`${kinds} ${queries.map(partitionName).join(',')}`)
        return queries.map(query => this.#answer(query))
      },
      describeTopics: async names => {
        await this.#called(`topics ${names.join(',')}`)
        return names.map(name => this.#topic(name))
      },
    }
    return part as Cluster
  }

  take(): string[] {
    return this.asked.splice(0)
  }

  async #called(what: string): Promise<void> {
    this.asked.push(what)
    if (this.hang) await new Promise(() => undefined)
    if (this.down) throw new ProblemError(this.down)
  }

  #answer({ at, topic, partition }: OffsetQuery): OffsetAnswer {
    const name = partitionName({ topic, partition })
    const problem = this.endProblems.get(name)
    const offset = (at === 'earliest' ? this.starts : this.ends).get(name)
    if (problem) return { topic, partition, problem }
    if (offset === undefined) return { topic, partition, problem: DELETED }
    return { topic, partition, offset }
  }

  #topic(name: string): Topic {
    const count = this.topics.get(name)
    const partitions = Array.from({ length: count ?? 0 }, (_, partition) => ({
      partition,
      replicas: [1],
      inSyncReplicas: [1],
      offlineReplicas: [],
    }))
    return {
      name,
      internal: false,
      partitions,
      ...(count === undefined ? { problem: DELETED } : {}),
    }
  }
}

export const DELETED: Problem = {
  code: 'UNKNOWN_TOPIC_OR_PARTITION',
  message: 'There is no such topic.',
}
export const LEADERLESS: Problem = {
  code: 'LEADER_NOT_AVAILABLE',
  message: 'The partition has no leader.',
}
export const REFUSED: Problem = {
  code: 'refused',
  message: 'localhost:9092 does not answer: connection refused.',
}

function place(name: string): { readonly topic: string; readonly partition: number } {
  const dash = name.lastIndexOf('-')
  return { topic: name.slice(0, dash), partition: Number(name.slice(dash + 1)) }
}
