import { ProblemError, type Problem } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import type { PartitionProgress, ReadRequest } from '../../kafka/reading.ts'
import { recordSize } from '../../kafka/record.ts'
import type { RecordName, RecordView } from '../../kafka/recordView.ts'
import type { ExportStep } from './writeExport.ts'

/** Every record of a topic, as its brokers tell it: up to the end as it is now. */
export async function* topicSteps(
  cluster: Pick<Cluster, 'read'>,
  request: Omit<ReadRequest, 'from' | 'to'>,
  signal: AbortSignal,
): AsyncGenerator<ExportStep> {
  const all = { ...request, from: { all: { kind: 'earliest' } }, to: { all: { kind: 'latest' } } }
  const known = new Map<number, PartitionProgress>()
  for await (const update of cluster.read(all as ReadRequest, { signal })) {
    for (const progress of update.progress) known.set(progress.partition, progress)
    const percent = percentOf([...known.values()])
    yield { pages: update.pages, ...(percent !== undefined && { percent }) }
    if (update.done) break
  }
  const unread = [...known.values()].find(({ problem, done }) => problem && !done)
  if (unread?.problem) throw new ProblemError(notComplete(unread.partition, unread.problem))
}

/** Of the offsets of all partitions from their start to their end; undefined: not all are known. */
export function percentOf(progress: readonly PartitionProgress[]): number | undefined {
  let done = 0n
  let all = 0n
  for (const { position, startOffset, endOffset } of progress) {
    if (endOffset === undefined) return undefined
    all += endOffset > startOffset ? endOffset - startOffset : 0n
    done += position > startOffset ? position - startOffset : 0n
  }
  if (progress.length === 0) return undefined
  return all === 0n ? 100 : Math.min(100, Number((1000n * done) / all) / 10)
}

function notComplete(partition: number, problem: Problem): Problem {
  return {
    code: 'incomplete',
    message: `Partition ${partition} could not be read to its end: ${problem.message}`,
    ...(problem.advice !== undefined && { advice: problem.advice }),
  }
}

/** Rows asked for first; then as many as have about `STEP_BYTES`. */
const FIRST_ROWS = 64
const MOST_ROWS = 2000
const STEP_BYTES = 4 * 1024 * 1024

/** The records that a view shows now, in its order, whole. Records that come meanwhile are not. */
export async function* shownSteps(
  view: RecordView,
  signal: AbortSignal,
): AsyncGenerator<ExportStep> {
  const { revision, dropped, rows } = view.state
  const end = dropped + rows
  let count = FIRST_ROWS
  for (let from = dropped; from < end;) {
    const size = Math.min(count, end - from)
    const records = await view.records({ from, count: size }, { signal })
    if (view.state.revision !== revision) throw new ProblemError(CHANGED)
    if (view.state.dropped > from) throw new ProblemError(DROPPED)
    from += size
    yield { records, percent: (100 * (from - dropped)) / (end - dropped) }
    const bytes = records.reduce((sum, record) => sum + recordSize(record), 0)
    const each = Math.max(1, bytes / Math.max(1, records.length))
    count = Math.max(1, Math.min(MOST_ROWS, Math.floor(STEP_BYTES / each)))
  }
}

const CHANGED: Problem = {
  code: 'changed',
  message: 'What the view shows changed while it was written.',
  advice: 'Pause reading, then export again.',
}

const DROPPED: Problem = {
  code: 'changed',
  message: 'The oldest records made room for new ones before they were written.',
  advice: 'Pause reading, then export again, or export the whole topic.',
}

/** Requests at once: large values are read again from the broker. */
const AT_ONCE = 8

/** Records by their names, whole. */
export async function* chosenSteps(
  view: RecordView,
  names: readonly RecordName[],
  signal: AbortSignal,
): AsyncGenerator<ExportStep> {
  for (let from = 0; from < names.length; from += AT_ONCE) {
    const some = names.slice(from, from + AT_ONCE)
    const records = await Promise.all(some.map(name => view.record(name, { signal })))
    yield { records, percent: (100 * Math.min(from + AT_ONCE, names.length)) / names.length }
  }
}
