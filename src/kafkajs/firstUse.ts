import type { AskOptions } from './client.ts'
import { CODE } from './errorCodes.ts'
import { Metadata } from './protocol/metadata.ts'
import type { TopicMetadata } from './routing.ts'
import { describeCluster, type TopicContext } from './topics.ts'
import { pause } from './waiting.ts'

/** How long a broker may take to create a topic and to find leaders for it, ms. */
const CREATION_MS = 10_000
const LOOK_MS = 50

/**
 * Asks the broker to create a topic by its own settings (`auto.create.topics.enable`), as the Java
 * producer does by sending to it, and waits until its partitions have leaders. Nothing but
 * producing may call this. Answers what is known of the topic, which is still missing where
 * brokers do not create topics.
 */
export async function createOnFirstUse(
  context: TopicContext,
  topic: string,
  ask: AskOptions,
): Promise<TopicMetadata | undefined> {
  const { client, leaders } = context
  const { autoCreateTopics } = await describeCluster(context, ask)
  const look = async () => (await leaders.topics(new Set([topic]), true, ask)).get(topic)
  if (autoCreateTopics === false) return look()
  const body = { topics: [{ name: topic }], allowAutoTopicCreation: true }
  const answer = await client.send('any', Metadata, body, ask)
  // A broker that may create it says "unknown" or "no leader yet" at first; anything else is final.
  const code = answer.topics[0]?.errorCode ?? 0
  if (code !== 0 && code !== CODE.unknownTopicOrPartition && code !== CODE.leaderNotAvailable)
    return answer.topics[0]
  const deadline = Date.now() + CREATION_MS
  let found = await look()
  while (!isReady(found) && Date.now() < deadline) {
    await pause(LOOK_MS, ask.signal)
    found = await look()
  }
  return found
}

function isReady(topic: TopicMetadata | undefined): boolean {
  return topic?.errorCode === 0 && topic.partitions.every(({ leaderId }) => leaderId >= 0)
}
