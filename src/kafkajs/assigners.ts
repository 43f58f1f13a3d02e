import kafkajs, { type PartitionAssigner } from 'kafkajs'
import { decodeSubscription } from './consumerProtocol.ts'

/** The topics that each member of a group subscribes to, by member id. */
export type Subscriptions = ReadonlyMap<string, readonly string[]>

/** The partitions of each topic that a member gets, by member id and topic. */
export type Assignment = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>

type Strategy = (
  subscriptions: Subscriptions,
  partitions: ReadonlyMap<string, readonly number[]>,
) => Assignment

/**
 * What a joining member offers, the best first. A broker refuses a member that has no strategy in
 * common with the others of its group: Java's consumers offer `range`, librdkafka `range` and
 * `roundrobin`, kafkajs a round robin under a name of its own. The first member of a group leads it
 * and assigns for all, also topics that only others subscribe to; kafkajs's own assigner knows the
 * leader's topics only, and would leave the other members without partitions.
 */
export const assigners: PartitionAssigner[] = [
  assigner('range', range),
  assigner('roundrobin', roundRobin),
  assigner('RoundRobinAssigner', roundRobin),
]

/** Neighbouring partitions of each topic, topic by topic (Kafka: `RangeAssignor`). */
export function range(...[subscriptions, partitions]: Parameters<Strategy>): Assignment {
  const assignment = nothingFor(subscriptions)
  for (const [topic, ids] of partitions) {
    const members = membersOf(subscriptions, topic)
    const share = Math.floor(ids.length / members.length)
    const withOneMore = ids.length % members.length
    let next = 0
    members.forEach((member, place) => {
      const count = share + (place < withOneMore ? 1 : 0)
      if (count > 0) assignment.get(member)?.set(topic, ids.slice(next, next + count))
      next += count
    })
  }
  return assignment
}

/** All partitions in turn to the members that want them (Kafka: `RoundRobinAssignor`). */
export function roundRobin(...[subscriptions, partitions]: Parameters<Strategy>): Assignment {
  const assignment = nothingFor(subscriptions)
  const members = [...assignment.keys()]
  let turn = 0
  for (const topic of [...partitions.keys()].sort()) {
    if (membersOf(subscriptions, topic).length === 0) continue
    for (const id of partitions.get(topic) ?? []) {
      const wants = (member = '') => subscriptions.get(member)?.includes(topic)
      while (!wants(members[turn % members.length])) turn++
      const own = assignment.get(members[turn++ % members.length] ?? '')
      own?.set(topic, [...(own.get(topic) ?? []), id])
    }
  }
  return assignment
}

function nothingFor(subscriptions: Subscriptions): Map<string, Map<string, readonly number[]>> {
  const members = [...subscriptions.keys()].sort()
  return new Map(members.map(member => [member, new Map<string, readonly number[]>()]))
}

function membersOf(subscriptions: Subscriptions, topic: string): readonly string[] {
  const members = [...subscriptions].filter(([, topics]) => topics.includes(topic))
  return members.map(([member]) => member).sort()
}

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol
const VERSION = 0
const NO_USER_DATA = Buffer.alloc(0)

function assigner(name: string, strategy: Strategy): PartitionAssigner {
  return ({ cluster }) => ({
    name,
    version: VERSION,
    protocol: ({ topics }) => ({
      name,
      metadata: MemberMetadata.encode({ version: VERSION, topics, userData: NO_USER_DATA }),
    }),
    async assign({ members }) {
      const subscriptions = new Map(
        members.map(({ memberId, memberMetadata }) => [
          memberId,
          decodeSubscription(memberMetadata) ?? [],
        ]),
      )
      const topics = [...new Set([...subscriptions.values()].flat())]
      await cluster.addMultipleTargetTopics(topics)
      const partitions = new Map(
        topics.map(topic => [
          topic,
          cluster
            .findTopicPartitionMetadata(topic)
            .map(({ partitionId }) => partitionId)
            .sort((a, b) => a - b),
        ]),
      )
      return [...strategy(subscriptions, partitions)].map(([memberId, own]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: VERSION,
          assignment: Object.fromEntries([...own].map(([topic, ids]) => [topic, [...ids]])),
          userData: NO_USER_DATA,
        }),
      }))
    },
  })
}
