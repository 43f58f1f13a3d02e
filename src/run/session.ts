import type { Faker } from '@faker-js/faker'
import type { Problem } from '../base/problem.ts'
import { jsonOf, plainOf, type PlainValue } from '../expression/plain.ts'
import { fieldsValue, recordValue } from '../formats/recordValue.ts'
import { utf8TextOf } from '../formats/encodings.ts'
import type { RecordFormats } from '../kafka/format.ts'
import { scopeOf, type NameScope } from '../language/names.ts'
import type { KafkaFile } from '../language/tree.ts'
import type { GivenValue } from './ports.ts'
import type { RunNames } from './recordMaker.ts'
import type { SeenRecord } from './recordVariables.ts'
import { newRedaction, type Redaction } from './redaction.ts'
import type { SystemContext } from './systemValues.ts'
import { evaluateTemplates, type Evaluated, type TemplateContext } from './templates.ts'

/**
 * What a file remembers while it is run (kafka-file specification, section 5): headless one run is
 * one session, in an editor the blocks that are run one by one share one. Plain data that a run
 * writes into; nobody has to dispose it.
 */
export interface Session {
  /** The value of `{{$run}}`. */
  readonly run: string
  readonly redaction: Redaction
  /** Of `@name`, by the text that was evaluated: a variable that is edited is evaluated anew. */
  readonly variables: Map<string, { readonly text: string; readonly value: Evaluated }>
  readonly captures: Map<string, PlainValue>
  /** The last record of each named block. */
  readonly records: Map<string, NamedRecord>
  /** Of `$secret`, `$prompt`, …, by `outsideKey`. */
  readonly outside: Map<string, Evaluated>
  /** Where the logs ended before the first block, by `markKey`. */
  readonly marks: Map<string, Mark>
  /** When the last PRODUCER sent, ms since the epoch. */
  lastSend?: number
}

/** End offsets of a topic's partitions; a partition that is not among them came later. */
export type Mark =
  | { readonly takenAt: number; readonly ends: ReadonlyMap<number, bigint> }
  | { readonly problem: Problem }

export interface NamedRecord {
  /** Its offset is not known where it was sent without an answer (`acks: 0`). */
  readonly record: SeenRecord
  readonly formats: RecordFormats
}

export function newSession(run: string): Session {
  return {
    run,
    redaction: newRedaction(),
    variables: new Map(),
    captures: new Map(),
    records: new Map(),
    outside: new Map(),
    marks: new Map(),
  }
}

/** `$secret token`, as `Session.outside` knows it. */
export function outsideKey(name: string, argument: string): string {
  return `${name} ${argument}`
}

export function markKey(cluster: string, topic: string): string {
  return `${cluster}\n${topic}`
}

/** The names that a file can use in a session. */
export function namesOf(
  file: KafkaFile,
  session: Session,
  given: ReadonlyMap<string, GivenValue>,
  ownFaker?: Faker,
): RunNames {
  const scope = withSession(scopeOf(file, given.keys()), session)
  const texts = new Map(file.variables.map(({ name, value }) => [name, value]))
  const open: string[] = []
  const context = (system: SystemContext, faker = ownFaker): TemplateContext => {
    const own: TemplateContext = {
      ...system,
      run: session.run,
      scope,
      ...(faker && { faker }),
      variable: name => {
        const over = given.get(name)
        if (over?.overrides) return { text: over.text }
        return once(name, texts.get(name) ?? '', own)
      },
      named: (source, name) => {
        if (source === 'capture') return capturedOrElse(name, own)
        return source === 'block' ? ofBlock(session, name) : ofGiven(name, own)
      },
      outside: (name, argument) =>
        OUTSIDE.has(name) ? outsideValue(session, name, argument) : undefined,
    }
    return own
  }

  function once(name: string, text: string, own: TemplateContext): Evaluated {
    const known = session.variables.get(name)
    if (known?.text === text) return known.value
    if (open.includes(name)) return cycle([...open.slice(open.indexOf(name)), name])
    open.push(name)
    const value = evaluateTemplates(text, own)
    open.pop()
    if (!('problem' in value)) session.variables.set(name, { text, value })
    return value
  }

  /** What is captured further down is the variable or the value of that name until then. */
  function capturedOrElse(name: string, own: TemplateContext): Evaluated {
    const [first = name] = name.split('.')
    if (session.captures.has(name) || session.captures.has(first)) return captured(session, name)
    if (texts.has(name)) return own.variable(name)
    return given.has(name) ? ofGiven(name, own) : captured(session, name)
  }

  function ofGiven(name: string, own: TemplateContext): Evaluated {
    const value = given.get(name)
    if (!value) return undefinedName(name)
    const evaluated = value.templates ? once(name, value.text, own) : { text: value.text }
    if (value.secret && 'text' in evaluated) session.redaction.add(evaluated.text)
    return evaluated
  }

  return { run: session.run, scope, context }
}

/**
 * What a name stands for by now, as it is shown: secrets are `***`. Undefined: nothing brought it
 * yet. `text` is what the file declares a variable of that name as.
 */
export function knownIn(session: Session, name: string, text?: string): string | undefined {
  const [first = name] = name.split('.')
  const variable = session.variables.get(name)
  const value =
    session.captures.has(name) || session.captures.has(first)
      ? captured(session, name)
      : session.records.has(first)
        ? ofBlock(session, name)
        : variable?.text === text
          ? variable?.value
          : undefined
  return value && 'text' in value ? session.redaction.text(value.text) : undefined
}

/** What earlier runs of the session brought counts, too, also if its block is gone. */
function withSession(scope: NameScope, session: Session): NameScope {
  return {
    ...scope,
    captures: new Set([...scope.captures, ...session.captures.keys()]),
    blocks: new Set([...scope.blocks, ...session.records.keys()]),
  }
}

/** The names whose values are fetched before a run begins. */
export const OUTSIDE: ReadonlySet<string> = new Set([
  '$env',
  '$dotenv',
  '$secret',
  '$prompt',
  '$file',
])

function outsideValue(session: Session, name: string, argument: string): Evaluated {
  return session.outside.get(outsideKey(name, argument)) ?? undefinedName(`${name} ${argument}`)
}

/** The names of captures may be followed by fields: `{{invoice.id}}`. */
function captured(session: Session, name: string): Evaluated {
  const [first = name, ...fields] = name.split('.')
  const root = session.captures.has(name) ? name : first
  const value = session.captures.get(root)
  if (value === undefined) return notYet(name, 'nothing was captured under that name so far')
  return evaluatedAt(name, value, root === name ? [] : fields)
}

function ofBlock(session: Session, name: string): Evaluated {
  const [block = name, part = '', ...fields] = name.split('.')
  const named = session.records.get(block)
  if (!named) return notYet(name, `block "${block}" brought no record so far`)
  const { record, formats } = named
  switch (part) {
    case 'partition':
      return integerAt(name, record.partition)
    case 'offset':
      return integerAt(name, record.offset)
    case 'timestamp':
      return integerAt(name, record.timestamp < 0 ? undefined : record.timestamp)
    case 'key':
      return evaluatedAt(
        name,
        contentOf(() => recordValue(formats.key, record.key)),
        fields,
      )
    case 'value':
      return evaluatedAt(
        name,
        contentOf(() => fieldsValue(formats.value, record.value)),
        fields,
      )
    case 'headers':
      return ofHeader(name, record, fields.join('.'))
    default:
      return notYet(name, 'a block has partition, offset, timestamp, key, value and headers')
  }
}

function integerAt(name: string, integer: number | bigint | undefined): Evaluated {
  if (integer === undefined) return notYet(name, 'the broker did not tell it')
  return { text: String(integer), value: BigInt(integer) }
}

/** The last duplicate counts. */
function ofHeader(name: string, { headers }: NamedRecord['record'], header: string): Evaluated {
  const found = headers.findLast(([each]) => each === header)
  if (!found) return notYet(name, `the record has no header "${header}"`)
  const [, bytes] = found
  const value = bytes && (utf8TextOf(bytes) ?? '')
  return { text: value ?? 'null', value }
}

/** Undefined: it cannot be decoded. */
function contentOf(read: () => unknown): PlainValue | undefined {
  try {
    const value = read()
    return value === undefined ? undefined : plainOf(value)
  } catch {
    return undefined
  }
}

function evaluatedAt(
  name: string,
  start: PlainValue | undefined,
  fields: readonly string[],
): Evaluated {
  let value = start
  for (const field of fields) value = fieldOf(value, field)
  if (value === undefined) return notYet(name, 'it has no such field')
  return { text: typeof value === 'string' ? value : jsonOf(value), value }
}

function fieldOf(value: PlainValue | undefined, name: string): PlainValue | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return (value as Readonly<Record<string, PlainValue>>)[name]
}

function cycle(names: readonly string[]): Evaluated {
  const message = `${names.join(' → ')}: these variables need each other.`
  return { problem: { code: 'K310', message } }
}

function undefinedName(name: string): Evaluated {
  return { problem: { code: 'K301', message: `"{{${name}}}" is not defined.` } }
}

function notYet(name: string, why: string): Evaluated {
  return { problem: { code: 'K301', message: `"{{${name}}}" is not defined: ${why}.` } }
}
