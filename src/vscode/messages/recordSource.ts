import { ProblemError, type Problem } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import type { RecordFormats } from '../../kafka/format.ts'
import { recordSize, type KafkaRecord } from '../../kafka/record.ts'
import type { RecordName, RecordView } from '../../kafka/recordView.ts'
import type { Reading } from './reading.ts'

/** The records of a view, as the actions on them see them. */
export interface RecordSource {
  readonly reading: Reading
  readonly topic: string
  /** Undefined: nothing was read yet. */
  readonly view: RecordView | undefined
  /** How keys and values are shown now. */
  readonly formats: RecordFormats
  /** The connection that the records come from, opened where it is closed. */
  connect(signal: AbortSignal): Promise<Cluster>
}

/** The view of a source that has one. */
export function heldView({ view }: RecordSource): RecordView {
  if (!view) throw new ProblemError(NOTHING_READ)
  return view
}

/** Requests to the reader at once: large values are read again from the broker. */
const AT_ONCE = 8
/** More would not fit beside everything else in the extension host. */
export const MOST_BYTES = 256 * 1024 * 1024

/**
 * The whole records of these names, in their order. Rejects where one is no longer held, and where
 * together they are too large to be held here at once.
 */
export async function wholeRecords(
  source: RecordSource,
  names: readonly RecordName[],
  signal: AbortSignal,
  onRecord: (count: number) => void = () => undefined,
): Promise<KafkaRecord[]> {
  const view = heldView(source)
  const records: KafkaRecord[] = []
  let bytes = 0
  for (let start = 0; start < names.length; start += AT_ONCE) {
    signal.throwIfAborted()
    const some = names.slice(start, start + AT_ONCE)
    for (const record of await Promise.all(some.map(name => view.record(name, { signal })))) {
      bytes += recordSize(record)
      if (bytes > MOST_BYTES) throw new ProblemError(tooLarge(names.length))
      records.push(record)
    }
    onRecord(records.length)
  }
  return records
}

const NOTHING_READ: Problem = {
  code: 'nothing-read',
  message: 'Nothing was read yet.',
  advice: 'Start reading first.',
}

function tooLarge(count: number): Problem {
  return {
    code: 'too-large',
    message: `These ${count} records are larger than ${MOST_BYTES / 1024 / 1024} MiB together.`,
    advice: 'Choose fewer of them, or export the topic.',
  }
}
