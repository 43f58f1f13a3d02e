/** A time is moved by so much: `-3 d`, `90 m`, `1 M` (calendar months), `1 y`. */
export interface TimeShift {
  readonly amount: number
  readonly unit: 'ms' | 's' | 'm' | 'h' | 'd' | 'w' | 'M' | 'y'
}

const SHIFT = /^([+-]?\d{1,15})\s*(ms|s|m|h|d|w|M|y)$/
const SHIFT_AT_END = /(?:^|\s)[+-]?\d+\s*(?:ms|s|m|h|d|w|M|y)$/

/** Reads the shift of `$timestamp` and `$datetime`; undefined: it is none. */
export function parseShift(text: string): TimeShift | undefined {
  const match = SHIFT.exec(text)
  return match ? { amount: Number(match[1]), unit: match[2] as TimeShift['unit'] } : undefined
}

/** The format of `$datetime`, and the text of the shift after it. */
export function parseDatetime(args: string): { readonly format: string; readonly shift: string } {
  const shift = SHIFT_AT_END.exec(args)?.[0] ?? ''
  return { format: args.slice(0, args.length - shift.length).trim(), shift: shift.trim() }
}

/** The smallest number of `$randomInt`, and the one above the largest. */
export function parseRandomInt(args: string): readonly [low: number, end: number] | undefined {
  const match = /^(-?\d+)\s+(-?\d+)$/.exec(args)
  const [low, end] = [Number(match?.[1]), Number(match?.[2])]
  return match && low < end ? [low, end] : undefined
}

/** What the names that ask somebody outside take. */
const OUTSIDE: ReadonlyMap<string, string> = new Map([
  ['$env', 'the name of a variable'],
  ['$dotenv', 'the name of a variable'],
  ['$secret', 'the name of a secret'],
  ['$prompt', 'a label'],
  ['$file', 'the path of a file'],
])

/** What is wrong with what stands after a `$name`, as a sentence that says what to write. */
export function argumentProblem(name: string, args: string): string | undefined {
  switch (name) {
    case '$timestamp':
      return args === '' || parseShift(args) ? undefined : notShift(args)
    case '$datetime': {
      const { format, shift } = parseDatetime(args)
      if (format === '')
        return '"$datetime" needs rfc1123, iso8601 or a pattern: {{$datetime yyyy-MM-dd}}.'
      return shift === '' || parseShift(shift) ? undefined : notShift(shift)
    }
    case '$randomInt':
      return parseRandomInt(args)
        ? undefined
        : `"${`$randomInt ${args}`.trim()}" needs a number and a larger one: {{$randomInt 1 100}}.`
    default: {
      const what = args === '' ? OUTSIDE.get(name) : undefined
      return what === undefined ? undefined : `"${name}" needs ${what}: {{${name} …}}.`
    }
  }
}

function notShift(text: string): string {
  return `"${text}" is not a shift of time: write -1 d, 90 m or 2 h.`
}
