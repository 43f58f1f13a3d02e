import { quoted } from '../words.ts'
import { bad, good, type Outcome } from './outcome.ts'

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Longer than any run: what is beyond is a slip. */
const LONGEST_MS = 100 * 366 * 86_400_000

const DURATION = /^(?:\d+(?:ms|s|m|h|d))+$/

/** `250ms`, `3s`, `1m30s`, `2h`, `7d` in milliseconds; `undefined` for anything else. */
export function millisecondsOf(text: string): number | undefined {
  if (text.length > 100 || !DURATION.test(text)) return undefined
  let sum = 0
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) {
    sum += Number(amount) * (UNITS[unit ?? ''] ?? 0)
  }
  return sum <= LONGEST_MS ? sum : undefined
}

/** A duration above zero, in milliseconds. */
export function parseDuration(text: string): Outcome<number> {
  const milliseconds = millisecondsOf(text)
  if (milliseconds === 0) return bad(`${quoted(text)} would never pause.`)
  if (milliseconds !== undefined) return good(milliseconds)
  if (/^\d{1,15}$/.test(text)) {
    return bad(`${quoted(text)} needs a unit: ${text}ms, ${text}s, ${text}m.`)
  }
  if (text.length <= 100 && DURATION.test(text)) {
    return bad(`${quoted(text)} is longer than a hundred years.`)
  }
  return bad(`${quoted(text)} is not a duration. Use 250ms, 3s, 1m30s, 2h or 7d.`)
}
