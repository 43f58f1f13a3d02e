import * as vscode from 'vscode'
import { count, NONE, signedCount, timeOfDay } from '../../lag/format.ts'
import type { GroupReading, PartitionReading } from '../../lag/reading.ts'
import { lagWords, ownerWords } from '../../lag/words.ts'
import { clock, lagText, type Change, type Membership } from './inlineText.ts'
import { OLDEST_HEARTBEAT } from './membership.ts'
import { memberText } from './lensText.ts'

export interface HoverParts {
  /** Absent: there is no cluster yet. */
  readonly clusterId: string | undefined
  readonly clusterName: string | undefined
  readonly groupId: string
  readonly reading: GroupReading | undefined
  readonly change: Change | undefined
  readonly membership: Membership
  readonly problem: string | undefined
}

/** In hovers cells stand without a space between them. */
const PADDING = '\u00a0\u00a0'

/** Rows of the table; the panel shows the rest. */
const ROWS = 20

/** Everything behind the few characters beside the line, and the way to the panel. */
export function hoverOf(parts: HoverParts): vscode.MarkdownString {
  const text = new vscode.MarkdownString()
  text.isTrusted = { enabledCommands: ['kafkaWorkbench.openLagPanel'] }
  text.appendMarkdown('**').appendText(parts.groupId).appendMarkdown('**')
  if (parts.clusterName !== undefined) text.appendText(` on ${parts.clusterName}`)
  const target = { clusterId: parts.clusterId, groupId: parts.groupId }
  const query = encodeURIComponent(JSON.stringify([target]))
  text.appendMarkdown(` · [Open lag panel](command:kafkaWorkbench.openLagPanel?${query})`)
  for (const sentence of sentences(parts)) text.appendMarkdown('\n\n').appendText(sentence)
  if (parts.reading) text.appendMarkdown(`\n\n${table(parts.reading.partitions)}`)
  return text
}

function sentences({ reading, change, membership, problem }: HoverParts): readonly string[] {
  const since = change && {
    produced: change.produced === undefined ? '?' : signedCount(change.produced),
    committed: change.committed === undefined ? '?' : signedCount(change.committed),
  }
  return [
    ...(problem === undefined ? [] : [problem]),
    ...(reading
      ? [`${lagText(reading)}, ${memberText(reading.members)}, as of ${timeOfDay(reading.at)}.`]
      : []),
    ...(since
      ? [`Since the last stop: ${since.produced} produced, ${since.committed} committed.`]
      : []),
    ...membershipSentence(membership),
  ]
}

function membershipSentence(membership: Membership): readonly string[] {
  if (membership.kind === 'fine') return []
  if (membership.kind === 'evicted')
    return [
      'The coordinator has dropped this consumer from its group, for it sent no heartbeat while it ' +
        'stood still. It joins again when the program goes on; the record in hand may be read twice, ' +
        'and without a commit the next ones may be skipped.',
    ]
  return [
    `Without a heartbeat the coordinator drops this consumer in about ${clock(membership.inMs)}, ` +
      `perhaps ${OLDEST_HEARTBEAT / 1000} s sooner: its clock began with the last heartbeat, not with the stop.`,
  ]
}

function table(partitions: readonly PartitionReading[]): string {
  const rows = partitions.slice(0, ROWS).map(partition => {
    const cells = [
      `${partition.topic}-${partition.partition}`,
      count(partition.committedOffset),
      count(partition.logEndOffset),
      lagWords(partition),
      ownerWords(partition),
    ]
    return `| ${cells.map(cell => PADDING + escaped(cell)).join(' | ')} |`
  })
  const more = partitions.length - rows.length
  return [
    '| Partition | Committed | Log end | Lag | Owner |',
    '| :-- | --: | --: | --: | :-- |',
    ...rows,
    ...(more > 0 ? [`| ${count(more)} more | ${NONE} | ${NONE} | ${NONE} | ${NONE} |`] : []),
  ].join('\n')
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>~]/g, '\\$&')
}
