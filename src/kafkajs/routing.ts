import type { AskOptions, Client, ClusterMetadata } from './client.ts'
import { CODE } from './errorCodes.ts'
import { kafkaProblem } from './problems.ts'
import { FindCoordinator, FindCoordinatorOne } from './protocol/groups.ts'
import { outcomeOf, type Outcome, type Place } from './spread.ts'
import type { TopicPartition } from '../kafka/model.ts'

export type TopicMetadata = ClusterMetadata['topics'][number]

/** Leaders change seldom, and whoever is asked wrongly says so. */
const LEADERS_MAX_AGE_MS = 30_000
/** A partition without a leader is looked up again at most so often. */
const LEADERLESS_MAX_AGE_MS = 5_000

/** Who leads which partition: topics' metadata, kept for a short while. */
export class Leaders {
  readonly #client: Client
  readonly #topics = new Map<string, { readonly at: number; readonly topic: TopicMetadata }>()

  constructor(client: Client) {
    this.#client = client
  }

  /** Fresh metadata of these topics, or of all of them. */
  async fetch(
    names: readonly string[] | undefined,
    ask: AskOptions = {},
  ): Promise<ClusterMetadata> {
    const answer = await this.#client.metadata(names, ask)
    const at = Date.now()
    if (!names) this.#topics.clear()
    for (const topic of answer.topics) this.#topics.set(topic.name ?? '', { at, topic })
    return answer
  }

  /** Metadata of these topics, at most half a minute old. */
  async topics(
    names: ReadonlySet<string>,
    refresh: boolean,
    ask: AskOptions = {},
  ): Promise<ReadonlyMap<string, TopicMetadata>> {
    const now = Date.now()
    const old = [...names].filter(name => {
      const known = this.#topics.get(name)
      return refresh || !known || now - known.at > LEADERS_MAX_AGE_MS || known.topic.errorCode !== 0
    })
    if (old.length > 0) await this.fetch(old, ask)
    const found = new Map<string, TopicMetadata>()
    for (const name of names) {
      const known = this.#topics.get(name)
      if (known) found.set(name, known.topic)
    }
    return found
  }

  /** The leader of each partition; a topic, partition or leader that is not there is a problem. */
  async place(
    partitions: readonly TopicPartition[],
    refresh: boolean,
    ask: AskOptions = {},
  ): Promise<readonly Place[]> {
    const topics = await this.topics(new Set(partitions.map(({ topic }) => topic)), refresh, ask)
    const byTopic = new Map([...topics].map(([name, topic]) => [name, leadersOf(topic)]))
    const now = Date.now()
    return partitions.map(({ topic, partition }) => {
      const code = topics.get(topic)?.errorCode ?? CODE.unknownTopicOrPartition
      const missing = kafkaProblem(code, `Topic ${topic}`)
      if (missing) return { problem: missing, moved: code === CODE.leaderNotAvailable }
      const old = now - (this.#topics.get(topic)?.at ?? 0) > LEADERLESS_MAX_AGE_MS
      return leaderOf(byTopic.get(topic)?.get(partition), `${topic}-${partition}`, old)
    })
  }

  forget(names: readonly string[]): void {
    for (const name of names) this.#topics.delete(name)
  }
}

function leadersOf(topic: TopicMetadata): ReadonlyMap<number, number> {
  return new Map(topic.partitions.map(({ partitionIndex, leaderId }) => [partitionIndex, leaderId]))
}

function leaderOf(leader: number | undefined, name: string, moved: boolean): Place {
  if (leader !== undefined && leader >= 0) return { nodeId: leader }
  const code = leader === undefined ? CODE.unknownTopicOrPartition : CODE.leaderNotAvailable
  const problem = kafkaProblem(code, `Partition ${name}`)
  return problem ? { problem, moved } : { nodeId: -1 }
}

/** KeyType of FindCoordinator, and what it is called. */
const KINDS = {
  group: { keyType: 0, name: 'Group' },
  transaction: { keyType: 1, name: 'Transaction' },
} as const

/**
 * Which broker coordinates which group, or which transactional id; kept until one says that it is
 * not the coordinator.
 */
export class Coordinators {
  readonly #client: Client
  readonly #kind: (typeof KINDS)[keyof typeof KINDS]
  readonly #nodes = new Map<string, number>()

  constructor(client: Client, of: keyof typeof KINDS = 'group') {
    this.#client = client
    this.#kind = KINDS[of]
  }

  async place(
    ids: readonly string[],
    refresh: boolean,
    ask: AskOptions = {},
  ): Promise<readonly Place[]> {
    const unknown = [...new Set(ids)].filter(id => refresh || !this.#nodes.has(id))
    const found = unknown.length > 0 ? await this.#find(unknown, ask) : new Map<string, Place>()
    return ids.map(id => found.get(id) ?? { nodeId: this.#nodes.get(id) ?? -1 })
  }

  async #find(ids: readonly string[], ask: AskOptions): Promise<ReadonlyMap<string, Place>> {
    const { ranges } = await this.#client.connection('any', ask)
    const batched = FindCoordinator.pick(ranges) !== undefined
    const places = batched ? await this.#findMany(ids, ask) : await this.#findEach(ids, ask)
    for (const [id, place] of places) {
      if ('nodeId' in place) this.#nodes.set(id, place.nodeId)
      else this.#nodes.delete(id)
    }
    return places
  }

  async #findMany(ids: readonly string[], ask: AskOptions): Promise<Map<string, Place>> {
    const { keyType, name } = this.#kind
    const body = { keyType, coordinatorKeys: ids }
    const { coordinators } = await this.#client.send('any', FindCoordinator, body, ask)
    return new Map(
      coordinators.map(found => [
        found.key,
        toPlace(
          outcomeOf(
            found.errorCode,
            `${name} ${found.key}`,
            () => found.nodeId,
            found.errorMessage,
          ),
        ),
      ]),
    )
  }

  async #findEach(ids: readonly string[], ask: AskOptions): Promise<Map<string, Place>> {
    const { keyType, name } = this.#kind
    const found = await Promise.all(
      ids.map(async key => {
        const body = { key, keyType }
        const answer = await this.#client.send('any', FindCoordinatorOne, body, ask)
        const { errorCode, errorMessage, nodeId } = answer
        const outcome = outcomeOf(errorCode, `${name} ${key}`, () => nodeId, errorMessage)
        return [key, toPlace(outcome)] as const
      }),
    )
    return new Map(found)
  }
}

function toPlace(outcome: Outcome<number>): Place {
  return outcome.problem ? outcome : { nodeId: outcome.value }
}
