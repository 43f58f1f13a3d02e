import { contentOf } from '../../formats/records/scanJson.ts'
import type { PackedValues } from '../../kafka/cluster.ts'
import { MAX_LINE_BYTES, withoutMark } from './lines.ts'
import { isBlank, LINE_TOO_LONG, notJson, type BadRow } from './rows.ts'

/** Lines of a file whose bytes are values as they stand, and those that are none. */
export interface PackedLines {
  readonly values: PackedValues
  readonly bad: readonly BadRow[]
}

/** Bytes of a piece: as much as makes a good batch. */
const ROOM_BYTES = 480 * 1024

const LF = 10
const CR = 13

/**
 * The rows that `rowsOf` gives, as places in the bytes that were read: nothing is made of a line. A
 * piece is good until the third piece after it is asked for: three buffers take turns, so that one
 * can be on its way while another is ready to go and the last is filled.
 */
export async function* packedLines(
  shape: 'jsonl' | 'lines',
  chunks: AsyncIterable<Uint8Array>,
  roomBytes = ROOM_BYTES,
): AsyncGenerator<PackedLines> {
  let [room, second, third] = [newRoom(roomBytes), newRoom(roomBytes), newRoom(roomBytes)]
  let line = 1
  for await (const chunk of withoutMark(chunks)) {
    for (let at = 0; at < chunk.length;) {
      if (room.filled === room.bytes.length) {
        if (room.filled > MAX_LINE_BYTES) {
          const bad = [{ line, problem: LINE_TOO_LONG, last: true as const }]
          yield { values: NO_VALUES, bad }
          return
        }
        room.bytes = enlarged(room)
      }
      const taken = chunk.subarray(at, at + room.bytes.length - room.filled)
      room.bytes.set(taken, room.filled)
      room.filled += taken.length
      at += taken.length
      if (room.filled < room.bytes.length || !room.bytes.includes(LF)) continue
      const packed = pack(shape, room, line, false)
      line = packed.line
      yield packed
      // What was in the oldest room is good no longer.
      takeRest(second, room.bytes.subarray(packed.end, room.filled), roomBytes)
      ;[room, second, third] = [second, third, room]
    }
  }
  if (room.filled > 0) yield pack(shape, room, line, true)
}

/** Where lines are gathered. */
interface Room {
  bytes: Uint8Array
  bounds: Int32Array
  filled: number
}

const MOST_AT_FIRST = 8_192
/** Where there is nothing to send. */
export const NO_VALUES: PackedValues = {
  bytes: new Uint8Array(),
  bounds: new Int32Array(),
  count: 0,
}

function newRoom(size: number): Room {
  return { bytes: new Uint8Array(size), bounds: new Int32Array(2 * MOST_AT_FIRST), filled: 0 }
}

/** A line that did not fit: the room is made as large again until it does. */
function enlarged({ bytes, filled }: Room): Uint8Array {
  const larger = new Uint8Array(2 * bytes.length)
  larger.set(bytes.subarray(0, filled))
  return larger
}

/** The room that a long line has needed is given back after it. */
function takeRest(room: Room, rest: Uint8Array, size: number): void {
  if (room.bytes.length !== size || rest.length > size)
    room.bytes = new Uint8Array(Math.max(size, rest.length))
  room.bytes.set(rest)
  room.filled = rest.length
}

function pack(
  shape: 'jsonl' | 'lines',
  room: Room,
  firstLine: number,
  isLast: boolean,
): PackedLines & { readonly end: number; readonly line: number } {
  const bytes = room.bytes.subarray(0, room.filled)
  const bad: BadRow[] = []
  let line = firstLine
  let count = 0
  let start = 0
  while (start < bytes.length) {
    const found = bytes.indexOf(LF, start)
    if (found < 0 && !isLast) break
    let end = found < 0 ? bytes.length : found
    const next = end + 1
    if (end > start && bytes[end - 1] === CR) end--
    let from = start
    let to = end
    if (shape === 'jsonl') {
      while (to > from && isBlank(bytes[to - 1] ?? 0)) to--
      while (from < to && isBlank(bytes[from] ?? 0)) from++
    }
    if (shape === 'lines' || isJson(bytes, from, to)) {
      if (2 * count + 2 > room.bounds.length) room.bounds = longer(room.bounds)
      room.bounds[2 * count] = from
      room.bounds[2 * count + 1] = to
      count++
    } else if (from < to) {
      bad.push({ line, problem: notJson(bytes.subarray(start, end)) })
    }
    line++
    start = next
  }
  const values = { bytes, bounds: room.bounds, count }
  return { values, bad, end: Math.min(start, bytes.length), line }
}

function isJson(bytes: Uint8Array, from: number, to: number): boolean {
  const content = contentOf(bytes, from, to)
  return content === 'json' || content === 'json-lines'
}

function longer(bounds: Int32Array): Int32Array {
  const more = new Int32Array(2 * bounds.length)
  more.set(bounds)
  return more
}
