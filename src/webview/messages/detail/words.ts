import { bytes, count, plural } from '../../../lag/format.ts'
import type { DetailPart, ReadBy, RecordName } from '../../../protocol/messages.ts'
import { ARRAY, OBJECT, type JsonTree } from './json.ts'

/** `orders-2 @ 752,511` */
export function recordTitle(topic: string, { partition, offset }: RecordName): string {
  return `${topic}-${partition} @ ${count(BigInt(offset))}`
}

export interface Decoding {
  /** As a `.kafka` file writes it. */
  readonly format: string
  readonly label: string
}

/** Ways to decode a key or a value. */
export const DECODINGS: readonly Decoding[] = [
  { format: 'auto', label: 'Auto' },
  { format: 'json', label: 'JSON' },
  { format: 'string', label: 'String' },
  { format: 'string(latin1)', label: 'String, latin1' },
  { format: 'string(utf16le)', label: 'String, utf16le' },
  { format: 'short', label: 'Short, 16 bits' },
  { format: 'integer', label: 'Integer, 32 bits' },
  { format: 'long', label: 'Long, 64 bits' },
  { format: 'float', label: 'Float, 32 bits' },
  { format: 'double', label: 'Double, 64 bits' },
  { format: 'bytes(hex)', label: 'Bytes, hex' },
  { format: 'bytes(base64)', label: 'Bytes, base64' },
]

export function decodingLabel(format: string): string {
  return DECODINGS.find(each => each.format === format)?.label ?? format
}

/** What the button says: for `auto` also what it turned out to be. */
export function decodedAs(chosen: string, part: DetailPart | undefined): string {
  if (chosen !== 'auto' || !part) return decodingLabel(chosen)
  if (part.cell.kind === 'null' || part.format === 'auto') return 'Auto'
  return `Auto · ${decodingLabel(part.format)}`
}

/** `239 B, 10 fields`; of a part: `first 1.0 MiB of 10.2 MiB`. */
export function sizeWords(part: DetailPart, tree: JsonTree | undefined): string {
  if (part.cell.kind === 'null') return 'no value'
  const size = part.cut
    ? `first ${bytes(lengthOf(part))} of ${bytes(part.bytes)}`
    : bytes(part.bytes)
  const held = tree && !tree.cut ? heldWords(tree) : ''
  return held === '' ? size : `${size}, ${held}`
}

function heldWords(tree: JsonTree): string {
  if (tree.kind[0] === OBJECT) return plural(tree.count[0] ?? 0, 'field')
  return tree.kind[0] === ARRAY ? plural(tree.count[0] ?? 0, 'element') : ''
}

/** Bytes of the value that the text stands for. */
function lengthOf({ cell, format }: DetailPart): number {
  if (cell.kind === 'null' || cell.kind === 'error') return 0
  if (cell.kind !== 'binary') return new TextEncoder().encode(cell.text).length
  return format.includes('hex') ? cell.text.length / 2 : Math.floor((cell.text.length * 3) / 4)
}

/** Local time with its zone: `2026-11-20 13:39:19.613 +01:00`. */
export function zoneOf(time: number): string {
  const minutes = -new Date(time).getTimezoneOffset()
  const sign = minutes < 0 ? '−' : '+'
  const two = (n: number) => String(n).padStart(2, '0')
  return `${sign}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
}

/** Which groups have passed a record, known from the offsets that they had committed. */
export interface GroupRead {
  readonly group: string
  readonly passed?: boolean
  readonly words: string
}

/** The groups' offsets hold for all of a partition: each record of it is judged by them. */
export function groupsRead({ groups }: ReadBy, offset: string): GroupRead[] {
  return groups.map(({ group, committedOffset, problem }) => {
    if (problem) return { group, words: problem.message }
    if (committedOffset === undefined) return { group, words: 'no committed offset here' }
    const behind = BigInt(offset) + 1n - BigInt(committedOffset)
    const at = `committed offset ${count(BigInt(committedOffset))}`
    return behind <= 0n
      ? { group, passed: true, words: `passed, ${at}` }
      : { group, passed: false, words: `not yet, ${at}, ${count(behind)} to go` }
  })
}

/** `2 of 3 groups` */
export function readByWords(read: readonly GroupRead[]): string {
  if (read.length === 0) return 'no group'
  const passed = read.filter(each => each.passed).length
  return `${count(passed)} of ${plural(read.length, 'group')}`
}
