import type { Clock } from '../base/clock.ts'
import { problemOf } from '../base/problem.ts'
import type { Cluster } from '../kafka/cluster.ts'
import { slept } from './deadline.ts'
import { directiveOf, settingsOf } from '../language/settings.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import { templateContext } from './blockRun.ts'
import type { GivenValue, RunCluster, RunPorts } from './ports.ts'
import type { RunNames } from './recordMaker.ts'
import { markKey, type Mark, type Session } from './session.ts'
import { evaluateTemplates } from './templates.ts'

/** Ms for all partitions of a topic to tell their end: leaders may be on their way. */
const PATIENCE = 10_000
const POLL = 200

/**
 * Where the log of a topic ends now: its high watermarks (ListOffsets, read uncommitted). A record
 * that is sent from now on has an offset from there on, and every record that could be read before
 * has a smaller one; one that an open transaction wrote before does, too, whenever it is committed.
 */
async function takeMark(
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

/** What is to be known of the blocks of a run. */
export interface MarkedBlock {
  readonly block: Block
  readonly given: ReadonlyMap<string, GivenValue>
  readonly target?: RunCluster
}

export interface MarkContext {
  readonly session: Session
  readonly ports: RunPorts
  readonly options: { readonly signal: AbortSignal }
}

/**
 * Marks the topics of all EXPECT blocks of a file that are on the clusters of this run and have no
 * mark in the session yet: in an editor the block may be run later.
 */
export async function takeMarks(
  file: KafkaFile,
  blocks: readonly MarkedBlock[],
  { session, ports, options }: MarkContext,
  namesFor: (given: ReadonlyMap<string, GivenValue>) => RunNames,
): Promise<void> {
  const { signal } = options
  const others = file.blocks.flatMap(block => {
    const first = blocks.find(({ target }) => target)
    if (!first || blocks.some(each => each.block.index === block.index)) return []
    const isElsewhere = ['cluster', 'env'].some(
      name => directiveOf(file, block, name) !== directiveOf(file, first.block, name),
    )
    return isElsewhere ? [] : [{ ...first, block }]
  })
  const asked = new Map<string, Promise<Mark>>()
  for (const { block, given, target } of [...blocks, ...others]) {
    if (!target || block.kind !== 'EXPECT' || block.group) continue
    const topic = topicBefore({ file, block, session, ports, target, names: namesFor(given) })
    if (topic === undefined) continue
    const key = markKey(target.name, topic)
    const known = session.marks.get(key)
    // What could not be marked for an earlier run of the session may be marked now.
    if (asked.has(key) || (known && 'ends' in known)) continue
    asked.set(key, takeMark(target.cluster, topic, ports.clock, signal))
  }
  for (const [key, mark] of asked) session.marks.set(key, await mark)
}

/** The topic of an EXPECT; undefined: it is not known before the run. */
export function topicBefore(run: MarkRun): string | undefined {
  const text = settingsOf(run.file).one(run.block, 'topic')?.value
  if (!text) return undefined
  const evaluated = evaluateTemplates(text, templateContext(run))
  return 'text' in evaluated ? evaluated.text : undefined
}

type MarkRun = Parameters<typeof templateContext>[0] & {
  readonly file: KafkaFile
  readonly block: Block
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
