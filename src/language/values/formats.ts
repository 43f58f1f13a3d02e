import { ENCODINGS, encodingOf } from '../../base/encodings.ts'
import { quoted } from '../words.ts'
import { closest } from '../closest.ts'
import { bad, good, type Outcome } from './outcome.ts'

/** A format as it is written: a known name and its parameters. */
export interface WrittenFormat {
  readonly name: string
  readonly parameters: readonly string[]
}

export interface FormatDefinition {
  readonly name: string
  /** Which blocks can use it; absent: both. */
  readonly only?: 'sending' | 'reading'
  /** Evaluated in this version. */
  readonly runs?: true
  readonly parameters?: readonly string[]
  readonly documentation: string
}

export const FORMATS: readonly FormatDefinition[] = [
  {
    name: 'string',
    runs: true,
    parameters: ENCODINGS,
    documentation: 'Text. `string(encoding)`: bytes written as text in that encoding.',
  },
  {
    name: 'json',
    runs: true,
    documentation: 'JSON text; with a schema it is checked before it is sent.',
  },
  { name: 'integer', runs: true, documentation: '4 bytes, big-endian, signed.' },
  { name: 'long', runs: true, documentation: '8 bytes, big-endian, signed; exact.' },
  { name: 'short', runs: true, documentation: '2 bytes, big-endian, signed.' },
  { name: 'double', runs: true, documentation: '8 bytes, IEEE 754, big-endian.' },
  { name: 'float', runs: true, documentation: '4 bytes, IEEE 754, big-endian.' },
  {
    name: 'bytes',
    runs: true,
    parameters: ['base64', 'hex'],
    documentation: 'Any bytes, written as base64 or hexadecimal.',
  },
  {
    name: 'null',
    only: 'sending',
    runs: true,
    documentation:
      'Null: as a value it is a tombstone, which deletes the key in a compacted topic.',
  },
  { name: 'none', only: 'reading', runs: true, documentation: 'The content is left out.' },
  {
    name: 'auto',
    only: 'reading',
    runs: true,
    documentation: 'JSON where it parses, else text where it is UTF-8, else base64.',
  },
  { name: 'avro', documentation: 'Avro, with a schema.' },
  { name: 'protobuf', documentation: 'Protobuf: `protobuf(Message)`, with a schema.' },
  { name: 'json-schema', documentation: 'JSON with the schema registry.' },
]

const BY_NAME = new Map(FORMATS.map(format => [format.name, format]))

export function formatDefinitionOf(name: string): FormatDefinition | undefined {
  return BY_NAME.get(name)
}

/** What other tools call them. */
const MEANT: ReadonlyMap<string, string> = new Map([
  ['int', 'integer'],
  ['int16', 'short'],
  ['int32', 'integer'],
  ['int64', 'long'],
  ['bigint', 'long'],
  ['number', 'double'],
  ['text', 'string'],
  ['utf8', 'string'],
  ['utf-8', 'string'],
  ['hex', 'bytes(hex)'],
  ['base64', 'bytes(base64)'],
  ['binary', 'bytes(base64)'],
  ['tombstone', 'null'],
])

/** What is wrong with a format, by the code of its problem: unknown, or a bad parameter. */
export type FormatOutcome = Outcome<WrittenFormat> & { readonly code?: 'K201' | 'K202' }

/**
 * Reads `name` or `name(p1, p2)`. As in level 1 the list ends at the first `)`, a missing one is
 * tolerated, and formats without parameters ignore them.
 */
export function parseFormat(text: string, use: 'sending' | 'reading'): FormatOutcome {
  const open = text.indexOf('(')
  const name = (open < 0 ? text : text.slice(0, open)).trim()
  const definition = BY_NAME.get(name)
  if (!definition) {
    const suggestion = MEANT.get(name.toLowerCase()) ?? nearest(name, use)
    const meant = suggestion === undefined ? '' : ` Did you mean "${suggestion}"?`
    return {
      ...bad(`Unknown format ${quoted(name)}.${meant}`, {
        span: { start: 0, end: name.length },
        ...(suggestion !== undefined && { suggestion }),
      }),
      code: 'K201',
    }
  }
  if (definition.only !== undefined && definition.only !== use) {
    return { ...bad(`The format "${name}" is for ${definition.only} only.`), code: 'K201' }
  }
  const parameters = open < 0 ? [] : parametersOf(text.slice(open + 1))
  const wrong = parameterProblem(name, parameters, use)
  return wrong === undefined ? good({ name, parameters }) : { ...bad(wrong), code: 'K202' }
}

function nearest(name: string, use: 'sending' | 'reading'): string | undefined {
  const usable = FORMATS.filter(format => format.only === undefined || format.only === use)
  return closest(
    name,
    usable.map(format => format.name),
  )
}

function parametersOf(text: string): readonly string[] {
  const close = text.indexOf(')')
  const list = (close < 0 ? text : text.slice(0, close)).split(',').map(part => part.trim())
  return list.length === 1 && list[0] === '' ? [] : list
}

function parameterProblem(
  name: string,
  parameters: readonly string[],
  use: 'sending' | 'reading',
): string | undefined {
  const [first] = parameters
  switch (name) {
    case 'string':
      if (first === undefined || encodingOf(first)) return undefined
      return `Unknown encoding ${quoted(first)}. Use ${ENCODINGS.join(', ')}.`
    case 'bytes':
      if (first === 'base64' || first === 'hex') return undefined
      return 'The format "bytes" needs its notation: bytes(base64) or bytes(hex).'
    case 'protobuf':
      if (use === 'reading' || first !== undefined) return undefined
      return 'The format "protobuf" needs the name of its message: protobuf(package.Message).'
    default:
      return undefined
  }
}
