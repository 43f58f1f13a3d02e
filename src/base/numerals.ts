/** The integer types that Kafka clients write as big-endian bytes. */
export const INTEGER_RANGES = {
  short: [-32_768n, 32_767n],
  integer: [-2_147_483_648n, 2_147_483_647n],
  long: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
} as const

export type IntegerType = keyof typeof INTEGER_RANGES

export type Numeral = { readonly value: bigint } | { readonly problem: string }

const INTEGER = /^([+-]?)(\d+|0x[\da-f]+)$/i

/** The exact integer that a text says, in decimal or with `0x`; `undefined` for anything else. */
export function integerOf(text: string): bigint | undefined {
  // Far more digits than any range allows are not worth the time that they take.
  const match = text.length > 400 ? null : INTEGER.exec(text)
  if (!match) return undefined
  const magnitude = BigInt(match[2] ?? '0')
  return match[1] === '-' ? -magnitude : magnitude
}

/** The integer that a text says, if it fits the type; the problem is one sentence. */
export function integerOfType(text: string, type: IntegerType): Numeral {
  const value = integerOf(text.trim())
  if (value === undefined) return { problem: `"${clipped(text.trim())}" is not an integer.` }
  const [minimum, maximum] = INTEGER_RANGES[type]
  if (value >= minimum && value <= maximum) return { value }
  return { problem: `${value} does not fit "${type}" (${minimum} … ${maximum}).` }
}

const NUMBER = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|Infinity)$|^NaN$/i

/** The number that a text says; the problem is one sentence. `NaN` and `Infinity` are numbers. */
export function numberOf(text: string): { readonly value: number } | { readonly problem: string } {
  const content = text.trim()
  if (content.length > 400 || !NUMBER.test(content)) {
    return { problem: `"${clipped(content)}" is not a number.` }
  }
  return { value: Number.parseFloat(content) }
}

function clipped(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
