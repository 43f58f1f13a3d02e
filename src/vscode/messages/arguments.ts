import type { RecordName } from '../../protocol/messages.ts'

/** The topic, and perhaps the partition, that a command was called on. */
export function topicIn(argument: unknown): {
  readonly topic?: string
  readonly partition?: number
} {
  const { topic, partition } = fieldsOf(argument)
  return {
    ...(typeof topic === 'string' && { topic }),
    ...(typeof partition === 'number' && { partition }),
  }
}

/** The record that a command is asked to show, wherever it was called from. */
export function recordPlace(
  argument: unknown,
): (RecordName & { readonly clusterId: string; readonly topic: string }) | undefined {
  const { clusterId, topic, partition, offset } = fieldsOf(argument)
  if (typeof clusterId !== 'string' || typeof topic !== 'string') return undefined
  if (!isPartition(partition) || !isOffset(offset)) return undefined
  return { clusterId, topic, partition, offset }
}

/**
 * The records that a command is about. From the menu of a row, whose `data-vscode-context` is the
 * argument: that row, and all that are selected where it is one of them. Else: what is selected.
 */
export function chosenRecords(
  argument: unknown,
  selection: readonly RecordName[],
): readonly RecordName[] {
  const { partition, offset } = fieldsOf(argument)
  if (!isPartition(partition) || !isOffset(offset)) return selection
  const isSelected = selection.some(
    record => record.partition === partition && record.offset === offset,
  )
  return isSelected ? selection : [{ partition, offset }]
}

function fieldsOf(argument: unknown): Record<string, unknown> {
  return typeof argument === 'object' && argument !== null
    ? (argument as Record<string, unknown>)
    : {}
}

function isPartition(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

function isOffset(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,19}$/.test(value)
}
