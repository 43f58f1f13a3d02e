import type { Problem } from '../../base/problem.ts'
import type { KafkaRecord, RecordHeader } from '../../kafka/record.ts'
import { utf8TextOf } from '../encodings.ts'

export interface KcatOptions {
  /** What follows `-b`: addresses, or something to be replaced by them. */
  readonly brokers: string
  /** Where the record goes; absent: the topic it comes from. */
  readonly topic?: string
  /** Sent to the partition it comes from; otherwise its key chooses one. Default: no. */
  readonly keepPartition?: boolean
}

/**
 * A command line for a POSIX shell that has kcat (1.7) send the record again, with the same bytes in
 * key, value and headers, to the partition that a Java client would choose (librdkafka's own choice
 * is another). A problem where kcat cannot send it: its headers are C strings, and it takes no empty
 * value without a key.
 */
export function recordKcat(
  record: KafkaRecord,
  options: KcatOptions,
): { readonly command: string } | { readonly problem: Problem } {
  const reason = obstacle(record)
  if (reason !== undefined) {
    return { problem: { code: 'kcat', message: `kcat cannot send this record: ${reason}.` } }
  }
  const { input, args } = inputOf(record)
  const words = [
    ...[
      'kcat',
      '-P',
      '-b',
      argument(options.brokers),
      '-t',
      argument(options.topic ?? record.topic),
    ],
    ...(options.keepPartition
      ? ['-p', `${record.partition}`]
      : ['-X', 'topic.partitioner=murmur2_random']),
    ...args,
    ...record.headers.flatMap(header => ['-H', headerArgument(header)]),
  ]
  return { command: `${printed(input)} | ${words.join(' ')}` }
}

function obstacle({ error, key, value, headers }: KafkaRecord): string | undefined {
  if (error !== undefined) return 'it could not be read'
  if (key === null && value?.length === 0) return 'it has no key and an empty value'
  for (const [name, bytes] of headers) {
    if (name === '') return 'one of its headers has no name'
    const shown = `its header ${JSON.stringify(name)}`
    if (name.includes('=')) return `${shown} has "=" in its name`
    if (name.includes('\0') || bytes?.includes(0)) return `${shown} holds a zero byte`
  }
  return undefined
}

/** What kcat reads, and the options that tell it how. */
interface Input {
  readonly input: Uint8Array
  readonly args: readonly string[]
}

function inputOf({ key, value }: KafkaRecord): Input {
  const content = value ?? new Uint8Array()
  if (content.length > 0) {
    if (key === null) return withDelimiter(content, [])
    const text = plainText(key)
    if (text !== undefined) return withDelimiter(content, ['-k', argument(text)])
  }
  return splitInput(key, content, value === null)
}

/** Key and value in one, apart by a text of its own; so can null and empty be told apart. */
function splitInput(key: Uint8Array | null, value: Uint8Array, isNull: boolean): Input {
  const start = key ?? new Uint8Array()
  const between = delimiterFor(
    delimiter => indexOf(joined(start, delimiter), delimiter) === start.length,
  )
  const args = ['-K', argument(between), ...(isNull ? ['-Z'] : [])]
  // With -Z an empty key is null as well, but for a key that is given.
  if (isNull && key?.length === 0) args.push('-k', "''")
  return withDelimiter(joined(start, encoder.encode(between), value), args)
}

/** kcat takes each line for a record unless another end is named. */
function withDelimiter(input: Uint8Array, args: readonly string[]): Input {
  if (!input.includes(LINE_FEED)) return { input, args }
  const end = delimiterFor(delimiter => indexOf(input, delimiter) < 0)
  return { input, args: ['-D', argument(end), ...args] }
}

const LINE_FEED = 10
const encoder = new TextEncoder()

function delimiterFor(fits: (delimiter: Uint8Array) => boolean): string {
  for (let number = 0; ; number++) {
    const delimiter = number === 0 ? '|' : `<${number}>`
    if (fits(encoder.encode(delimiter))) return delimiter
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const first = wanted[0] ?? 0
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at
  }
  return -1
}

/** Text that can stand between single quotes as it is, also where it is pasted into a terminal. */
function plainText(bytes: Uint8Array): string | undefined {
  const text = utf8TextOf(bytes)
  return text === undefined || /[\p{Cc}\u2028\u2029\ufeff]/u.test(text.replaceAll('\n', ''))
    ? undefined
    : text
}

function printed(bytes: Uint8Array): string {
  const text = plainText(bytes)
  return text === undefined ? `printf ${octal(bytes)}` : `printf '%s' ${argument(text)}`
}

/** A format for `printf`; octal, because not every shell's knows hexadecimal. */
function octal(bytes: Uint8Array): string {
  const parts: string[] = []
  for (const code of bytes) {
    const isPlain = code > 32 && code < 127 && !"'\\%-!".includes(String.fromCharCode(code))
    if (isPlain || code === 32) parts.push(String.fromCharCode(code))
    else parts.push(`\\${code.toString(8).padStart(3, '0')}`)
  }
  return `'${parts.join('')}'`
}

function headerArgument([name, value]: RecordHeader): string {
  if (value === null) return argument(name)
  const text = plainText(value)
  if (text !== undefined) return argument(`${name}=${text}`)
  // A shell takes line ends off the end of what a command prints.
  let end = value.length
  while (value[end - 1] === LINE_FEED) end--
  const rest = '\n'.repeat(value.length - end)
  return `${argument(`${name}=`)}"$(printf ${octal(value.subarray(0, end))})"${rest && argument(rest)}`
}

/** A word of a shell, in single quotes where it needs them. */
function argument(text: string): string {
  return /^[\w@%+:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
