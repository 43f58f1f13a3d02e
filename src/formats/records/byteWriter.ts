/** Bytes that grow at their end. */
export interface ByteWriter {
  readonly position: number
  byte(value: number): void
  copy(bytes: Uint8Array): void
  utf8(text: string): void
  /** A whole number, not negative and at most 2^53, in decimal digits. */
  digits(value: number): void
  /** Room for `count` more bytes: the buffer to write into from `position` on; see `advance`. */
  room(count: number): Uint8Array
  /** So many bytes were written into the room. */
  advance(count: number): void
  /** What was written since the last `take` or `clear`; it holds until more is written. */
  written(): Uint8Array<ArrayBuffer>
  clear(): void
  /** As `written`, and it holds for good: the writer goes on with a buffer of its own. */
  take(): Uint8Array<ArrayBuffer>
}

const FIRST_BYTES = 64 * 1024
/** Copying so few bytes one by one is faster than asking the array to do it. */
const FEW_BYTES = 48
/** 2^53 has 16 digits. */
const MOST_DIGITS = 16

export function byteWriter(): ByteWriter {
  let bytes = new Uint8Array(FIRST_BYTES)
  let position = 0
  const encoder = new TextEncoder()

  function room(count: number): Uint8Array {
    if (position + count > bytes.length) {
      const larger = new Uint8Array(Math.max(bytes.length * 2, position + count))
      larger.set(bytes.subarray(0, position))
      bytes = larger
    }
    return bytes
  }

  function copy(source: Uint8Array): void {
    const { length } = source
    const target = room(length)
    if (length > FEW_BYTES) target.set(source, position)
    else for (let index = 0; index < length; index++) target[position + index] = source[index] ?? 0
    position += length
  }

  const written = () => bytes.subarray(0, position)

  return {
    get position() {
      return position
    },
    byte(value) {
      room(1)[position++] = value
    },
    copy,
    utf8(text) {
      const { length } = text
      const target = room(length)
      for (let index = 0; index < length; index++) {
        const code = text.charCodeAt(index)
        if (code > 127) {
          copy(encoder.encode(text))
          return
        }
        target[position + index] = code
      }
      position += length
    },
    digits(value) {
      const target = room(MOST_DIGITS)
      let rest = value
      let count = 1
      for (let limit = 10; limit <= value; limit *= 10) count++
      for (let at = position + count - 1; at >= position; at--) {
        const tenth = Math.floor(rest / 10)
        target[at] = 48 + rest - tenth * 10
        rest = tenth
      }
      position += count
    },
    room,
    advance(count) {
      position += count
    },
    written,
    clear() {
      position = 0
    },
    take() {
      const taken = written()
      // As much will be needed again, most likely.
      bytes = new Uint8Array(Math.max(FIRST_BYTES, position))
      position = 0
      return taken
    },
  }
}
