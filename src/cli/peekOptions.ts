import { parseArgs } from 'node:util'
import { compileCondition } from '../expression/compile.ts'
import { filterOf } from '../expression/filterField.ts'
import type { RecordFilter, TextFilter } from '../kafka/filter.ts'
import type { Format } from '../kafka/format.ts'
import type { Positions, ReadRequest } from '../kafka/reading.ts'
import { parseFormat } from '../language/values/formats.ts'
import type { Outcome } from '../language/values/outcome.ts'
import { parsePartitions, type PartitionRange } from '../language/values/partitions.ts'
import {
  parsePositions,
  resolvePositions,
  type TimeContext,
  type WrittenPosition,
} from '../language/values/positions.ts'
import { formatDefinitionOf } from '../language/values/formats.ts'
import { BadOptions, parseMessage } from './badOptions.ts'
import { CONNECTION_HELP, CONNECTION_OPTIONS, type ConnectionValues } from './connectionOptions.ts'

export const PEEK_HELP = `Usage: kafkafile peek TOPIC --brokers host:port [options]

Prints the records of a topic. Joins no group, commits nothing, creates nothing.

What is read
  --from POSITION       earliest, latest, an offset, -20 or tail(20) (the last 20 of each
                        partition), a time (2026-01-31, 2026-01-31T10:00Z, now-2h), committed
                        with --group, or by partition 0:1500,1:-20,*:latest.
                        Default: earliest, with --follow latest.
  --to POSITION         Where it ends. Default: now, the end as it is at the start.
  --follow              No end: new records are printed as they come, until Ctrl-C.
  --partitions LIST     Such as 0-3,7. Default: all.
  --isolation LEVEL     read_committed (the default) or read_uncommitted.
  --group NAME          Whose offsets --from committed takes. The group is not joined.
  --filter EXPRESSION   Only records for which it holds (CEL), such as
                        'value.status == "FAILED" && value.total >= 100'.
                        Given more than once, all must hold.
  --text TEXT           Only records with this text in key, value or a header, whatever the
                        case of its letters; exactly as it is in double quotes: '"Text"'.
  --limit N             Ends after N records.

How it is printed
  --output WAY          jsonl (one JSON object a line), table, csv or raw (the values' bytes,
                        a line each). Default: table on a terminal, else jsonl.
  --key-format FORMAT, --value-format FORMAT, --header-format FORMAT
                        auto (the default: JSON, else text, else base64), json,
                        string(encoding), short, integer, long, float, double, bytes(hex),
                        bytes(base64), none (left out).

The cluster
${CONNECTION_HELP}
Exit codes: 0 read to the end, 1 bad options, 3 the topic or a part of it could not be read,
130 ended by Ctrl-C, 143 by SIGTERM.
`

export type PeekOutput = 'jsonl' | 'table' | 'csv' | 'raw'

export interface PeekOptions {
  readonly topic: string
  readonly from: Positions
  /** Absent: no end. */
  readonly to?: Positions
  readonly partitions?: readonly PartitionRange[]
  readonly isolation: NonNullable<ReadRequest['isolation']>
  readonly filter?: RecordFilter
  readonly limit?: number
  /** Absent: what the output asks for. */
  readonly output?: PeekOutput
  readonly formats: { readonly key: Format; readonly value: Format; readonly header: Format }
  readonly connection: ConnectionValues
}

const OPTIONS = {
  ...CONNECTION_OPTIONS,
  from: { type: 'string' },
  to: { type: 'string' },
  follow: { type: 'boolean', default: false },
  partitions: { type: 'string' },
  isolation: { type: 'string', default: 'read_committed' },
  group: { type: 'string' },
  filter: { type: 'string', multiple: true },
  text: { type: 'string' },
  limit: { type: 'string' },
  output: { type: 'string' },
  'key-format': { type: 'string', default: 'auto' },
  'value-format': { type: 'string', default: 'auto' },
  'header-format': { type: 'string', default: 'auto' },
  help: { type: 'boolean', short: 'h', default: false },
} as const

/** Undefined: the help is asked for. Throws `BadOptions`. */
export function peekOptions(args: readonly string[], time: TimeContext): PeekOptions | undefined {
  const { values, positionals } = parse(args)
  if (values.help) return undefined
  const { partitions, text, filter: expressions = [] } = values
  const formats = {
    key: formatOf('--key-format', values['key-format']),
    value: formatOf('--value-format', values['value-format']),
    header: formatOf('--header-format', values['header-format']),
  }
  for (const expression of expressions) checkFilter(expression)
  const filter: RecordFilter = {
    formats,
    ...(text !== undefined && { text: textFilter(text) }),
    ...(expressions.length > 0 && { expressions }),
  }
  return {
    topic: topicOf(positionals),
    ...placesOf(values, time),
    ...(partitions !== undefined && {
      partitions: read('--partitions', parsePartitions(partitions)),
    }),
    isolation: oneOf('--isolation', values.isolation, ['read_committed', 'read_uncommitted']),
    ...((filter.text ?? filter.expressions) && { filter }),
    ...(values.limit !== undefined && { limit: limitOf(values.limit) }),
    ...(values.output !== undefined && {
      output: oneOf('--output', values.output, ['jsonl', 'table', 'csv', 'raw']),
    }),
    formats,
    connection: values,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: withSigns(args), allowPositionals: true, options: OPTIONS })
  } catch (error) {
    throw new BadOptions(parseMessage(error))
  }
}

/** `--from -20` is a position and no option, though it looks like one. */
function withSigns(args: readonly string[]): string[] {
  const joined: string[] = []
  for (let at = 0; at < args.length; at++) {
    const [arg = '', next = ''] = args.slice(at, at + 2)
    if ((arg === '--from' || arg === '--to') && /^-\d/.test(next)) {
      joined.push(`${arg}=${next}`)
      at++
    } else {
      joined.push(arg)
    }
  }
  return joined
}

function topicOf(positionals: readonly string[]): string {
  const [topic, more] = positionals
  if (topic === undefined) throw new BadOptions('Which topic?')
  if (more !== undefined) throw new BadOptions(`One topic at a time: "${more}" is too much.`)
  if (/^[\w.-]{1,249}$/.test(topic) && topic !== '.' && topic !== '..') return topic
  throw new BadOptions(
    `"${topic}" is not a topic name: only letters, digits, ".", "_" and "-", at most 249.`,
  )
}

interface PlaceValues {
  readonly from?: string
  readonly to?: string
  readonly follow: boolean
  readonly group?: string
}

function placesOf(
  { from, to, follow, group }: PlaceValues,
  time: TimeContext,
): Pick<PeekOptions, 'from' | 'to'> {
  if (follow && to !== undefined) {
    throw new BadOptions('--follow has no end: leave out --to.')
  }
  const otherwise = { kind: follow ? 'latest' : 'earliest' } as const
  const start =
    from === undefined ? { all: otherwise } : positionsOf('from', from, { time, otherwise, group })
  if (follow) return { from: start }
  const end = { kind: 'latest' } as const
  return {
    from: start,
    to: to === undefined ? { all: end } : positionsOf('to', to, { time, otherwise: end, group }),
  }
}

interface PositionSurroundings {
  readonly time: TimeContext
  /** Of partitions that nothing is written for. */
  readonly otherwise: Positions['all']
  readonly group: string | undefined
}

function positionsOf(
  property: 'from' | 'to',
  text: string,
  { time, otherwise, group }: PositionSurroundings,
): Positions {
  const written = read(`--${property}`, parsePositions(text, property))
  const all = [...(written.all ? [written.all] : []), ...written.byPartition.values()]
  if (group === undefined && all.some(({ kind }) => kind === 'committed')) {
    throw new BadOptions(`--${property} committed needs --group.`)
  }
  const meant = property === 'from' ? written : mapPositions(written, nowIsTheEnd)
  return resolvePositions(meant, time, otherwise, group)
}

type Written = Extract<ReturnType<typeof parsePositions>, { readonly ok: true }>['value']

function mapPositions(
  written: Written,
  change: (position: WrittenPosition) => WrittenPosition,
): Written {
  return {
    ...(written.all && { all: change(written.all) }),
    byPartition: new Map(
      [...written.byPartition].map(([partition, position]) => [partition, change(position)]),
    ),
  }
}

/** A record may carry a time to come; `--to now` is the end of the log all the same. */
function nowIsTheEnd(position: WrittenPosition): WrittenPosition {
  return position.kind === 'now' && position.plusMs === 0 ? { kind: 'latest' } : position
}

function read<T>(option: string, outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw new BadOptions(`${option}: ${outcome.message}`)
}

function oneOf<const T extends string>(option: string, text: string, words: readonly T[]): T {
  const found = words.find(word => word === text)
  if (found !== undefined) return found
  throw new BadOptions(`${option}: "${text}" is not one of ${words.join(', ')}.`)
}

function limitOf(text: string): number {
  const limit = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(limit) && limit > 0) return limit
  throw new BadOptions(`--limit: "${text}" is not a number of records.`)
}

function formatOf(option: string, text: string): Format {
  const format = read(option, parseFormat(text, 'reading'))
  if (formatDefinitionOf(format.name)?.runs) return format
  throw new BadOptions(
    `${option}: the format "${format.name}" comes in a later version of Kafka Workbench.`,
  )
}

function textFilter(text: string): TextFilter {
  if (text === '') throw new BadOptions('--text is empty.')
  const field = filterOf(/^".+"$/s.test(text) ? text : '')
  return field.kind === 'text' ? field.filter : { text, ignoreCase: true }
}

function checkFilter(expression: string): void {
  const compiled = compileCondition(expression)
  if (!('problem' in compiled)) return
  const { message, from } = compiled.problem
  const before =
    expression
      .slice(0, from)
      .replaceAll(/[^\t\n]/g, ' ')
      .split('\n')
      .at(-1) ?? ''
  throw new BadOptions(`--filter: ${message}\n  ${expression}\n  ${before}^`)
}
