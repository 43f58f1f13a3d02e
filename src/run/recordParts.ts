import { integerOfType } from '../base/numerals.ts'
import type { Problem } from '../base/problem.ts'
import type { Selection } from '../expression/compile.ts'
import type { Variables } from '../expression/variables.ts'
import { bytesOf, textOf, utf8TextOf } from '../formats/encodings.ts'
import { encode, type Encoded } from '../formats/formats.ts'
import type { JsonSchema } from '../formats/jsonSchema.ts'
import type { OutgoingRecord } from '../kafka/cluster.ts'
import type { RecordHeader } from '../kafka/record.ts'
import type { WrittenFormat } from '../language/values/formats.ts'
import { parsePosition, timestampOf, type TimeContext } from '../language/values/positions.ts'
import { whereNotJson } from './notJson.ts'
import { isTextAsItIs, type ProducerPlan } from './producerPlan.ts'
import type { MadeRecord } from './records/source.ts'
import { evaluatedOf } from './records/rowNames.ts'
import type { TextBytes } from './records/textBytes.ts'
import { rowValue, type Row, type RowPart } from './records/rows.ts'
import type { Evaluated } from './templates.ts'

/** A plan with what was loaded for it. */
export interface PreparedPlan {
  readonly plan: ProducerPlan
  readonly schema?: JsonSchema
  /** Of `key-from`. */
  readonly selection?: Selection
  /** Of `value-from`. */
  readonly valueBytes?: Uint8Array
  /** What `key-from` sees. */
  readonly ownVariables: ReturnType<typeof newOwnVariables>
  /** Where texts become bytes. */
  readonly texts: TextBytes
  readonly time: Pick<TimeContext, 'toLocalEpoch'> & { readonly now: () => number }
}

type Evaluate = (text: string) => Evaluated
interface Bad {
  readonly problem: Problem
}

/**
 * Makes one record. As level 1 does, generated data starts from one and the same seed before the
 * key, the value and each header: the first draw is the same everywhere in a record.
 *
 * What a row says itself (key, partition, timestamp of an envelope) counts before what the block
 * says; its headers come after those of the block.
 */
export function makeRecord(prepared: PreparedPlan, evaluate: Evaluate, row?: Row): MadeRecord {
  const { plan } = prepared
  const ownKey = keyOf(prepared, evaluate, row)
  if (ownKey && 'problem' in ownKey) return about('key', ownKey.problem)
  const value = valueOf(prepared, evaluate, row)
  if ('problem' in value) return about('value', value.problem)
  const headers = headersOf(plan, evaluate, row)
  if ('problem' in headers) return headers
  const topic = evaluate(plan.topic)
  if ('problem' in topic) return topic
  const place = placeOf(prepared, evaluate, row)
  if ('problem' in place) return place
  const content = { value: value.bytes, headers: headers.headers }
  const key = ownKey ?? selectedKey(prepared, { ...content, ...place, topic: topic.text }, row)
  if ('problem' in key) return about('key', key.problem)
  const record = { key: key.bytes, value: content.value, headers: content.headers, ...place }
  return { record, topic: topic.text }
}

/** Undefined: `key-from` says it. */
function keyOf(
  prepared: PreparedPlan,
  evaluate: Evaluate,
  row: Row | undefined,
): Encoded | undefined {
  const { plan, selection } = prepared
  if (row?.key !== undefined) return encodedPart(row.key, plan.keyFormat)
  return selection ? undefined : encodedText(prepared, plan.key ?? null, plan.keyFormat, evaluate)
}

type OwnRecord = Omit<OutgoingRecord, 'key'> & { readonly topic: string }

/**
 * What `key-from` sees of a record that is made. One and the same object, good until it is asked for
 * again: one with getters takes longer to make than most expressions to evaluate.
 */
export function newOwnVariables(): (record: OwnRecord, row: Row | undefined) => Variables {
  let record: OwnRecord | undefined
  let row: Row | undefined
  const variables = {
    get topic() {
      return record?.topic ?? ''
    },
    get timestamp() {
      return record?.timestamp === undefined ? undefined : BigInt(record.timestamp)
    },
    get partition() {
      return record?.partition === undefined ? undefined : BigInt(record.partition)
    },
    get value() {
      const value = record?.value ?? null
      return rowValue(row ?? { line: 0, value: value && { bytes: value } })
    },
    get headers() {
      return new Map(
        record?.headers.map(([name, bytes]) => [
          name,
          bytes && (utf8TextOf(bytes) ?? textOf(bytes, 'base64')),
        ]),
      )
    },
  }
  return (nextRecord, nextRow) => {
    record = nextRecord
    row = nextRow
    return variables
  }
}

function selectedKey(prepared: PreparedPlan, record: OwnRecord, row: Row | undefined): Encoded {
  const { plan, selection, ownVariables } = prepared
  if (!selection) return { bytes: null }
  const found = selection.evaluate(ownVariables(record, row))
  if ('failure' in found) {
    return { problem: { code: 'key-from', message: `"key-from" gives no key: ${found.failure}` } }
  }
  if (found.value === null) return { bytes: null }
  return encodeText(prepared, plan.keyFormat, evaluatedOf(found.value).text)
}

function valueOf(prepared: PreparedPlan, evaluate: Evaluate, row: Row | undefined): Encoded {
  const { plan, schema, valueBytes } = prepared
  if (row) return encodedPart(row.value, plan.valueFormat, schema)
  if (valueBytes) return encodedPart({ bytes: valueBytes }, plan.valueFormat, schema)
  return encodedText(prepared, plan.value ?? null, plan.valueFormat, evaluate, schema)
}

/** Null, and empty text as level 1 has it, is null whatever the format. */
function encodedText(
  prepared: PreparedPlan,
  text: string | null,
  format: WrittenFormat | undefined,
  evaluate: Evaluate,
  schema?: JsonSchema,
): Encoded {
  if (text === null) return { bytes: null }
  const evaluated = evaluate(text)
  if ('problem' in evaluated) return evaluated
  if (evaluated.text === '') return { bytes: null }
  return checked(encodeText(prepared, format, evaluated.text), evaluated.text, schema)
}

/** Most texts are short and there are many: a buffer for each would cost more than the text. */
function encodeText(
  { texts }: PreparedPlan,
  format: WrittenFormat | undefined,
  text: string,
): Encoded {
  return isTextAsItIs(format) ? { bytes: texts.of(text) } : encode(format, text)
}

/** Bytes of a row or a file are sent as they are, unless a format makes other ones of their text. */
function encodedPart(
  part: RowPart,
  format: WrittenFormat | undefined,
  schema?: JsonSchema,
): Encoded {
  if (part === null || format?.name === 'null') return { bytes: null }
  const { bytes, asIs } = part
  if (asIs || isTextAsItIs(format)) return { bytes }
  const text = utf8TextOf(bytes)
  if (text === undefined) return { problem: { code: 'K210', message: 'It is not UTF-8.' } }
  const encoded = format?.name === 'json' ? checkedJson(bytes, text) : encode(format, text)
  return checked(encoded, text, schema)
}

function checkedJson(bytes: Uint8Array, text: string): Encoded {
  const encoded = encode({ name: 'json', parameters: [] }, text)
  return 'problem' in encoded ? encoded : { bytes }
}

function checked(encoded: Encoded, text: string, schema: JsonSchema | undefined): Encoded {
  const misfit = 'problem' in encoded ? undefined : schema?.check(text)
  return misfit ? { problem: misfit } : encoded
}

function headersOf(
  plan: ProducerPlan,
  evaluate: Evaluate,
  row: Row | undefined,
): Pick<OutgoingRecord, 'headers'> | Bad {
  if (plan.headers.length === 0) return { headers: row?.headers ?? [] }
  const headers: RecordHeader[] = []
  for (const [name, text] of plan.headers) {
    const evaluated = text === null ? { text } : evaluate(text)
    if ('problem' in evaluated) return evaluated
    headers.push([name, evaluated.text === null ? null : bytesOf(evaluated.text, 'utf8')])
  }
  return { headers: row?.headers ? [...headers, ...row.headers] : headers }
}

type Place = Pick<OutgoingRecord, 'partition' | 'timestamp'>

function placeOf(
  { plan, time }: PreparedPlan,
  evaluate: Evaluate,
  row: Row | undefined,
): Place | Bad {
  const partition = partitionOf(plan, evaluate, row)
  if (typeof partition === 'object') return partition
  const timestamp = row?.timestamp ?? timeOf(plan.timestamp, evaluate, time)
  if (typeof timestamp === 'object') return timestamp
  if (partition === undefined && timestamp === undefined) return ANYWHERE
  return {
    ...(partition !== undefined && { partition }),
    ...(timestamp !== undefined && { timestamp }),
  }
}

const ANYWHERE: Place = {}

function partitionOf(
  plan: ProducerPlan,
  evaluate: Evaluate,
  row: Row | undefined,
): number | undefined | Bad {
  if (row?.partition !== undefined) return row.partition
  if (plan.partition === undefined) return undefined
  const evaluated = evaluate(plan.partition)
  if ('problem' in evaluated) return evaluated
  const numeral = integerOfType(evaluated.text, 'integer')
  if ('problem' in numeral) return bad('K205', `"record-partition": ${numeral.problem}`)
  if (numeral.value < 0n) return bad('K205', `"${evaluated.text}" is not a partition.`)
  return Number(numeral.value)
}

function timeOf(
  text: string | undefined,
  evaluate: Evaluate,
  { now, toLocalEpoch }: PreparedPlan['time'],
): number | undefined | Bad {
  if (text === undefined) return undefined
  const evaluated = evaluate(text)
  if ('problem' in evaluated) return evaluated
  const position = parsePosition(evaluated.text)
  const time = position && timestampOf(position, { now: now(), toLocalEpoch })
  return time ?? bad('K203', `"${evaluated.text}" is not a time. Use a date, epoch(ms) or now-15m.`)
}

function bad(code: string, message: string): Bad {
  return { problem: { code, message } }
}

/** A problem with a format does not say by itself whether it is about the key or the value. */
function about(part: 'key' | 'value', problem: Problem): Bad {
  if (problem.code === 'K301' || problem.code === 'key-from') return { problem }
  if (problem.code === 'K210' && problem.message === 'Invalid JSON value.')
    return {
      problem: {
        code: 'K210',
        message: `The ${part} is not JSON${whereNotJson(problem.detail ?? '')}.`,
      },
    }
  return { problem: { ...problem, message: `The ${part} cannot be sent: ${problem.message}` } }
}
