import { decode, shown, type Decoded } from '../../formats/formats.ts'
import { AUTO, type RecordFormats } from '../../kafka/format.ts'
import { recordSize, type KafkaRecord } from '../../kafka/record.ts'

/**
 * A record as a JSON document: where it stands, then its key, headers and value. Numbers of a JSON
 * value stay as they were written, whatever their size.
 */
export function recordText(record: KafkaRecord, formats: RecordFormats): string {
  const lines = [
    ['topic', JSON.stringify(record.topic)],
    ['partition', String(record.partition)],
    ['offset', String(record.offset)],
    ...(record.timestamp >= 0
      ? [['timestamp', JSON.stringify(new Date(record.timestamp).toISOString())]]
      : []),
    ['size', String(recordSize(record))],
    ...(record.error === undefined ? [] : [['error', JSON.stringify(record.error)]]),
    ['key', valueText(decode(formats.key, record.key))],
    ['headers', headersText(record)],
    ['value', valueText(decode(formats.value, record.value))],
  ]
  return `{\n${lines.map(([name, text]) => `  "${name ?? ''}": ${text ?? ''}`).join(',\n')}\n}\n`
}

function valueText(decoded: Decoded): string {
  switch (decoded.kind) {
    case 'null':
      return 'null'
    case 'json':
      return indentJson(decoded.text, 2)
    case 'binary':
      return JSON.stringify({ $bytes: decoded.text })
    case 'problem':
      return JSON.stringify({ $error: decoded.problem.message })
    case 'hidden':
    case 'text':
      return JSON.stringify(shown(decoded))
  }
}

/** A list of pairs: order and duplicates count. */
function headersText({ headers }: KafkaRecord): string {
  if (headers.length === 0) return '[]'
  const pairs = headers.map(([name, value]) => {
    const decoded = decode(AUTO, value)
    const text = decoded.kind === 'json' ? JSON.stringify(decoded.text) : valueText(decoded)
    return `    [${JSON.stringify(name)}, ${text}]`
  })
  return `[\n${pairs.join(',\n')}\n  ]`
}

/**
 * Indents JSON without reading its numbers: `JSON.parse` would round integers beyond 2^53.
 * `depth` is the number of blanks that the text already stands at.
 */
export function indentJson(json: string, depth: number): string {
  let level = 0
  const newline = () => `\n${' '.repeat(depth + 2 * level)}`
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? []
  return tokens
    .map((token, index) => {
      if (token === '{' || token === '[') {
        if (isClosing(tokens[index + 1])) return token
        level++
        return token + newline()
      }
      if (isClosing(token)) {
        if (isOpening(tokens[index - 1])) return token
        level--
        return newline() + token
      }
      if (token === ',') return token + newline()
      return token === ':' ? ': ' : token
    })
    .join('')
}

function isOpening(token: string | undefined): boolean {
  return token === '{' || token === '['
}

function isClosing(token: string | undefined): boolean {
  return token === '}' || token === ']'
}
