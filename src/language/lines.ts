/** A piece of the text: UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A place in the text: line and column count from 0, columns in UTF-16 units (as VS Code does). */
export interface Place {
  readonly line: number
  readonly column: number
}

/**
 * Where the lines of a text are. Lines end in LF, CRLF or CR. A final line end starts no further
 * line, so an empty text has no line at all. A byte order mark before the first line belongs to
 * no line: column 0 is after it.
 */
export interface Lines {
  readonly count: number
  /** Offset of the first unit of a line; of the text's end for `count` and beyond. */
  startOf(line: number): number
  /** Offset after the last unit of a line, its line end not counted. */
  endOf(line: number): number
  /** The line that holds an offset; an offset within a line end belongs to the line before it. */
  lineAt(offset: number): number
  placeOf(offset: number): Place
  /** The offset of a place, moved into the text where it is outside. */
  offsetOf(place: Place): number
}

const LF = 10
const CR = 13
const BYTE_ORDER_MARK = 0xfeff

/** Typed arrays, because a file of nothing but line ends has as many lines as bytes. */
class LineTable {
  starts = new Uint32Array(1024)
  ends = new Uint32Array(1024)
  count = 0

  add(start: number, end: number): void {
    if (this.count === this.starts.length) {
      this.starts = grown(this.starts)
      this.ends = grown(this.ends)
    }
    this.starts[this.count] = start
    this.ends[this.count] = end
    this.count++
  }
}

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2)
  larger.set(array)
  return larger
}

function scan(text: string): LineTable {
  const table = new LineTable()
  let start = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0
  let lf = text.indexOf('\n', start)
  let cr = text.indexOf('\r', start)
  while (lf >= 0 || cr >= 0) {
    const end = lf < 0 || (cr >= 0 && cr < lf) ? cr : lf
    const isPair = end === cr && text.charCodeAt(end + 1) === LF
    table.add(start, end)
    start = end + (isPair ? 2 : 1)
    if (lf >= 0 && lf < start) lf = text.indexOf('\n', start)
    if (cr >= 0 && cr < start) cr = text.indexOf('\r', start)
  }
  if (start < text.length) table.add(start, text.length)
  return table
}

/** The lines of `text`, in time linear in its length. */
export function linesOf(text: string): Lines {
  const { starts, ends, count } = scan(text)

  function lineAt(offset: number): number {
    let low = 0
    let high = count - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }

  const startOf = (line: number) => (line < count ? (starts[Math.max(line, 0)] ?? 0) : text.length)
  const endOf = (line: number) => (line < count ? (ends[Math.max(line, 0)] ?? 0) : text.length)

  return {
    count,
    startOf,
    endOf,
    lineAt,
    placeOf(offset) {
      const line = lineAt(offset)
      // After a final line end: the line that an editor shows there.
      if (count > 0 && line === count - 1 && offset > endOf(line) && isAfterLineEnd(text, offset)) {
        return { line: count, column: 0 }
      }
      return { line, column: Math.max(0, offset - startOf(line)) }
    },
    offsetOf(place) {
      if (place.line < 0) return startOf(0)
      return Math.min(startOf(place.line) + Math.max(0, place.column), endOf(place.line))
    },
  }
}

function isAfterLineEnd(text: string, offset: number): boolean {
  const before = text.charCodeAt(offset - 1)
  if (before === LF) return true
  return before === CR && text.charCodeAt(offset) !== LF
}

/** The line end that a text uses: its first one. */
export function lineEndOf({
  text,
  lines,
}: {
  readonly text: string
  readonly lines: Lines
}): string {
  return lines.count < 2 ? '\n' : text.slice(lines.endOf(0), lines.startOf(1))
}
