import type { Compression, ProduceRequest } from '../kafka/cluster.ts'
import { settingsOf, type Settings } from '../language/settings.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import { parseDuration } from '../language/values/durations.ts'
import { parseFile } from '../language/values/files.ts'
import { parseFormat, type WrittenFormat } from '../language/values/formats.ts'
import { parseHeader, parseHeaders, type WrittenHeader } from '../language/values/headers.ts'
import {
  booleanOf,
  integerOf,
  invalid,
  optional,
  readerOf,
  some,
  valued,
  type Planned,
} from './planned.ts'
import type { Shape } from './records/rows.ts'

/** What a PRODUCER says, as plain data. */
export interface ProducerPlan {
  /** A template, evaluated for each record, as are key, headers, partition and timestamp. */
  readonly topic: string
  readonly key?: string
  /** An expression over the record. */
  readonly keyFrom?: string
  /** A template, or the rows of `records`; null: a tombstone. Absent: it comes from a file. */
  readonly value?: string | null
  /** The file whose bytes are the value. */
  readonly valueFrom?: string
  readonly records?: {
    readonly shape: Shape
    /** The file that they are streamed from; absent: they stand in `value`. */
    readonly from?: string
  }
  readonly headers: readonly (readonly [name: string, value: string | null])[]
  readonly keyFormat?: WrittenFormat
  readonly valueFormat?: WrittenFormat
  /** As it is written: `file(path)` or the schema itself. */
  readonly valueSchema?: string
  readonly partition?: string
  /** A time as it is written: a date, `epoch(ms)`, `now-15m`. */
  readonly timestamp?: string
  /** Ms between records of a scheduled PRODUCER. */
  readonly every?: number
  /** Records per second. */
  readonly rate?: number
  /** Ms. */
  readonly stopAfter?: number
  /** Records per run. */
  readonly count?: number
  readonly acks?: NonNullable<ProduceRequest['acks']>
  readonly compression?: Compression
  readonly idempotent?: boolean
  readonly transactionalId?: string
  readonly fakerSeed?: number
  readonly fakerLocale?: string
}

/**
 * What a PRODUCER sends. The checks of the language have found no error in it; templates in what is
 * not evaluated for each record are put in already.
 */
export function producerPlan(file: KafkaFile, block: Block): Planned<ProducerPlan> {
  const read = readerOf(file, block)
  const topic = read('topic')
  if (!topic) return invalid('The producer needs a "topic:".')
  const keyFormat = optional(read('key-format'), text => parseFormat(text, 'sending'))
  const valueFormat = optional(read('value-format'), text => parseFormat(text, 'sending'))
  const every = optional(read('every'), parseDuration)
  const stopAfter = optional(read('stop-after'), parseDuration)
  for (const outcome of [keyFormat, valueFormat, every, stopAfter])
    if (!outcome.ok) return invalid(outcome.message)
  const content = contentOf(block, read, valued(valueFormat)?.name === 'null')
  if ('problem' in content) return content
  const sending = sendingOf(read)
  if ('problem' in sending) return sending
  return {
    plan: {
      topic,
      headers: headersOf(settingsOf(file), block),
      ...content,
      ...sending,
      ...some('key', read('key')),
      ...some('keyFrom', read('key-from')),
      ...some('keyFormat', valued(keyFormat)),
      ...some('valueFormat', valued(valueFormat)),
      ...some('valueSchema', read('value-schema')),
      ...some('partition', read('record-partition')),
      ...some('timestamp', read('record-timestamp')),
      ...some('every', valued(every)),
      ...some('stopAfter', valued(stopAfter)),
      ...some('fakerLocale', read('faker-locale')),
    },
  }
}

/** Whether it goes on until it is stopped. */
export function isEndless({ every, rate, count, records, stopAfter }: ProducerPlan): boolean {
  const isPaced = every !== undefined || rate !== undefined
  return isPaced && count === undefined && records === undefined && stopAfter === undefined
}

/** Whether a value is sent as its text stands. */
export function isTextAsItIs(format: WrittenFormat | undefined): boolean {
  return !format || (format.name === 'string' && format.parameters.length === 0)
}

type Read = (name: string) => string | undefined
type Content = Pick<ProducerPlan, 'value' | 'valueFrom' | 'records'>
type Bad = ReturnType<typeof invalid>

/** Where the values come from: one place, and no more than one. */
function contentOf(block: Block, read: Read, isNull: boolean): Content | Bad {
  const [valueFrom, recordsFrom] = [read('value-from'), read('records-from')]
  const shape = read('records')
  const text = block.body?.text
  const given = [isNull, text !== undefined, valueFrom !== undefined, recordsFrom !== undefined]
  if (given.filter(Boolean).length > 1) return invalid('The value is given twice.')
  if (isNull) return { value: null }
  if (valueFrom !== undefined) {
    const path = parseFile(valueFrom)
    return path === undefined ? notFile('value-from', valueFrom) : { valueFrom: path }
  }
  if (shape !== undefined && !isShape(shape))
    return invalid(`"${shape}" is not a value of "records:".`)
  if (recordsFrom !== undefined) {
    const from = parseFile(recordsFrom)
    if (from === undefined) return notFile('records-from', recordsFrom)
    return { records: { shape: shape ?? shapeOf(from), from } }
  }
  if (text === undefined) return invalid('The producer has no value.')
  return { value: text, ...(shape !== undefined && { records: { shape } }) }
}

function notFile(property: string, text: string): Bad {
  return invalid(`"${property}: ${text}" names no file: write ${property}: file(./path).`)
}

function isShape(text: string): text is Shape {
  return text === 'jsonl' || text === 'csv' || text === 'lines' || text === 'envelope'
}

/** By the name of the file, where `records:` does not say it. */
function shapeOf(path: string): Shape {
  if (/\.csv$/i.test(path)) return 'csv'
  return /\.(?:jsonl|ndjson)$/i.test(path) ? 'jsonl' : 'lines'
}

type Sending = Pick<
  ProducerPlan,
  'acks' | 'compression' | 'idempotent' | 'transactionalId' | 'rate' | 'count' | 'fakerSeed'
>

/** How it is sent. A word that is dropped could do the opposite of what stands there. */
function sendingOf(read: Read): Sending | Bad {
  const acks = read('acks')
  const compression = read('compression')
  const idempotent = read('idempotent')
  const rate = read('rate')
  const count = read('record-count')
  const seed = read('faker-seed')
  const bad = (name: string, text: string) => invalid(`"${text}" is not a value of "${name}:".`)
  if (acks !== undefined && !isAcks(acks)) return bad('acks', acks)
  if (compression !== undefined && !isCompression(compression))
    return bad('compression', compression)
  if (idempotent !== undefined && booleanOf(idempotent) === undefined)
    return bad('idempotent', idempotent)
  const perSecond = /^(\d+)\/s$/.exec(rate ?? '')?.[1]
  if (rate !== undefined && !(Number(perSecond) > 0)) return bad('rate', rate)
  if (count !== undefined && integerOf(count) === undefined) return bad('record-count', count)
  if (seed !== undefined && !Number.isSafeInteger(Number(seed))) return bad('faker-seed', seed)
  const transactionalId = read('transactional-id')
  if ((idempotent === 'true' || transactionalId !== undefined) && (acks ?? 'all') !== 'all')
    return invalid('An idempotent or transactional producer needs "acks: all".')
  if (idempotent === 'false' && transactionalId !== undefined)
    return invalid('A transaction needs an idempotent producer: leave out "idempotent: false".')
  return {
    ...some('acks', acks),
    ...some('compression', compression),
    ...some('idempotent', booleanOf(idempotent)),
    ...some('transactionalId', transactionalId),
    ...some('rate', perSecond === undefined ? undefined : Number(perSecond)),
    ...some('count', integerOf(count)),
    ...some('fakerSeed', seed === undefined ? undefined : Number(seed)),
  }
}

function isAcks(text: string): text is NonNullable<ProduceRequest['acks']> {
  return text === 'all' || text === '0' || text === '1'
}

const COMPRESSIONS: readonly string[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

function isCompression(text: string): text is Compression {
  return COMPRESSIONS.includes(text)
}

/** `headers:` and `header:` in the order of the file. */
function headersOf(settings: Settings, block: Block): [string, string | null][] {
  const line = settings.one(block, 'headers')
  const lines = [...settings.all(block, 'header'), ...(line ? [line] : [])]
  return lines
    .sort((a, b) => a.line - b.line)
    .flatMap((property): readonly WrittenHeader[] => {
      if (property === line) return parseHeaders(property.value ?? '')
      const header = parseHeader(property.value ?? '')
      return header ? [header] : []
    })
    .map(({ name, value }) => [name.text, value === null ? null : value.text])
}
