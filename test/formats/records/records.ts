import fc from 'fast-check'
import type { KafkaRecord } from '../../../src/kafka/record.ts'
import type { RecordPage } from '../../../src/kafka/page.ts'
import { AUTO } from '../../../src/kafka/format.ts'

export const bytes = (text: string): Uint8Array => Buffer.from(text)

/** A record like the one of the specification, with other parts where they are given. */
export function record(parts: Partial<KafkaRecord> = {}): KafkaRecord {
  return {
    topic: 'orders',
    partition: 0,
    offset: 881n,
    timestamp: 1_795_224_732_160,
    key: bytes('o-17'),
    value: bytes('{"id":7}'),
    headers: [
      ['trace-id', bytes('a')],
      ['reason', null],
    ],
    ...parts,
  }
}

export const formats = { key: AUTO, value: AUTO }

/** Texts that a language of lines and templates could read in another way. */
const awkward = fc.constantFrom(
  '',
  ' ',
  'null',
  '{{',
  '{{{{x}}',
  '{{$uuid}}',
  '{{"{{"}}',
  '{{{string.uuid}}}',
  '###',
  'a\n### b',
  'PRODUCER x',
  'a\nCONSUMER',
  'EXPECT',
  'topic: a',
  'Topic : a',
  'header: a = b',
  'acks: all',
  '-- a',
  '# a',
  '// a',
  '@a = b',
  'a = b, c = d',
  "it's 100% \\n",
  '$(touch x) `x` $HOME !! "q"',
  'a\r\nb',
  '\u2028',
  '\ufeffa',
  '\0',
  '-n',
  '=',
  '==',
  '|',
  '|\n<1>',
  '{"$base64":"AA=="}',
  '"text"',
  '{"a":1,"b":[true,null,-1.5e+21]}',
  '{ "a" : 1.0 }',
  '{\n  "a": "{{b}}"\n}\n',
  '{"a":"{{$uuid}}"}',
)

export const content: fc.Arbitrary<Uint8Array> = fc.oneof(
  { weight: 3, arbitrary: awkward.map(bytes) },
  fc.array(awkward, { maxLength: 3 }).map(texts => bytes(texts.join(''))),
  fc.string({ unit: 'binary', maxLength: 30 }).map(bytes),
  fc.json({ maxDepth: 2 }).map(bytes),
  fc.uint8Array({ maxLength: 12 }),
)

const nullable = fc.option(content, { nil: null })
const headerName = fc.oneof(
  fc.constantFrom('a', 'trace-id', 'kafka_x.y', 'ä', 'a b', 'a=b', '', '{{x}}', ' x', 'a\nb'),
  fc.string({ unit: 'binary', maxLength: 5 }),
)

export const anyRecord: fc.Arbitrary<KafkaRecord> = fc
  .record({
    key: nullable,
    value: nullable,
    headers: fc.array(fc.tuple(headerName, nullable), { maxLength: 3 }),
    partition: fc.nat(50),
    timestamp: fc.oneof(fc.constant(-1), fc.nat(4_102_444_800_000)),
  })
  .map(record)

/** The records as the reader hands them on. */
export function pageOf(
  records: readonly KafkaRecord[],
  errors: RecordPage['errors'] = [],
): RecordPage {
  const all: number[] = []
  const add = (part: Uint8Array | null) => {
    all.push(...(part ?? []))
    return all.length - (part?.length ?? 0)
  }
  const int32 = (numbers: readonly number[]) => Int32Array.from(numbers)
  const length = (part: Uint8Array | null) => part?.length ?? -1
  return {
    topic: 'orders',
    partition: 0,
    count: records.length,
    offsets: BigInt64Array.from(records, ({ offset }) => offset),
    timestamps: Float64Array.from(records, ({ timestamp }) => timestamp),
    keyStarts: int32(records.map(({ key }) => add(key))),
    keyLengths: int32(records.map(({ key }) => length(key))),
    valueStarts: int32(records.map(({ value }) => add(value))),
    valueLengths: int32(records.map(({ value }) => length(value))),
    headerStarts: int32(records.map(({ headers }) => add(headerBytes(headers)))),
    bytes: Uint8Array.from(all),
    errors,
  }
}

/** Kafka's encoding, for names and values of less than 64 bytes. */
function headerBytes(headers: KafkaRecord['headers']): Uint8Array {
  const part = (content: Uint8Array | null) => (content ? [content.length * 2, ...content] : [1])
  const pairs = headers.flatMap(([name, value]) => [...part(bytes(name)), ...part(value)])
  return Uint8Array.of(headers.length * 2, ...pairs)
}
