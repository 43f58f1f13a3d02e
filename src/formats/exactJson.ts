/**
 * The value of a JSON text, with integers beyond ±2^53 as exact bigints and every other number as
 * a double. An object with a field named `constructor` is a Map: what looks at values by their
 * class would take it for something else. Throws `SyntaxError`.
 */
export function parseExact(text: string): unknown {
  const value: unknown = hasLongInteger(text) ? JSON.parse(text, exactInteger) : JSON.parse(text)
  return text.includes('"constructor"') ? withoutConstructors(value) : value
}

/** Fewer digits are always exact in a double. */
const LONG = 16
const ZERO = 48
const NINE = 57

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE
}

/**
 * Whether there may be an integer of so many digits. Looks at every 16th character only, as long as
 * that is no digit; a run of digits in a text or behind a decimal point is none.
 */
function hasLongInteger(text: string): boolean {
  for (let at = LONG - 1; at < text.length; at += LONG) {
    if (!isDigit(text.charCodeAt(at))) continue
    let start = at
    while (start > 0 && isDigit(text.charCodeAt(start - 1))) start--
    while (isDigit(text.charCodeAt(at + 1))) at++
    if (at - start + 1 >= LONG && beginsNumber(text, start)) return true
  }
  return false
}

/** A number begins behind a bracket, a comma, a colon or a blank, or at the start. */
function beginsNumber(text: string, at: number): boolean {
  const before = text[at - 1] === '-' ? text[at - 2] : text[at - 1]
  return before === undefined || ':,[ \n\t\r'.includes(before)
}

/** A reviver is told how the number was written (ECMAScript's JSON.parse source text access). */
function exactInteger(_name: string, value: unknown, context?: { readonly source?: string }) {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source ?? ''
  return /^-?\d+$/.test(source) ? BigInt(source) : value
}

function withoutConstructors(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutConstructors)
  const entries = Object.entries(value).map(
    ([name, content]) => [name, withoutConstructors(content)] as const,
  )
  return Object.hasOwn(value, 'constructor') ? new Map(entries) : Object.fromEntries(entries)
}
