import { count, NONE, rate, timeOfDay } from './format.ts'
import { partitionName, type GroupReading, type PartitionReading } from './reading.ts'
import { lagWords, ownerWords, summarize, typeWords, verdictWords, worstFirst } from './words.ts'

/** A reading as text that can be pasted anywhere: the verdict, the totals, a table. */
export function readingAsText(reading: GroupReading, cluster: string): string {
  const { headline, mentions } = summarize(reading)
  const members = reading.members === undefined ? NONE : count(reading.members)
  const lines = [
    `${reading.groupId} on ${cluster}, ${typeWords(reading)}, as of ${timeOfDay(reading.at)}`,
    `${headline}: ${mentions.map(({ text }) => text).join(', ')}`,
    `Total lag ${count(reading.totalLag)}, members ${members}, state ${reading.state ?? NONE}`,
    '',
  ]
  const rows = [...reading.partitions].sort(worstFirst).map(each => textCells(each, reading.at))
  return lines.join('\n') + '\n' + aligned([TEXT_HEADER, ...rows]) + '\n'
}

/** One partition's row, cell by cell. */
export function partitionAsText(partition: PartitionReading, now: number): string {
  const cells = textCells(partition, now)
  return TEXT_HEADER.map((name, index) => `${name}: ${cells[index] ?? ''}`).join('\n') + '\n'
}

const TEXT_HEADER = [
  'Partition',
  'Owner',
  'Committed',
  'Start',
  'End',
  'Lag',
  'Produced',
  'Consumed',
  'Verdict',
]

function textCells(partition: PartitionReading, now: number): string[] {
  const { word, why } = verdictWords(partition.verdict, now)
  return [
    partitionName(partition),
    ownerWords(partition),
    count(partition.committedOffset),
    count(partition.logStartOffset),
    count(partition.logEndOffset),
    lagWords(partition),
    rate(partition.produceRate),
    rate(partition.consumeRate),
    why ? `${word}, ${why}` : word,
  ]
}

/** Which columns of the text are numbers, and stand to the right. */
const NUMBERS = new Set([2, 3, 4, 5, 6, 7])

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = TEXT_HEADER.map((_, index) =>
    Math.max(...rows.map(cells => cells[index]?.length ?? 0)),
  )
  const pad = (cell: string, index: number) =>
    NUMBERS.has(index) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0)
  return rows.map(cells => cells.map(pad).join('  ').trimEnd()).join('\n')
}

/** Exact numbers, one line a partition; what is not known is empty. */
export function readingAsCsv(reading: GroupReading): string {
  const rows = reading.partitions.map(partition => [
    partition.topic,
    partition.partition,
    partition.owner?.clientId,
    partition.owner?.host,
    partition.committedOffset,
    partition.logStartOffset,
    partition.logEndOffset,
    partition.lag,
    partition.produceRate?.toFixed(1),
    partition.consumeRate?.toFixed(1),
    partition.verdict.kind,
    partition.burrow,
  ])
  return [CSV_HEADER, ...rows].map(cells => cells.map(csvCell).join(',')).join('\r\n') + '\r\n'
}

const CSV_HEADER = [
  'topic',
  'partition',
  'client_id',
  'host',
  'committed_offset',
  'log_start_offset',
  'log_end_offset',
  'lag',
  'produced_per_second',
  'consumed_per_second',
  'verdict',
  'burrow_status',
]

/** RFC 4180. A text that a spreadsheet would take for a formula is made one that it does not. */
function csvCell(value: string | number | bigint | undefined): string {
  if (value === undefined) return ''
  if (typeof value !== 'string') return value.toString()
  const text = /^[=+@\t\r-]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Everything that was read; offsets are decimal strings, for they may exceed a JSON number. */
export function readingAsJson(reading: GroupReading, cluster: string): string {
  const text = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)
  return JSON.stringify({ cluster, ...reading, at: new Date(reading.at).toISOString() }, text, 2)
}
