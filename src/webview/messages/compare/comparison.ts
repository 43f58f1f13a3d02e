import { parseJson, type JsonTree } from '../detail/json.ts'
import { piecesOf } from '../detail/jsonLines.ts'
import { align, differenceOf } from './align.ts'
import { compareJson, type Comparison, type Row } from './jsonDiff.ts'

/** One side of a comparison: what it is compared as, and how a line of it looks. */
export interface Side {
  readonly line: (line: number) => LineParts
}

/** A line in parts: what is before the value, the value, and what follows it. */
export interface LineParts {
  readonly before: string
  readonly value: string
  readonly after: string
}

export interface Compared extends Comparison {
  readonly left: Side
  readonly right: Side
}

/** One side as the record has it; `json`: it was decoded as JSON. */
export interface Content {
  readonly text: string
  readonly json: boolean
  /** Only the beginning of the text is there. */
  readonly cut: boolean
}

/** Compares by structure where both are JSON, else line by line. */
export function compare(left: Content, right: Content): Compared {
  const trees = [treeOf(left), treeOf(right)] as const
  if (trees[0] && trees[1])
    return {
      ...compareJson(trees[0], trees[1]),
      left: jsonSide(trees[0]),
      right: jsonSide(trees[1]),
    }
  return compareLines(linesOf(left.text), linesOf(right.text))
}

function treeOf({ text, json, cut }: Content): JsonTree | undefined {
  return json ? parseJson(text, cut) : undefined
}

function jsonSide(tree: JsonTree): Side {
  return {
    line(line) {
      const pieces = piecesOf(tree, line)
      const comma = pieces.at(-1)?.text === ',' && pieces.length > 1 ? pieces.pop() : undefined
      const value = pieces.pop()
      const before = pieces.map(piece => piece.text).join('')
      return { before, value: value?.text ?? '', after: comma?.text ?? '' }
    },
  }
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/\r\n|\r|\n/)
}

function compareLines(left: readonly string[], right: readonly string[]): Compared {
  const pairs = align(left.length, right.length, (a, b) => left[a] === right[b])
  const rows = pairs.map(([a, b]) => ({
    left: a < 0 ? undefined : a,
    right: b < 0 ? undefined : b,
    changed: a < 0 || b < 0 || left[a] !== right[b],
    depth: 0,
  }))
  const side = (lines: readonly string[]): Side => ({
    line: line => ({ before: '', value: lines[line] ?? '', after: '' }),
  })
  return {
    rows,
    compared: rows.length,
    different: rows.filter(row => row.changed).length,
    unit: 'line',
    left: side(left),
    right: side(right),
  }
}

/** What a view shows of a comparison: a row, or how many that are the same are left out. */
export type Shown = Row | { readonly skipped: number }

const AROUND = 1

/** Rows that differ, each with its neighbours and the lines of the containers around it. */
export function onlyDifferences({ rows }: Comparison): Shown[] {
  const kept = new Uint8Array(rows.length)
  const outer = new Uint8Array(rows.length)
  const order = Array.from(rows.keys())
  for (const at of order)
    if (rows[at]?.changed) kept.fill(1, Math.max(0, at - AROUND), at + AROUND + 1)
  keepOuter(rows, order, outer)
  keepOuter(rows, order.reverse(), outer)
  return withSkipped(
    rows,
    kept.map((keep, at) => keep | (outer[at] ?? 0)),
  )
}

/** Marks, coming from one side, the last line before each change at every lower depth. */
function keepOuter(rows: readonly Row[], order: readonly number[], outer: Uint8Array): void {
  const lastAt: number[] = []
  for (const at of order) {
    const row = rows[at]
    if (!row) continue
    lastAt[row.depth] = at
    if (!row.changed) continue
    // Where one is marked, so are those around it.
    for (let depth = row.depth - 1; depth >= 0; depth--) {
      const around = lastAt[depth]
      if (around === undefined || outer[around] === 1) break
      outer[around] = 1
    }
  }
}

/** One line that is left out would be no shorter than the line itself. */
function withSkipped(rows: readonly Row[], kept: Uint8Array): Shown[] {
  const shown: Shown[] = []
  for (let at = 0; at < rows.length;) {
    let next = at
    while (next < rows.length && !kept[next]) next++
    if (next - at > 1) shown.push({ skipped: next - at })
    else next = at + 1
    const row = rows[at]
    if (next === at + 1 && row) shown.push(row)
    at = next
  }
  return shown
}

/** The part of a line that is marked: all of a short value, of a long one what differs. */
export interface Marked {
  readonly before: string
  readonly marked: string
  readonly after: string
}

const SHORT = 24
/** Letters before a mark that are shown where the value is long. */
const LEAD = 16

export function markedParts(
  own: LineParts,
  other: LineParts | undefined,
  side: 'left' | 'right',
): Marked {
  if (!other) return { before: own.before, marked: own.value, after: own.after }
  const { value } = own
  const sameBefore = own.before === other.before
  if (value === other.value && !sameBefore)
    return { before: '', marked: own.before + value, after: own.after }
  if (value.length <= SHORT && other.value.length <= SHORT)
    return { before: own.before, marked: value, after: own.after }
  const [left, right] = side === 'left' ? [value, other.value] : [other.value, value]
  const { from, leftEnd, rightEnd } = differenceOf(left, right)
  const end = side === 'left' ? leftEnd : rightEnd
  const lead =
    from > LEAD * 2
      ? `${value.slice(0, 1)}…${value.slice(from - LEAD, from)}`
      : value.slice(0, from)
  return {
    before: own.before + lead,
    marked: value.slice(from, end),
    after: value.slice(end) + own.after,
  }
}
