import type { FieldPath } from '../../protocol/messages.ts'

/** A path without the places in its lists, its quoted names as others: `value.items[0]["a"]` is `value.items.a`. */
export function plainPath(path: string): string {
  return path
    .replace(
      /\[\s*(?:"([^"]*)"|'([^']*)')\s*\]/g,
      (_, a?: string, b?: string) => `.${a ?? b ?? ''}`,
    )
    .replace(/\[[^\]]*\]/g, '')
}

/** Whether a record was seen that has this field, or one inside it; true where nothing is known. */
export function isKnown(path: string, fields: readonly string[]): boolean {
  const plain = plainPath(path)
  if (fields.length === 0 || !plain.startsWith('value.')) return true
  return fields.some(field => {
    const known = plainPath(field)
    return known === plain || known.startsWith(`${plain}.`) || plain.startsWith(`${known}.size`)
  })
}

/** The fields that an expression names and no record has. */
export function unknownFields(
  paths: readonly FieldPath[],
  fields: readonly string[],
): readonly FieldPath[] {
  return paths.filter(({ path }) => !isKnown(path, fields))
}

/** The field that was likely meant: the nearest in spelling or, for a short slip, the same last name elsewhere. */
export function nearest(path: string, fields: readonly string[]): string | undefined {
  const plain = plainPath(path)
  const last = lastName(plain)
  const ranked = fields
    .filter(field => field.startsWith('value.'))
    .map(field => ({
      field,
      distance: Math.min(
        distance(plain.toLowerCase(), plainPath(field).toLowerCase()),
        lastName(field).toLowerCase() === last.toLowerCase() ? 1 : Infinity,
      ),
    }))
    .sort((a, b) => a.distance - b.distance)
  const best = ranked[0]
  return best && best.distance <= Math.max(2, Math.floor(last.length / 2)) ? best.field : undefined
}

function lastName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

/** Letters to change, to add or to leave out to make one of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1]
    for (const [j, other] of Array.from(b).entries())
      next.push(
        Math.min(
          (row[j + 1] ?? 0) + 1,
          (next[j] ?? 0) + 1,
          (row[j] ?? 0) + (letter === other ? 0 : 1),
        ),
      )
    row = next
  }
  return row.at(-1) ?? 0
}

const ROOTS = ['key', 'value', 'headers', 'partition', 'offset', 'timestamp', 'topic']

export interface Completion {
  /** Where the word begins that is to be replaced; it ends at the caret. */
  readonly from: number
  readonly words: readonly string[]
}

const MOST_WORDS = 8

/** What may be meant by the beginning of a name before the caret. */
export function completionAt(
  text: string,
  caret: number,
  fields: readonly string[],
): Completion | undefined {
  const before = text.slice(0, caret)
  if (/[\w.]/.test(text.charAt(caret)) || isInString(before)) return undefined
  const word = /(?<![\w.)\]])[A-Za-z_][\w.]*$/.exec(before)?.[0]
  if (word === undefined) return undefined
  const lower = word.toLowerCase()
  const all = word.includes('.') ? fields : [...ROOTS, ...fields]
  const begins = all.filter(field => field.toLowerCase().startsWith(lower))
  const inside = all.filter(
    field =>
      !begins.includes(field) && lower.length > 2 && field.toLowerCase().includes(`.${lower}`),
  )
  const words = [...new Set([...begins, ...inside])].slice(0, MOST_WORDS)
  if (words.length === 0 || (words.length === 1 && words[0] === word)) return undefined
  return { from: caret - word.length, words }
}

function isInString(before: string): boolean {
  return /^(?:[^"']|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')*["'](?:[^"'\\]|\\.)*$/.test(before)
}
