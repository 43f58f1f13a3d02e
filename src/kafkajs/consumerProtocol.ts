import type { TopicPartition } from '../kafka/model.ts'
import { array, int16, int32, list, string, struct } from './protocol/schema.ts'
import { Reader } from './protocol/wire.ts'

/**
 * The bytes that members of a classic consumer group exchange through the broker, which does not
 * look into them (`ConsumerProtocolSubscription` and `ConsumerProtocolAssignment`, versions 0 to 3).
 * Never flexible. What follows, user data and the fields of later versions, is not needed here.
 */
const CONTEXT = { version: 0, flexible: false }

const subscription = struct({ version: int16, topics: array(string) })
const assignment = struct({
  version: int16,
  assignedPartitions: list({ topic: string, partitions: array(int32) }),
})

/** The topics that a member wants; undefined where the bytes are another protocol's. */
export function decodeSubscription(metadata: Uint8Array): readonly string[] | undefined {
  return attempt(metadata, reader => subscription.read(reader, CONTEXT).topics)
}

/** The partitions that a member has; undefined where the bytes are another protocol's. */
export function decodeAssignment(data: Uint8Array): readonly TopicPartition[] | undefined {
  return attempt(data, reader =>
    assignment
      .read(reader, CONTEXT)
      .assignedPartitions.flatMap(({ topic, partitions }) =>
        partitions.map(partition => ({ topic, partition })),
      ),
  )
}

/** A member that has nothing yet has no bytes at all. */
function attempt<T>(
  data: Uint8Array,
  read: (reader: Reader) => readonly T[],
): readonly T[] | undefined {
  if (data.length === 0) return []
  try {
    return read(new Reader(data))
  } catch {
    return undefined
  }
}
