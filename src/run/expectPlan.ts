import type { Problem } from '../base/problem.ts'
import type { Condition } from '../expression/compile.ts'
import { encode, type Format } from '../formats/formats.ts'
import { AUTO, type RecordFormats } from '../kafka/format.ts'
import type { Positions, ReadRequest } from '../kafka/reading.ts'
import { integerOf } from '../base/numerals.ts'
import type { Block } from '../language/tree.ts'
import { parseDuration } from '../language/values/durations.ts'
import { parseFormat } from '../language/values/formats.ts'
import { parsePartitions, type PartitionRange } from '../language/values/partitions.ts'
import { parsePositions, resolvePositions, type TimeContext } from '../language/values/positions.ts'
import { recordCaptures, type Capture } from './capturing.ts'
import { conditionsOf } from './conditions.ts'
import type { FilledBlock } from './filled.ts'
import { readPattern, type Pattern } from './patterns.ts'
import { parseExact } from '../formats/exactJson.ts'

/** What an EXPECT waits for, as plain data. */
export interface ExpectPlan {
  readonly topic: string
  /** Absent: from the run mark on. */
  readonly from?: Positions
  /** As `from:` is written, for messages. */
  readonly fromText?: string
  readonly to?: Positions
  /** Ms. */
  readonly within: number
  /** As it is written, for messages. */
  readonly withinText: string
  readonly partitions?: readonly PartitionRange[]
  /** Absent: any key. */
  readonly isKey?: (key: Uint8Array | null) => boolean
  readonly matches: readonly Condition[]
  readonly pattern?: Pattern
  readonly asserts: readonly Condition[]
  /** Records that are expected; 0 for `none: true`. */
  readonly count: number
  readonly captures: readonly Capture[]
  readonly isolation?: NonNullable<ReadRequest['isolation']>
  readonly formats: RecordFormats
}

export type PlannedExpect = { readonly plan: ExpectPlan } | { readonly problem: Problem }

const DEFAULT_WITHIN = '10s'
/** A key is text unless `key-format` says otherwise, as it is sent. */
const TEXT: Format = { name: 'string', parameters: [] }

export function expectPlan({ one, all, block }: FilledBlock, time: TimeContext): PlannedExpect {
  const topic = one('topic')
  if (topic === undefined) return invalid('K120', 'The EXPECT needs a "topic:".')
  const withinText = one('within') ?? DEFAULT_WITHIN
  const within = parseDuration(withinText)
  if (!within.ok) return invalid('K206', within.message)
  const formats = formatsOf(one)
  if ('problem' in formats) return formats
  const key = keyTest(one('key'), formats.key)
  if ('problem' in key) return key
  const matches = conditionsOf(all('match'))
  if ('problem' in matches) return matches
  const asserts = conditionsOf(all('assert'))
  if ('problem' in asserts) return asserts
  const captures = recordCaptures(all('capture'))
  if ('problem' in captures) return captures
  const pattern = patternOf(block)
  if ('problem' in pattern) return pattern
  const count = countOf(one)
  if ('problem' in count) return count
  const where = placesOf(one, time)
  if ('problem' in where) return where
  const isolation = one('isolation')
  return {
    plan: {
      topic,
      within: within.value,
      withinText,
      matches: matches.conditions,
      asserts: asserts.conditions,
      captures: captures.captures,
      formats,
      ...count,
      ...where,
      ...key,
      ...pattern,
      ...((isolation === 'read_committed' || isolation === 'read_uncommitted') && { isolation }),
    },
  }
}

function patternOf({
  body,
}: Block): { readonly pattern?: Pattern } | { readonly problem: Problem } {
  if (!body) return {}
  const read = readPattern(body.text)
  if (!('problem' in read)) return read
  const { line, column, message } = read.problem
  return invalid('K210', `The pattern, line ${line}, column ${column}: ${message}`)
}

function formatsOf(one: FilledBlock['one']): RecordFormats | { readonly problem: Problem } {
  const key = formatOf(one('key-format'), TEXT)
  if ('problem' in key) return key
  const value = formatOf(one('value-format'), AUTO)
  return 'problem' in value ? value : { key, value }
}

function formatOf(
  text: string | undefined,
  otherwise: Format,
): Format | { readonly problem: Problem } {
  if (text === undefined) return otherwise
  const format = parseFormat(text, 'reading')
  return format.ok ? format.value : invalid(format.code ?? 'K201', format.message)
}

/** Keys are compared as bytes, and as values where they are JSON. */
function keyTest(
  text: string | undefined,
  format: Format,
): Pick<ExpectPlan, 'isKey'> | { readonly problem: Problem } {
  if (text === undefined) return {}
  if (format.name === 'none')
    return invalid('K201', 'A "key:" cannot be compared with "key-format: none".')
  const encoded = encode(format.name === 'auto' ? TEXT : format, text)
  if ('problem' in encoded)
    return { problem: { ...encoded.problem, message: `"key:" ${encoded.problem.message}` } }
  const { bytes } = encoded
  const value = format.name === 'json' ? canonical(text) : undefined
  return {
    isKey: key =>
      key !== null &&
      ((bytes !== null && isSame(bytes, key)) ||
        (value !== undefined && canonical(new TextDecoder().decode(key)) === value)),
  }
}

function canonical(json: string): string | undefined {
  try {
    return JSON.stringify(parseExact(json), (_, value: unknown) =>
      typeof value === 'bigint' ? `${value}n` : value,
    )
  } catch {
    return undefined
  }
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}

function countOf(
  one: FilledBlock['one'],
): Pick<ExpectPlan, 'count'> | { readonly problem: Problem } {
  if (one('none') === 'true') return { count: 0 }
  const text = one('count') ?? '1'
  const count = integerOf(text)
  if (count === undefined || count < 0n || count > BigInt(Number.MAX_SAFE_INTEGER))
    return invalid('K205', `"${text}" is not a count of records.`)
  return { count: Number(count) }
}

function placesOf(
  one: FilledBlock['one'],
  time: TimeContext,
): Pick<ExpectPlan, 'from' | 'fromText' | 'to' | 'partitions'> | { readonly problem: Problem } {
  const [fromText, toText, ranges] = [one('from'), one('to'), one('partitions')]
  const from = fromText === undefined ? undefined : parsePositions(fromText, 'from')
  if (from && !from.ok) return invalid('K203', from.message)
  const to = toText === undefined ? undefined : parsePositions(toText, 'to')
  if (to && !to.ok) return invalid('K203', to.message)
  const partitions = ranges === undefined ? undefined : parsePartitions(ranges)
  if (partitions && !partitions.ok) return invalid('K204', partitions.message)
  return {
    ...(from && { from: resolvePositions(from.value, time, { kind: 'earliest' }) }),
    ...(fromText !== undefined && { fromText }),
    ...(to && { to: resolvePositions(to.value, time, { kind: 'latest' }) }),
    ...(partitions && { partitions: partitions.value }),
  }
}

function invalid(code: string, message: string): { readonly problem: Problem } {
  return { problem: { code, message } }
}
