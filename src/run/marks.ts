import type { Clock } from '../base/clock.ts'
import { problemOf } from '../base/problem.ts'
import type { Cluster } from '../kafka/cluster.ts'
import { slept } from './deadline.ts'
import type { Mark } from './session.ts'

/** Ms for all partitions of a topic to tell their end: leaders may be on their way. */
const PATIENCE = 10_000
const POLL = 200

/**
 * Where the log of a topic ends now: its high watermarks (ListOffsets, read uncommitted). A record
 * that is sent from now on has an offset from there on, and every record that could be read before
 * has a smaller one; one that an open transaction wrote before does, too, whenever it is committed.
 */
export async function takeMark(
  cluster: Cluster,
  topic: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Mark> {
  const takenAt = clock.now()
  try {
    for (;;) {
      const mark = await endsOf(cluster, topic, takenAt, signal)
      if (!('problem' in mark) || clock.now() - takenAt >= PATIENCE) return mark
      if (mark.problem.code.includes('AUTHORIZATION')) return mark
      if (!(await slept(clock, POLL, signal))) return mark
    }
  } catch (error) {
    return { problem: problemOf(error) }
  }
}

async function endsOf(
  cluster: Cluster,
  topic: string,
  takenAt: number,
  signal: AbortSignal,
): Promise<Mark> {
  const [found] = await cluster.describeTopics([topic], { signal })
  // All that a topic holds which is not there yet is new.
  if (found?.problem?.code === 'UNKNOWN_TOPIC_OR_PARTITION') return { takenAt, ends: new Map() }
  if (!found || found.problem)
    return {
      problem: found?.problem ?? {
        code: 'no-answer',
        message: `Nothing is known of topic "${topic}".`,
      },
    }
  const answers = await cluster.listOffsets(
    found.partitions.map(({ partition }) => ({ topic, partition, at: 'latest' })),
    { signal },
  )
  const ends = new Map<number, bigint>()
  for (const { partition, offset, problem } of answers) {
    if (offset === undefined)
      return {
        problem: problem ?? {
          code: 'no-answer',
          message: `The end of ${topic}[${partition}] is not known.`,
        },
      }
    ends.set(partition, offset)
  }
  return { takenAt, ends }
}
