import * as vscode from 'vscode'
import { count } from '../../lag/format.ts'
import { parsePartitions, partitionsIn } from '../../language/values/partitions.ts'
import { logEnds, type PartitionLog } from './logEnds.ts'
import { partitionsText } from './partitionsText.ts'
import type { RecordSource } from './recordSource.ts'
import { STAYING } from '../pick/staying.ts'

/** Ms that the brokers have to tell what there is to choose from. */
const DEADLINE = 15_000

/**
 * Which partitions to read, as it is written in a `.kafka` file; empty: all of them; undefined:
 * nothing was chosen.
 */
export async function choosePartitions(
  now: string | undefined,
  source: RecordSource,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(DEADLINE)
  const cluster = await source.connect(signal)
  const logs = await logEnds(cluster, source.topic, signal)
  const picked = pickedOf(now, logs.length)
  const chosen = await vscode.window.showQuickPick(
    logs.map(log => ({
      partition: log.partition,
      label: `Partition ${log.partition}`,
      description: describe(log),
      picked: picked === undefined || picked.has(log.partition),
    })),
    {
      title: `Partitions of ${source.topic}`,
      placeHolder: 'Read which partitions?',
      canPickMany: true,
      ...STAYING,
    },
  )
  // To choose none would read nothing.
  if (!chosen || chosen.length === 0) return undefined
  if (chosen.length === logs.length) return ''
  return partitionsText(chosen.map(({ partition }) => partition))
}

function pickedOf(now: string | undefined, partitions: number): ReadonlySet<number> | undefined {
  const parsed = now === undefined ? undefined : parsePartitions(now)
  return parsed?.ok ? new Set(partitionsIn(parsed.value, partitions)) : undefined
}

function describe({ logStartOffset, logEndOffset, problem }: PartitionLog): string {
  if (problem) return problem.message
  if (logStartOffset === undefined || logEndOffset === undefined) return ''
  if (logStartOffset === logEndOffset) return `empty, next offset ${count(logEndOffset)}`
  return `${count(logStartOffset)} to ${count(logEndOffset - 1n)}`
}
