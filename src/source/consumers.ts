import { tokenize } from './tokens.ts'
import {
  hasSpread,
  isMark,
  isWord,
  numberAt,
  propertyAt,
  readProgram,
  stringAt,
  stringsAt,
  type Program,
} from './values.ts'

/** Characters of the text from `start` up to but not including `end`, counted in UTF-16 units. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A consumer that a program's text creates, with a group id that can be read from the text. */
export interface SourceConsumer {
  readonly groupId: string
  readonly client: 'kafkajs' | 'platformatic'
  /** The call that creates it: `consumer({ … })` or `new Consumer({ … })`. */
  readonly call: Span
  /**
   * Ms without a heartbeat after which the coordinator drops it: as written, else kafkajs's
   * default. Absent: the text does not tell.
   */
  readonly sessionTimeout?: number
  /** What it is called in the text: `consumer` for `const consumer = …` and `this.consumer = …`. */
  readonly variable?: string
  /** Those it subscribes to whose names can be read from the text. */
  readonly topics: readonly string[]
  /** The functions that get its records, from name to closing brace. */
  readonly handlers: readonly (Span & { readonly kind: 'eachMessage' | 'eachBatch' })[]
}

/** kafkajs's own default, ms. */
const KAFKAJS_SESSION_TIMEOUT = 30_000

const HANDLERS = ['eachMessage', 'eachBatch'] as const

/**
 * The consumers in JavaScript or TypeScript, in the order of the text. Only group ids that are
 * certain count: literals, templates without expressions, and constants one step away.
 */
export function findConsumers(text: string): readonly SourceConsumer[] {
  // Most files have none; they need no more than this.
  if (!text.includes('groupId')) return []
  const program = readProgram(tokenize(text))
  const created = program.tokens.flatMap((_, index) => creationAt(program, index) ?? [])
  const calls = program.tokens.flatMap((_, index) => callAt(program, index) ?? [])
  return created.map(creation => describe(program, creation, created, calls))
}

/**
 * The consumer that the code at this position belongs to: the one whose handler is around it,
 * else the only one of the file.
 */
export function consumerAt(
  consumers: readonly SourceConsumer[],
  position: number,
): SourceConsumer | undefined {
  const around = consumers.find(({ handlers }) =>
    handlers.some(({ start, end }) => start <= position && position < end),
  )
  return around ?? (consumers.length === 1 ? consumers[0] : undefined)
}

interface Creation {
  readonly groupId: string
  readonly client: SourceConsumer['client']
  readonly call: Span
  readonly index: number
  readonly sessionTimeout?: number
  readonly variable?: string
}

function creationAt(program: Program, index: number): Creation | undefined {
  const { tokens, closing } = program
  const token = tokens[index]
  if (token === undefined) return undefined
  const client = clientAt(program, index)
  if (client === undefined) return undefined
  const open = argumentsAfter(program, client === 'kafkajs' ? index + 1 : index + 2)
  if (open === undefined) return undefined
  const property = propertyAt(program, open + 1, 'groupId')
  const groupId = property && stringAt(program, property.value)
  if (groupId === undefined || groupId === '') return undefined
  const close = tokens[closing.get(open) ?? open]
  const call = { start: token.start, end: close?.end ?? token.end }
  const variable = variableBefore(program, index)
  const sessionTimeout = sessionTimeoutAt(program, open + 1, client)
  return {
    groupId,
    client,
    call,
    index,
    ...(sessionTimeout !== undefined && { sessionTimeout }),
    ...(variable !== undefined && { variable }),
  }
}

function sessionTimeoutAt(
  program: Program,
  options: number,
  client: SourceConsumer['client'],
): number | undefined {
  const property = propertyAt(program, options, 'sessionTimeout')
  if (property) return numberAt(program, property.value)
  // What is spread into the options may set it too.
  if (client !== 'kafkajs' || hasSpread(program, options)) return undefined
  return KAFKAJS_SESSION_TIMEOUT
}

function clientAt(program: Program, index: number): SourceConsumer['client'] | undefined {
  const { tokens } = program
  const before = tokens[index - 1]
  if (isWord(tokens[index], 'consumer') && (isMark(before, '.') || isMark(before, '?.')))
    return 'kafkajs'
  if (isWord(tokens[index], 'new') && isWord(tokens[index + 1], 'Consumer')) return 'platformatic'
  return undefined
}

/** The opening bracket of a call's arguments, behind type arguments if there are any. */
function argumentsAfter(program: Program, from: number): number | undefined {
  const { tokens } = program
  let index = from
  if (isMark(tokens[index], '<')) {
    let depth = 0
    do {
      if (isMark(tokens[index], '<')) depth++
      if (isMark(tokens[index], '>')) depth--
      index++
    } while (depth > 0 && index < tokens.length)
  }
  return isMark(tokens[index], '(') ? index : undefined
}

/** Goes back over `kafka.`, `new Kafka({…}).` and `await` to the `=` and the name before it. */
function variableBefore(program: Program, index: number): string | undefined {
  const { tokens } = program
  let at = index - 1
  while (at > 0 && !isMark(tokens[at], '=')) {
    const token = tokens[at]
    const opener = program.opening.get(at)
    if (opener !== undefined) at = opener - 1
    else if (token?.kind === 'word' || isMark(token, '.') || isMark(token, '?.')) at--
    else return undefined
  }
  return nameBeforeEquals(program, at)
}

function nameBeforeEquals(program: Program, equals: number): string | undefined {
  const { tokens } = program
  const near = tokens[equals - 1]
  if (near?.kind !== 'word') return undefined
  // `const consumer: Consumer =`: the name stands before the colon.
  if (isMark(tokens[equals - 2], ':')) return wordAt(program, equals - 3)
  return near.text
}

function wordAt(program: Program, index: number): string | undefined {
  const token = program.tokens[index]
  return token?.kind === 'word' ? token.text : undefined
}

function describe(
  program: Program,
  creation: Creation,
  all: readonly Creation[],
  anyCalls: readonly Call[],
): SourceConsumer {
  const { groupId, client, call, sessionTimeout, variable } = creation
  const calls = callsOn(creation, all, anyCalls)
  return {
    groupId,
    client,
    call,
    ...(sessionTimeout !== undefined && { sessionTimeout }),
    ...(variable !== undefined && { variable }),
    topics: [...new Set(calls.flatMap(open => topicsOf(program, open)))],
    handlers: calls.flatMap(open => handlersOf(program, open)),
  }
}

const SUBSCRIBING = new Set(['subscribe', 'run', 'consume'])

/** `NAME.subscribe(…)`, `NAME.run(…)` or `NAME.consume(…)`. */
interface Call {
  readonly receiver: string
  readonly index: number
  /** The opening bracket of its arguments. */
  readonly open: number
}

function callAt(program: Program, index: number): Call | undefined {
  const { tokens } = program
  const token = tokens[index]
  if (token?.kind !== 'word' || !SUBSCRIBING.has(token.text)) return undefined
  const before = tokens[index - 1]
  const receiver = wordAt(program, index - 2)
  const open = argumentsAfter(program, index + 1)
  if (receiver === undefined || open === undefined) return undefined
  return isMark(before, '.') || isMark(before, '?.') ? { receiver, index, open } : undefined
}

/** The opening brackets of the calls on this consumer. */
function callsOn(
  creation: Creation,
  all: readonly Creation[],
  calls: readonly Call[],
): readonly number[] {
  const namesakes = all.filter(({ variable }) => variable === creation.variable)
  // Two functions may both call theirs `consumer`: the one created last before the call counts.
  const ownerOf = (call: Call) =>
    namesakes.findLast(({ index }) => index < call.index) ?? namesakes[0]
  return calls
    .filter(call => call.receiver === creation.variable && ownerOf(call) === creation)
    .map(({ open }) => open)
}

function topicsOf(program: Program, open: number): readonly string[] {
  const one = propertyAt(program, open + 1, 'topic')
  const topic = one && stringAt(program, one.value)
  const several = propertyAt(program, open + 1, 'topics')
  return [
    ...(topic === undefined ? [] : [topic]),
    ...(several ? stringsAt(program, several.value) : []),
  ]
}

function handlersOf(program: Program, open: number): SourceConsumer['handlers'] {
  return HANDLERS.flatMap(kind => {
    const property = propertyAt(program, open + 1, kind)
    if (property === undefined) return []
    const span = namedFunction(program, property.value) ?? {
      start: program.tokens[property.name]?.start ?? 0,
      end: program.tokens[property.last]?.end ?? 0,
    }
    return [{ kind, ...span }]
  })
}

/** `eachMessage: handle` and `{ eachMessage }`: the function itself stands elsewhere. */
function namedFunction(program: Program, value: number): Span | undefined {
  const { tokens, closing } = program
  const name = tokens[value]
  const next = tokens[value + 1]
  if (name?.kind !== 'word' || !(isMark(next, ',') || isMark(next, '}'))) return undefined
  const declared = tokens.findIndex(
    (token, index) => isWord(token, name.text) && isWord(tokens[index - 1], 'function'),
  )
  const start = declared === -1 ? program.constants.get(name.text) : declared
  if (start === undefined) return undefined
  const body = bodyFrom(program, start)
  if (body === undefined) return undefined
  return { start: tokens[start]?.start ?? 0, end: tokens[closing.get(body) ?? body]?.end ?? 0 }
}

/** The brace that opens the body of the function that starts here, behind its parameters. */
function bodyFrom(program: Program, start: number): number | undefined {
  const { tokens, closing } = program
  let index = start
  let parameters = false
  while (index < tokens.length && index < start + 400) {
    const token = tokens[index]
    if (isMark(token, '{') && parameters) return index
    if (isMark(token, ';')) return undefined
    if (isMark(token, '(') || isMark(token, '=>')) parameters = true
    index = (closing.get(index) ?? index) + 1
  }
  return undefined
}
