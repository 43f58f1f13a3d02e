/** One line of data, without its end. */
export interface Line {
  /** From 1. */
  readonly number: number
  /** May be a view into what was read: good until the next lines are asked for. */
  readonly bytes: Uint8Array
}

/** Longer than any record that a broker takes: what has no line ends must not be held whole. */
export const MAX_LINE_BYTES = 64 * 1024 * 1024

const LF = 10
const CR = 13
const BOM = [0xef, 0xbb, 0xbf]

/**
 * Cuts bytes into lines as they come; lines end in LF or CRLF, a byte order mark at the beginning
 * is left out, and a last line needs no end. Throws `RangeError` where a line is too long.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes = MAX_LINE_BYTES,
): AsyncGenerator<readonly Line[]> {
  let rest: Uint8Array[] = []
  let held = 0
  let number = 1
  for await (const chunk of withoutMark(chunks)) {
    const lines: Line[] = []
    let start = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      const last = chunk.subarray(start, end)
      const bytes = held > 0 ? joined([...rest, last]) : last
      lines.push({ number: number++, bytes: withoutReturn(bytes) })
      if (held > 0) {
        rest = []
        held = 0
      }
      start = end + 1
    }
    if (start < chunk.length) {
      // The reader may use its buffer again.
      rest.push(chunk.slice(start))
      held += chunk.length - start
      if (held > maxBytes) throw new RangeError(tooLong(number, maxBytes))
    }
    if (lines.length > 0) yield lines
  }
  if (held > 0) yield [{ number, bytes: withoutReturn(joined(rest)) }]
}

function tooLong(number: number, maxBytes: number): string {
  return `line ${number} is longer than ${Math.round(maxBytes / 1024 / 1024)} MiB`
}

function withoutReturn(bytes: Uint8Array): Uint8Array {
  return bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** The mark may be cut by the end of a chunk. */
export async function* withoutMark(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array()
  for await (const chunk of chunks) {
    if (!head) {
      yield chunk
      continue
    }
    head = joined([head, chunk])
    if (head.length < BOM.length) continue
    yield head.subarray(hasMark(head) ? BOM.length : 0)
    head = undefined
  }
  if (head && head.length > 0) yield head
}

function hasMark(bytes: Uint8Array): boolean {
  return BOM.every((byte, i) => bytes[i] === byte)
}
