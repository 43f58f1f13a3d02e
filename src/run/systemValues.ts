import {
  argumentProblem,
  parseDatetime,
  parseRandomInt,
  parseShift,
} from '../language/values/systemArguments.ts'

/** What the `$…` names draw from. Nothing here is read from the machine: it is all handed in. */
export interface SystemContext {
  /** Ms since the epoch, read anew for each occurrence. */
  readonly now: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly uuid: () => string
  /** Number of the record within this run, from 0. */
  readonly index: number
  /** The same for everything in one run. */
  readonly run: string
  /** Name of the cluster that the block goes to. */
  readonly cluster: string
}

export type SystemValue =
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'unknown' }
  /** Known, but this argument makes no sense; the text says what to write. */
  | { readonly kind: 'bad'; readonly message: string }

/**
 * The value of `$name args` (kafka-file specification, section 5).
 *
 * `{{$timestamp}}` ms since the epoch, `{{$timestamp -1 d}}` a day earlier, `{{$date.unix}}` in
 * seconds, `{{$datetime yyyy-MM-dd 2 h}}`, `{{$randomInt 1 7}}`: 1 to 6.
 */
export function systemValue(name: string, args: string, context: SystemContext): SystemValue {
  const evaluate = SYSTEM.get(name)
  const wrong = evaluate && argumentProblem(name, args.trim())
  if (wrong !== undefined) return bad(wrong)
  if (evaluate) return evaluate(args.trim(), context)
  const later = LATER.get(name)
  return later ? bad(`"{{${name}}}" is not there yet: ${later}.`) : { kind: 'unknown' }
}

type Evaluate = (args: string, context: SystemContext) => SystemValue

const SYSTEM = new Map<string, Evaluate>([
  ['$uuid', (_, { uuid }) => value(uuid())],
  ['$timestamp', (args, context) => shifted(args, context, time => String(time))],
  ['$date.now', (_, { now }) => value(String(now()))],
  ['$date.unix', (_, { now }) => value(String(Math.floor(now() / 1000)))],
  ['$date.iso', (_, { now }) => value(new Date(now()).toISOString())],
  ['$isoTimestamp', (_, { now }) => value(new Date(now()).toISOString())],
  ['$datetime', datetime],
  ['$randomInt', randomInt],
  ['$index', (_, { index }) => value(String(index))],
  ['$run', (_, { run }) => value(run)],
  ['$cluster', (_, { cluster }) => value(cluster)],
])

const LATER = new Map([
  ['$env', 'environments cannot be read so far'],
  ['$dotenv', 'environments cannot be read so far'],
  ['$secret', 'secrets cannot be used in a file so far'],
  ['$prompt', 'a value cannot be asked for so far'],
  ['$file', 'a file cannot be put into a value so far'],
])

function value(text: string): SystemValue {
  return { kind: 'value', text }
}

function bad(message: string): SystemValue {
  return { kind: 'bad', message }
}

/** From the first number up to and without the second. */
function randomInt(args: string, { random }: SystemContext): SystemValue {
  const [low, end] = parseRandomInt(args) ?? [0, 0]
  return value(String(low + Math.floor(random() * (end - low))))
}

function datetime(args: string, context: SystemContext): SystemValue {
  const { format, shift } = parseDatetime(args)
  return shifted(shift, context, time => formatTime(time, format))
}

function shifted(
  args: string,
  { now }: SystemContext,
  show: (time: number) => string,
): SystemValue {
  const time = shiftTime(now(), args.trim())
  return time === undefined
    ? bad(`"${args.trim()}" is not a shift of time: write -1 d, 90 m or 2 h.`)
    : value(show(time))
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `time` moved by `-3 d`, `90 m`, `1 M` (calendar months) or `1 y`; undefined if it is neither. */
function shiftTime(time: number, shift: string): number | undefined {
  if (shift === '') return time
  const written = parseShift(shift)
  if (!written) return undefined
  const { amount, unit } = written
  const milliseconds = UNIT_MS[unit]
  const moved =
    milliseconds === undefined ? shiftCalendar(time, amount, unit) : time + amount * milliseconds
  return Number.isNaN(new Date(moved).getTime()) ? undefined : moved
}

function shiftCalendar(time: number, amount: number, unit: string): number {
  const date = new Date(time)
  if (unit === 'y') date.setUTCFullYear(date.getUTCFullYear() + amount)
  else date.setUTCMonth(date.getUTCMonth() + amount)
  return date.getTime()
}

function formatTime(time: number, format: string): string {
  const date = new Date(time)
  if (format === 'iso8601') return date.toISOString()
  if (format === 'rfc1123') return date.toUTCString()
  return formatPattern(date, /^(["']).*\1$/.test(format) ? format.slice(1, -1) : format)
}

/** `yyyy MM dd HH mm ss SSS` in UTC, `YYYY` and `DD` too; everything else stands for itself. */
function formatPattern(date: Date, pattern: string): string {
  const iso = date.toISOString()
  const parts: Readonly<Record<string, string>> = {
    YYYY: iso.slice(0, -20),
    MM: iso.slice(-19, -17),
    DD: iso.slice(-16, -14),
    HH: iso.slice(-13, -11),
    mm: iso.slice(-10, -8),
    ss: iso.slice(-7, -5),
    SSS: iso.slice(-4, -1),
  }
  return pattern
    .replace(/yyyy/g, 'YYYY')
    .replace(/dd/g, 'DD')
    .replace(/YYYY|MM|DD|HH|mm|SSS|ss/g, token => parts[token] ?? token)
}
